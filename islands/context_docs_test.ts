import assert from "node:assert/strict";
import { docsOf, findDoc } from "./context_docs.ts";

const ids = (queue: Parameters<typeof docsOf>[0]) => docsOf(queue).map((it) => it.id);

Deno.test("docsOf() shows the older documents only where the queue is a list", () => {
  assert.deepEqual(ids("tickets"), ["active_context", "decisions", "spec"]);
  assert.deepEqual(ids(null), ids("tickets"));
  assert.deepEqual(ids("todo").slice(0, 4), ["todo", "progress", "opinions", "docs_spec"]);
  assert.equal(new Set(docsOf("todo").map((it) => it.path)).size, docsOf("todo").length);
});

Deno.test("findDoc() takes the first without a name, and none for a wrong one", () => {
  assert.equal(findDoc(docsOf("tickets"), undefined)?.id, "active_context");
  assert.equal(findDoc(docsOf("tickets"), "spec")?.id, "spec");
  assert.equal(findDoc(docsOf("tickets"), "todo"), null);
});

Deno.test("docsOf() names each document as a file chat knows it", () => {
  assert.equal(docsOf("tickets")[0]?.chat, "contextspace:active_context");
  const names = docsOf("todo").map((it) => it.chat);
  assert.deepEqual(names.slice(0, 4), ["doc:todo", "doc:progress", "doc:opinions", "doc:spec"]);
});
