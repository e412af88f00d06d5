/** What a page of the internet, a guesser or a careless program can do to a running CAR: nothing. */

import assert from "node:assert/strict";
import { rotateToken } from "../../lib/hub/access/token.ts";
import { parametersOf } from "../../routes/mounts.ts";
import { ROUTES } from "../../routes/table.ts";
import { openServedRepo, type ServedRepo } from "../support/served.ts";

const lines = (...all: string[]): string => `${all.join("\r\n")}\r\n\r\n`;

/** A request that would be answered, with what is to be wrong about it. */
const request = (
  site: ServedRepo,
  first: string,
  changes: Readonly<Record<string, string | null>> = {},
  body = "",
): string => {
  const headers: Record<string, string | null> = {
    Host: site.host,
    Authorization: `Bearer ${site.token}`,
    Connection: "close",
    ...(body === "" ? {} : { "Content-Length": String(body.length) }),
    ...changes,
  };
  const sent = Object.entries(headers).filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`);
  return lines(first, ...sent) + body;
};

Deno.test("a name that leads here by DNS is answered with 421, in the header and in the address", async () => {
  await using site = await openServedRepo();
  const evil = "evil.example.org";
  const get = "GET /api/openapi.json HTTP/1.1";
  const table: readonly (readonly [string, number])[] = [
    [request(site, get), 200],
    [request(site, get, { Host: `localhost:${site.port}` }), 200],
    [request(site, get, { Host: `[::1]:${site.port}` }), 200],
    [request(site, get, { Host: `${evil}:${site.port}` }), 421],
    [request(site, get, { Host: evil }), 421],
    [request(site, get, { Host: `0.0.0.0:${site.port}` }), 421],
    [request(site, get, { Host: `127.0.0.1:${site.port + 1}` }), 421],
    [request(site, get, { Host: null }), 400],
    [request(site, get, { Host: `${evil}@${site.host}` }), 400],
    [request(site, get, { Host: `${site.host}\r\nHost: ${evil}` }), 400],
    [request(site, `GET http://${evil}/api/openapi.json HTTP/1.1`), 421],
    [request(site, `GET http://${site.host}/health HTTP/1.1`, { Host: evil }), 421],
    [request(site, `GET / HTTP/1.1`, { Host: evil }), 421],
    [request(site, `GET /client/x.js HTTP/1.1`, { Host: evil }), 421],
  ];
  for (const [text, status] of table) {
    assert.equal((await site.raw(text)).status, status, text);
  }
});

Deno.test("a page of another origin can neither call nor listen", async () => {
  await using site = await openServedRepo();
  const post = "POST /api/ws-ticket HTTP/1.1";
  const body = '{"path":"/api/x"}';
  const json = { "Content-Type": "application/json" };
  const evil = { Origin: "http://evil.example.org" };
  const table: readonly (readonly [string, number])[] = [
    [request(site, post, json, body), 201],
    [request(site, post, { ...json, Origin: `http://${site.host}` }, body), 201],
    [request(site, post, { ...json, ...evil }, body), 403],
    [request(site, post, { ...json, Origin: `http://127.0.0.1:${site.port + 1}` }, body), 403],
    [request(site, post, { ...json, Origin: `https://${site.host}` }, body), 403],
    [request(site, post, { ...json, Origin: "null" }, body), 403],
    [request(site, post, { ...json, "Sec-Fetch-Site": "cross-site" }, body), 403],
    [request(site, post, { ...json, "Sec-Fetch-Site": "same-site" }, body), 403],
    [request(site, post, { ...json, "Sec-Fetch-Site": "same-origin" }, body), 201],
    [request(site, post, { "Content-Type": "text/plain" }, body), 415],
    [request(site, post, { "Content-Type": "application/x-www-form-urlencoded" }, "path=/x"), 415],
    [request(site, post, {}, body), 415],
    [request(site, post, { ...json, Authorization: null }, body), 401],
    [request(site, "GET /api/live HTTP/1.1", { ...evil, Accept: "text/event-stream" }), 403],
    [request(site, "GET /api/openapi.json HTTP/1.1", evil), 403],
    [request(site, "GET /api/openapi.json?token=x HTTP/1.1", { Authorization: null }), 401],
    [request(site, "GET /health HTTP/1.1", { Authorization: null }), 200],
    [request(site, "GET /api/nothing HTTP/1.1", { Authorization: null }), 401],
    [request(site, "TRACE /health HTTP/1.1"), 405],
  ];
  for (const [text, status] of table) {
    const answer = await site.raw(text);
    assert.equal(answer.status, status, `${text}\n${answer.body}`);
    assert.match(answer.head, /content-security-policy: default-src 'none'/i);
    assert.match(answer.head, /frame-ancestors 'none'/);
    assert.doesNotMatch(answer.head, /unsafe-inline|access-control-allow/i);
    assert.match(answer.head, /x-content-type-options: nosniff/i);
    assert.match(answer.head, /referrer-policy: no-referrer/i);
  }
});

Deno.test("a websocket opens with a ticket of its own path alone, and from no other page", async () => {
  await using site = await openServedRepo();
  const socket = ROUTES.find((row) =>
    !("schema" in row.answer) && "kind" in row.answer &&
    row.answer.kind === "upgrade"
  );
  const path = `/api${socket?.scope === "repo" ? socket.path : "/terminal"}`;
  const open = (
    query: string,
    changes: Readonly<Record<string, string | null>> = {},
    call = `GET ${path}`,
  ) =>
    site.raw(request(site, `${call}${query} HTTP/1.1`, {
      Authorization: null,
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version": "13",
      ...changes,
    }));
  const ticketFor = async (of: string): Promise<string> => {
    const answer = await site.call("/api/ws-ticket", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ path: of }),
    });
    return (await answer.json()).ticket;
  };
  assert.equal((await open("")).status, 401);
  assert.equal((await open(`?ticket=${"0".repeat(48)}`)).status, 401);
  assert.equal((await open(`?ticket=${site.token}`)).status, 401);
  assert.equal((await open(`?ticket=${await ticketFor("/api/elsewhere")}`)).status, 401);
  const evil = { Origin: "http://evil.example.org" };
  assert.equal((await open(`?ticket=${await ticketFor(path)}`, evil)).status, 403);
  // Who asks for an upgrade with another call is no websocket.
  const kill = "/api/run/kill";
  assert.equal((await open(`?ticket=${await ticketFor(kill)}`, {}, `POST ${kill}`)).status, 401);
  const ticket = await ticketFor(path);
  assert.notEqual((await open(`?ticket=${ticket}`)).status, 401);
  assert.equal((await open(`?ticket=${ticket}`)).status, 401);
});

/** Ways to write a path that leads elsewhere. */
const TRAVERSALS = [
  "..",
  "%2e%2e",
  "%2E%2e",
  ".%2e",
  "..%2f",
  "..%2f..%2f..%2fetc%2fpasswd",
  "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
  "..%5c..%5cetc%5cpasswd",
  "..\\..\\etc\\passwd",
  "%252e%252e%252fetc%252fpasswd",
  "%2fetc%2fpasswd",
  "%5cetc%5cpasswd",
  "file:%2f%2f%2fetc%2fpasswd",
  "....%2f%2f",
  "..;%2f",
  "..%00",
  "%00",
  "a%00.md",
  "a%0d%0ax-evil:%201",
  "%c0%ae%c0%ae%c0%af",
  "%e0%80%ae",
  "%u002e%u002e",
  "%ff%fe",
  "%",
  "%zz",
  "~",
  "~root",
  "$(id)",
  "`id`",
  "a%7cid",
  "-rf",
  "--help",
  "TICKET-001.md%2f..%2f..%2fconfig.yml",
  "con",
  ".",
  "%2e",
  "%20",
  "x".repeat(300),
] as const;

Deno.test("no spelling of a path in any parameter leads out of the repo", async () => {
  await using site = await openServedRepo();
  await Deno.writeTextFile(`${site.root}/secret.txt`, "canary-of-the-root");
  for (
    const row of ROUTES.filter((it) => it.scope === "repo" && parametersOf(it.path).length > 0)
  ) {
    for (const name of parametersOf(row.path)) {
      for (const spelling of TRAVERSALS) {
        const path = row.path.replaceAll(/\{(\w+)\}/g, (_, each) => each === name ? spelling : "1");
        const body = row.body === undefined || row.method === "get" ? "" : "{}";
        const head = body === "" ? {} : { "Content-Type": "application/json" };
        const text = request(site, `${row.method.toUpperCase()} /api${path} HTTP/1.1`, head, body);
        const answer = await site.raw(text);
        const found = `${row.method} ${path}: ${answer.status} ${answer.body.slice(0, 300)}`;
        assert.ok(answer.status >= 200 && answer.status !== 500, found);
        assert.doesNotMatch(answer.body, /root:.*:0:0|canary-of-the-root/, found);
        assert.doesNotMatch(answer.head, /^x-evil/im, found);
        assert.ok(answer.status >= 300, found);
      }
    }
  }
});

Deno.test("odd, huge and broken requests are refused, and the server goes on", async () => {
  await using site = await openServedRepo();
  const post = "POST /api/ws-ticket HTTP/1.1";
  const json = { "Content-Type": "application/json" };
  const chunk = "x".repeat(65_536);
  const chunked = `${request(site, post, { ...json, "Transfer-Encoding": "chunked" })}${
    `10000\r\n${chunk}\r\n`.repeat(40)
  }0\r\n\r\n`;
  const table: readonly (readonly [string, readonly number[]])[] = [
    [request(site, post, json, "{"), [400]],
    [request(site, post, json, "[".repeat(100_000)), [400]],
    [request(site, post, json, '{"path":'.repeat(20_000)), [400]],
    [request(site, post, json, "\u0000"), [400]],
    [request(site, post, json, '{"__proto__":{"path":"/x"},"path":7}'), [422]],
    [request(site, post, json, '{"path":"/x\\r\\nset-cookie: a=1"}'), [422]],
    [request(site, post, { ...json, "Content-Length": "2000000" }, ""), [413]],
    [chunked, [413, 0]],
    [request(site, post, { ...json, "Content-Length": "-1" }), [400]],
    [request(site, post, { ...json, "Content-Length": "1e3" }), [400]],
    [request(site, `GET /${"x".repeat(9_000)} HTTP/1.1`), [414]],
    [request(site, "GET /health HTTP/1.1", { "X-Much": "x".repeat(40_000) }), [431]],
    [request(site, "GET /health HTTP/1.1", { "X-Much": "x".repeat(2_000_000) }), [431, 0]],
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 this is TLS\r\n\r\n", [400, 0]],
    ["GET\r\n\r\n", [400, 0]],
    ["\r\n\r\n\r\nnonsense\r\n\r\n", [400, 0]],
    [lines("GET /health HTTP/1.1", "Host : evil"), [400, 0]],
  ];
  for (const [text, statuses] of table) {
    const answer = await site.raw(text);
    assert.ok(statuses.includes(answer.status), `${text.slice(0, 200)}: ${answer.status}`);
    assert.doesNotMatch(answer.head, /set-cookie/i);
  }
  assert.ok((await (await site.call("/health")).json()).ok);
});

/** Nine times nine times nine ... words, in a few hundred bytes. */
const YAML_BOMB = `---\na: &a [x, x, x, x, x, x, x, x, x]\n${
  [..."bcdefghi"].map((name, at) => {
    const before = `*${"abcdefgh"[at]}`;
    return `${name}: &${name} [${Array(9).fill(before).join(", ")}]`;
  }).join("\n")
}\nagent: shell\ndone: false\n---\nbody\n`;

Deno.test("YAML that unfolds without end is refused, in tickets, specs and bodies", async () => {
  await using site = await openServedRepo();
  const ticket = "---\nagent: shell\ndone: false\n---\nbody\n";
  await Deno.writeTextFile(`${site.root}/.codex-autorunner/tickets/TICKET-001.md`, ticket);
  const put = await site.call("/api/tickets/1", {
    method: "PUT",
    headers: { "content-type": "application/json", "if-match": "*" },
    body: JSON.stringify({ text: YAML_BOMB }),
  });
  const answer = await put.text();
  assert.ok(put.status < 500, answer);
  assert.ok(answer.length < 100_000);
  const list = await (await site.call("/api/tickets")).text();
  assert.ok(list.length < 100_000, "the list unfolds it");
});

Deno.test("who guesses the token is slowed down and written down, who has it is not", async () => {
  await using site = await openServedRepo();
  const wrong = () =>
    site.call("/api/openapi.json", { headers: { authorization: "Bearer wrong" } });
  for (let count = 0; count < 12; count++) {
    const answer = await wrong();
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get("www-authenticate"), "Bearer");
    await answer.body?.cancel();
  }
  // The last of these were held back for a second each; the right token is not.
  const late = wrong();
  const right = await site.call("/api/openapi.json");
  assert.equal(right.status, 200);
  await right.body?.cancel();
  await (await late).body?.cancel();
  const audit = await Deno.readTextFile(`${site.root}/.codex-autorunner/audit.log`);
  const told = audit.split("\n").filter((line) => line.includes("somebody guesses"));
  assert.equal(told.length, 1);
});

Deno.test("a token that was changed opens nothing any more", async () => {
  await using site = await openServedRepo();
  assert.equal((await site.raw(request(site, "GET /api/openapi.json HTTP/1.1"))).status, 200);
  await rotateToken(`${site.root}/.codex-autorunner/token`);
  assert.equal((await site.raw(request(site, "GET /api/openapi.json HTTP/1.1"))).status, 401);
});

Deno.test("a call without a body needs no content type", async () => {
  await using site = await openServedRepo();
  for (const method of ["DELETE", "POST", "PUT"]) {
    const answer = await site.raw(request(site, `${method} /api/nothing HTTP/1.1`));
    assert.equal(answer.status, 404, method);
  }
  const least = await site.raw(request(site, "POST /api/tickets/lint HTTP/1.1"));
  assert.notEqual(least.status, 415);
});
