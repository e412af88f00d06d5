import assert from "node:assert/strict";
import { ROWS } from "../tests/support/http_rows.ts";
import { openTestSite } from "../tests/support/http_site.ts";

Deno.test("buildApp() decodes params and query and hands over the desk", async () => {
  await using site = await openTestSite({ routes: ROWS });
  const answer = await site.call("/api/things/12?all&only=a,b&only=c");
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), {
    number: 12,
    all: true,
    only: ["a", "b", "c"],
    repo: "alpha",
  });
  assert.equal(await (await site.call("/api/things/newest")).text(), "newest");
});

Deno.test("buildApp() mounts repo rows below the repo's id in a hub", async () => {
  await using site = await openTestSite({ routes: ROWS, mode: "hub" });
  assert.equal((await site.call("/repos/alpha/api/things/1")).status, 200);
  assert.equal((await site.call("/api/things/1")).status, 404);
  const unknown = await site.call("/repos/beta/api/things/1");
  assert.equal(unknown.status, 404);
  assert.match(JSON.stringify(await unknown.json()), /There is no repo beta/);
  assert.equal((await site.call("/hub/only")).status, 200);
  await using single = await openTestSite({ routes: ROWS });
  assert.equal((await single.call("/hub/only")).status, 404);
});

Deno.test("buildApp() answers wrong input with a problem that names the key", async () => {
  await using site = await openTestSite({ routes: ROWS });
  const table: readonly [string, Parameters<typeof site.call>[1], number, RegExp][] = [
    ["/api/things/100", {}, 422, /path\.number: must be 99 at most; it is "100"|must be 99/],
    ["/api/things/x", {}, 422, /path\.number/],
    ["/api/things/1?all=maybe", {}, 422, /query\.all: .*"maybe"/],
    ["/api/things", { method: "POST", json: {} }, 422, /body\.name: must be text; it is missing/],
    [
      "/api/things",
      { method: "POST", json: { name: 7 } },
      422,
      /body\.name: must be text; it is 7/,
    ],
    [
      "/api/things",
      { method: "POST", json: { name: "a", limits: { turns: 1.5 } } },
      422,
      /body\.limits\.turns: must be a whole number; it is 1\.5/,
    ],
    ["/api/things", { method: "POST", json: { name: "a", nme: 1 } }, 422, /no key "nme"/],
    ["/api/things", { method: "POST", json: [] }, 422, /body: must be an object; it is a list/],
    ["/api/things", json("{"), 400, /no JSON/],
    ["/api/things", json("[".repeat(100)), 400, /64 levels/],
    ["/api/things", json(new Uint8Array([0x22, 0xff, 0x22])), 400, /UTF-8/],
    [
      "/api/things",
      { ...json("{}"), headers: { "content-type": "text/plain" } },
      415,
      /text\/plain/,
    ],
    ["/api/things", { ...json("{}"), headers: { "content-type": "text/xml" } }, 415, /text\/xml/],
    ["/api/things", json(`{"name":"${"x".repeat(1_048_576)}"}`), 413, /1048576 bytes/],
    [
      "/files",
      { method: "POST", body: new Uint8Array(1_001), headers: { "content-type": "audio/wav" } },
      413,
      /1000 bytes/,
    ],
    [
      "/files",
      { method: "POST", body: "x", headers: { "content-type": "video/mp4" } },
      415,
      /video\/mp4/,
    ],
    ["/api/nothing", {}, 404, /nothing at this address/],
    ["/api/things", { method: "PUT", json: {} }, 405, /takes POST/],
    ["/socket", {}, 426, /websocket/],
    [`/api/things/1?${"x".repeat(9_000)}`, {}, 414, /too long/],
    ["/api/things/1", { headers: { "x-much": "x".repeat(33_000) } }, 431, /headers/],
    ["/api/voice/ear", { method: "POST", json: {} }, 501, /cannot hear/],
  ];
  for (const [path, init, status, words] of table) {
    const answer = await site.call(path, init);
    const problem = await answer.text();
    assert.equal(answer.status, status, `${path}: ${problem}`);
    assert.match(JSON.parse(problem).error.message, words);
    assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
    assert.equal(JSON.parse(problem).requestId, answer.headers.get("x-request-id"));
  }
});

const json = (body: BodyInit) => ({
  method: "POST",
  body,
  headers: { "content-type": "application/json" },
});

Deno.test("buildApp() tells of 405 which methods there are", async () => {
  await using site = await openTestSite({ routes: ROWS });
  const answer = await site.call("/api/text", { method: "DELETE" });
  assert.equal(answer.headers.get("allow"), "GET, PUT");
});

Deno.test("buildApp() keeps what failed inside to its log", async () => {
  await using site = await openTestSite({ routes: ROWS });
  const answer = await site.call("/broken", { method: "DELETE" });
  assert.equal(answer.status, 500);
  const problem = await answer.text();
  assert.doesNotMatch(problem, /secret of the inside|\.ts/);
  assert.match(site.logged.join("\n"), /boot-1 DELETE \/broken: TypeError: a secret of the inside/);
});

Deno.test("buildApp() holds answers to their rows, always or the first time", async () => {
  await using strict = await openTestSite({ routes: ROWS });
  assert.equal((await strict.call("/lie")).status, 500);
  await using lenient = await openTestSite({ routes: ROWS, check: "first" });
  assert.equal((await lenient.call("/lie")).status, 200);
  assert.equal((await lenient.call("/lie")).status, 200);
  assert.deepEqual(lenient.logged.length, 1);
  assert.match(lenient.logged[0] ?? "", /answer\.count: must be a whole number; it is 1\.5/);
});

Deno.test("buildApp() lets in a page the person named, and tells its browser so", async () => {
  const guest = "https://friend.example.org";
  await using site = await openTestSite({ routes: ROWS, allowedOrigins: [guest] });
  const asked = await site.call("/api/things", {
    method: "OPTIONS",
    headers: { origin: guest, authorization: null, "access-control-request-method": "POST" },
  });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.get("access-control-allow-origin"), guest);
  assert.match(asked.headers.get("access-control-allow-headers") ?? "", /authorization/);
  const from = { origin: guest, "sec-fetch-site": "cross-site" };
  const answer = await site.call("/api/things/1", { headers: from });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("access-control-allow-origin"), guest);
  const other = { origin: "https://other.example.org" };
  const refused = await site.call("/api/things/1", { headers: other });
  assert.equal(refused.status, 403);
  assert.equal(refused.headers.get("access-control-allow-origin"), null);
  assert.equal((await site.call("/api/things", { method: "OPTIONS", headers: other })).status, 403);
  assert.equal((await site.call("/api/things", { method: "OPTIONS" })).status, 405);
});

Deno.test("buildApp() writes every unsafe call into the audit log, refused ones too", async () => {
  await using site = await openTestSite({ routes: ROWS });
  await site.call("/api/things/1");
  await site.call("/api/things?secret=1", {
    method: "POST",
    json: { name: "x" },
    headers: { "x-car-by": "cli:anna" },
  });
  await site.call("/api/things", { method: "POST", json: {}, headers: { authorization: null } });
  await site.call("/api/things", {
    method: "POST",
    json: { name: "x" },
    headers: { "x-car-by": 'evil"' },
  });
  const lines = (await site.audited()).map(({ by, from, method, path, status }) => [
    by,
    from,
    method,
    path,
    status,
  ]);
  assert.deepEqual(lines, [
    ["cli:anna", "127.0.0.1", "POST", "/api/things", 422],
    [null, "127.0.0.1", "POST", "/api/things", 401],
    ["web", "127.0.0.1", "POST", "/api/things", 201],
  ]);
});
