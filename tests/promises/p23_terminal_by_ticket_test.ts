/** P23: a terminal opens only for who has the token, by a ticket that is good once, there, for a while. */

import assert from "node:assert/strict";
import { leftoversOf } from "../support/processes.ts";
import { openServedRepo, type Served } from "../support/served.ts";

const ATTEMPTS = 100;

const ticketFor = async (site: Served, path: string): Promise<string> => {
  const answer = await site.call("/api/ws-ticket", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ path }),
  });
  return (await answer.json()).ticket;
};

const upgrade = (site: Served, query: string, headers: Readonly<Record<string, string>> = {}) => {
  const lines = Object.entries({
    Host: site.host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return site.raw(`GET /api/terminal?${query} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
};

Deno.test(`P23: ${ATTEMPTS} attempts at a terminal without a good ticket open none and start no process`, async () => {
  await using site = await openServedRepo();
  // Guesses are slowed down on purpose, so most attempts bring none.
  const attempts: readonly (() => Promise<{ readonly status: number }>)[] = [
    () => upgrade(site, "session=1"),
    () => upgrade(site, "", { Origin: "http://evil.example.org" }),
    () => upgrade(site, "session=1", { Origin: "null" }),
    () => upgrade(site, "session=1", { Host: "evil.example.org" }),
    async () =>
      upgrade(site, `session=1&ticket=${await ticketFor(site, "/api/terminal")}`, {
        Origin: "http://evil.example.org",
      }),
    // A good ticket, and no such terminal.
    async () => upgrade(site, `session=1&ticket=${await ticketFor(site, "/api/terminal")}`),
  ];
  for (let at = 0; at < ATTEMPTS; at++) {
    const answer = await attempts[at % attempts.length]?.();
    assert.match(String(answer?.status), /^4\d\d$/, `attempt ${at}`);
  }
  const spent = await ticketFor(site, "/api/terminal");
  assert.equal((await upgrade(site, `session=1&ticket=${spent}`)).status, 404);
  assert.equal((await upgrade(site, `session=1&ticket=${spent}`)).status, 401, "a spent ticket");
  const other = await ticketFor(site, "/api/live");
  assert.equal((await upgrade(site, `session=1&ticket=${other}`)).status, 401, "of another path");
  const { terminals } = await (await site.call("/api/sessions")).json();
  assert.deepEqual(terminals, []);
  assert.deepEqual(await leftoversOf(site.root), []);
});
