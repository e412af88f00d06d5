import assert from "node:assert/strict";
import * as z from "zod/mini";
import { openTestSite } from "../tests/support/http_site.ts";
import { bytes, created, empty, sse, text, upgrade } from "./answers.ts";
import { etagOf, expectUnmoved } from "./editing.ts";
import { numeral, queryFlag, queryList, segment } from "./fields.ts";
import { type Route, route } from "./route.ts";
import { frame } from "./sse.ts";
import { upload } from "./upload.ts";

const DOCUMENT = "The text";

const ROWS = [
  route({
    method: "get",
    path: "/things/{number}",
    scope: "repo",
    tag: "things",
    summary: "show a thing",
    params: z.object({ number: numeral(1, 99) }),
    query: z.object({ all: z.optional(queryFlag()), only: z.optional(queryList()) }),
    answer: z.object({
      number: z.number(),
      all: z.boolean(),
      only: z.array(z.string()),
      repo: z.string(),
    }),
    handle: ({ desk, params, query }) => ({
      number: params.number,
      all: query.all ?? false,
      only: query.only ?? [],
      repo: desk.id,
    }),
  }),
  route({
    method: "get",
    path: "/things/newest",
    scope: "repo",
    tag: "things",
    summary: "show the newest thing",
    answer: text(),
    handle: () => "newest",
  }),
  route({
    method: "post",
    path: "/things",
    scope: "repo",
    tag: "things",
    summary: "make a thing",
    body: z.strictObject({
      name: z.string().check(z.minLength(1)),
      limits: z.optional(z.object({ turns: z.int() })),
    }),
    answer: created(z.object({ name: z.string(), by: z.string() })),
    handle: ({ body, actor }) => ({ name: body.name, by: actor.by }),
  }),
  route({
    method: "get",
    path: "/text",
    scope: "repo",
    tag: "text",
    summary: "read",
    answer: z.object({ text: z.string(), etag: z.string() }),
    handle: () => ({ text: DOCUMENT, etag: etagOf(DOCUMENT) }),
  }),
  route({
    method: "put",
    path: "/text",
    scope: "repo",
    tag: "text",
    summary: "write",
    body: z.object({ text: z.string(), etag: z.optional(z.string()) }),
    answer: empty(),
    handle: ({ request, body }) =>
      expectUnmoved({ request, body }, { text: DOCUMENT, etag: etagOf(DOCUMENT) }, body.text),
  }),
  route({
    method: "delete",
    path: "/broken",
    scope: "site",
    tag: "text",
    summary: "fail",
    answer: empty(),
    handle: () => {
      throw new TypeError("a secret of the inside");
    },
  }),
  route({
    method: "get",
    path: "/lie",
    scope: "site",
    tag: "text",
    summary: "answer what the row does not say",
    answer: z.object({ count: z.int() }),
    handle: () => ({ count: 1.5 }),
  }),
  route({
    method: "get",
    path: "/files/{name}",
    scope: "site",
    tag: "files",
    summary: "a file",
    params: z.object({ name: segment() }),
    answer: bytes("text/plain"),
    handle: ({ params }) => ({
      bytes: new TextEncoder().encode(params.name),
      fileName: "ünïcode\r\n.txt",
      etag: "abc",
    }),
  }),
  route({
    method: "post",
    path: "/files",
    scope: "site",
    tag: "files",
    summary: "take a file",
    body: upload(["audio/*", "multipart/form-data"], 1_000),
    answer: z.object({ bytes: z.number() }),
    handle: async ({ body }) => ({ bytes: (await body.bytes()).length }),
  }),
  route({
    method: "get",
    path: "/big",
    scope: "site",
    tag: "files",
    summary: "much that seldom changes",
    answer: z.object({ text: z.string() }),
    version: () => 7,
    handle: () => ({ text: "again ".repeat(5_000) }),
  }),
  route({
    method: "get",
    path: "/news",
    scope: "site",
    tag: "news",
    summary: "a stream",
    answer: sse({ told: z.object({ after: z.nullable(z.string()) }) }),
    handle: () => (client) => {
      client.send(frame({ event: "told", id: 8, data: { after: client.after } }));
      client.end();
    },
  }),
  route({
    method: "get",
    path: "/socket",
    scope: "site",
    tag: "news",
    summary: "a socket",
    answer: upgrade("nothing"),
    handle: () => (socket) => socket.close(),
  }),
  route({
    method: "post",
    path: "/voice/{kind}",
    scope: "repo",
    tag: "voice",
    summary: "hear",
    missing: "CAR cannot hear yet.",
    answer: empty(),
    handle: () => {},
  }),
  route({
    method: "get",
    path: "/hub/only",
    scope: "hub",
    tag: "hub",
    summary: "only in a hub",
    isOpen: true,
    answer: z.object({ yes: z.boolean() }),
    handle: () => ({ yes: true }),
  }),
] as const satisfies readonly Route[];

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

Deno.test("buildApp() sends an etag, 304 to who has it, and 409 with both texts to who has another", async () => {
  await using site = await openTestSite({ routes: ROWS });
  const first = await site.call("/api/text");
  const etag = first.headers.get("etag") ?? "";
  assert.equal(etag, `"${etagOf(DOCUMENT)}"`);
  const again = await site.call("/api/text", { headers: { "if-none-match": etag } });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), "");
  const put = (headers: Record<string, string>, extra = {}) =>
    site.call("/api/text", { method: "PUT", headers, json: { text: "Mine", ...extra } });
  assert.equal((await put({ "if-match": etag })).status, 204);
  assert.equal((await put({}, { etag: etagOf(DOCUMENT) })).status, 204);
  assert.equal((await put({ "if-match": "*" })).status, 204);
  assert.equal((await put({})).status, 400);
  const conflict = await put({ "if-match": '"old"' });
  assert.equal(conflict.status, 409);
  const { error, current, yours } = await conflict.json();
  assert.equal(error.code, "conflict");
  assert.deepEqual(current, { text: DOCUMENT, etag: etagOf(DOCUMENT) });
  assert.deepEqual(yours, { text: "Mine", etag: "old" });
});

Deno.test("buildApp() packs what is long for those who take it, and makes it once a version", async () => {
  await using site = await openTestSite({ routes: ROWS });
  const packed = await site.call("/big", { headers: { "accept-encoding": "br, gzip" } });
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  const stream = packed.body?.pipeThrough(new DecompressionStream("gzip"));
  const { text } = await new Response(stream ?? null).json();
  assert.equal(text.length, 30_000);
  const plain = await site.call("/big", { headers: { "accept-encoding": "gzip;q=0" } });
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal((await plain.json()).text.length, 30_000);
  const known = await site.call("/big", {
    headers: { "if-none-match": plain.headers.get("etag") },
  });
  assert.equal(known.status, 304);
});

Deno.test("buildApp() answers HEAD as GET without a body", async () => {
  await using site = await openTestSite({ routes: ROWS });
  for (const path of ["/api/text", "/news", "/files/a", "/big"]) {
    const answer = await site.call(path, { method: "HEAD" });
    assert.equal(answer.status, 200, path);
    assert.equal(await answer.text(), "", path);
  }
});

Deno.test("buildApp() sends files with no rights and an honest name", async () => {
  await using site = await openTestSite({ routes: ROWS });
  const answer = await site.call("/files/a%20b");
  assert.equal(await answer.text(), "a b");
  assert.match(answer.headers.get("content-security-policy") ?? "", /^sandbox;/);
  assert.equal(
    answer.headers.get("content-disposition"),
    "attachment; filename=\"_n_code__.txt\"; filename*=UTF-8''%C3%BCn%C3%AFcode%0D%0A.txt",
  );
});

Deno.test("buildApp() streams events after the one the client names", async () => {
  await using site = await openTestSite({ routes: ROWS });
  const byHeader = await site.call("/news", { headers: { "last-event-id": "7" } });
  assert.match(byHeader.headers.get("content-type") ?? "", /^text\/event-stream/);
  assert.equal(
    await byHeader.text(),
    'retry: 1000\n\nevent: told\nid: 8\ndata: {"after":"7"}\n\n',
  );
  assert.match(await (await site.call("/news?after=5")).text(), /"after":"5"/);
  assert.equal(site.clients.size, 0);
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
    ["cli:anna", "127.0.0.1", "POST", "/api/things", 201],
    [null, "127.0.0.1", "POST", "/api/things", 401],
    ["web", "127.0.0.1", "POST", "/api/things", 201],
  ]);
});
