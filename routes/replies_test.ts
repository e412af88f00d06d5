import assert from "node:assert/strict";
import { DOCUMENT, ROWS } from "../tests/support/http_rows.ts";
import { openTestSite } from "../tests/support/http_site.ts";
import { etagOf } from "./editing.ts";

Deno.test("a document is sent with its etag: 304 to who has it, 409 with both texts to who edits another", async () => {
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

Deno.test("a long answer is packed for those who take it, and made once a version", async () => {
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

Deno.test("HEAD is answered as GET, without a body", async () => {
  await using site = await openTestSite({ routes: ROWS });
  for (const path of ["/api/text", "/news", "/files/a", "/big"]) {
    const answer = await site.call(path, { method: "HEAD" });
    assert.equal(answer.status, 200, path);
    assert.equal(await answer.text(), "", path);
  }
});

Deno.test("files are sent with no rights and an honest name", async () => {
  await using site = await openTestSite({ routes: ROWS });
  const answer = await site.call("/files/a%20b");
  assert.equal(await answer.text(), "a b");
  assert.match(answer.headers.get("content-security-policy") ?? "", /^sandbox;/);
  assert.equal(
    answer.headers.get("content-disposition"),
    "attachment; filename=\"_n_code__.txt\"; filename*=UTF-8''%C3%BCn%C3%AFcode%0D%0A.txt",
  );
});

Deno.test("events are streamed after the one the client names", async () => {
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
