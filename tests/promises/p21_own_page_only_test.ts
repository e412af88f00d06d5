/** P21: no web page but CAR's own can use CAR: every host with every origin, on every kind of call. */

import assert from "node:assert/strict";
import { repoPaths } from "../../lib/control/roots.ts";
import { openServedRepo } from "../support/served.ts";

type Headers = Readonly<Record<string, string>>;

interface Kind {
  readonly first: string;
  readonly headers?: Headers;
  readonly body?: string;
}

const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version": "13",
};
const TICKET = '{"title":"From a page"}';

/** What a page would like to do: read, write, listen, type. */
const KINDS: readonly Kind[] = [
  { first: "GET /api/state HTTP/1.1" },
  {
    first: "POST /api/tickets HTTP/1.1",
    headers: { "Content-Type": "application/json" },
    body: TICKET,
  },
  { first: "POST /api/tickets HTTP/1.1", headers: { "Content-Type": "text/plain" }, body: TICKET },
  { first: "GET /api/terminal?session=1 HTTP/1.1", headers: UPGRADE },
];

const hostsOf = (port: number) => ({
  own: [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`],
  foreign: [
    `evil.example.org:${port}`,
    "evil.example.org",
    `127.0.0.1:${port}.evil.example.org`,
    `0.0.0.0:${port}`,
    `127.0.0.1:${port === 1 ? 2 : 1}`,
    `user@127.0.0.1:${port}`,
  ],
});

const originsOf = (port: number) => ({
  own: ["", `http://127.0.0.1:${port}`, `http://localhost:${port}`],
  foreign: [
    "null",
    `https://127.0.0.1:${port}`,
    `http://127.0.0.1:${port === 1 ? 2 : 1}`,
    "http://127.0.0.1",
    "http://evil.example.org",
    `http://127.0.0.1:${port}.evil.example.org`,
    `http://evil127.0.0.1:${port}`,
  ],
});

const marked = <T>(it: { own: readonly T[]; foreign: readonly T[] }) => [
  ...it.own.map((value) => ({ value, isOwn: true })),
  ...it.foreign.map((value) => ({ value, isOwn: false })),
];

Deno.test("P21: hundreds of calls as web pages make them: only CAR's own page reads, and none else acts", async () => {
  await using site = await openServedRepo();
  const { tickets } = repoPaths(site.root);
  let [asked, made] = [0, 0];
  for (const host of marked(hostsOf(site.port))) {
    for (const origin of marked(originsOf(site.port))) {
      for (const { first, headers = {}, body = "" } of KINDS) {
        for (const hasToken of [true, false]) {
          const lines = Object.entries({
            Host: host.value,
            Connection: "close",
            ...(origin.value === "" ? {} : { Origin: origin.value }),
            ...(hasToken ? { Authorization: `Bearer ${site.token}` } : {}),
            ...(body === "" ? {} : { "Content-Length": String(body.length) }),
            ...headers,
          }).map(([name, value]) => `${name}: ${value}`);
          const request = `${[first, ...lines].join("\r\n")}\r\n\r\n${body}`;
          const { status, head, body: said } = await site.raw(request);
          asked++;
          assert.doesNotMatch(head, /^access-control-allow/im, request);
          const mayAct = host.isOwn && origin.isOwn && hasToken;
          if (!mayAct) {
            assert.ok(status >= 400 && status < 500, `${status} to ${request}`);
            assert.doesNotMatch(said, /"tickets"|"run"/, request);
          }
          if (mayAct && first.startsWith("GET /api/state")) assert.equal(status, 200, request);
          if (status === 201) made++;
        }
      }
    }
  }
  const names = [...Deno.readDirSync(tickets)].filter((it) => it.name.startsWith("TICKET-"));
  assert.equal(names.length, made);
  // Own hosts x own origins, with the token and JSON: a form's type never gets in.
  assert.equal(made, 9);
  assert.ok(asked > 500, `${asked} calls`);
});
