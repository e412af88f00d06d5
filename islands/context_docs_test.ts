import assert from "node:assert/strict";
import { chatTarget, docsOf, findDoc } from "./context_docs.ts";

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

Deno.test("chatTarget() names a document as a file chat knows it", () => {
  const [todo] = docsOf("todo");
  const [context] = docsOf("tickets");
  assert.ok(todo !== undefined && context !== undefined);
  const at = (path: string, text = "x") => ({ path, text });
  assert.equal(chatTarget(context, at("/r/x.md", ""), undefined), "contextspace:active_context");
  assert.equal(chatTarget(todo, at("/r/docs/TODO.md"), "/r"), "file:docs/TODO.md");
  assert.equal(chatTarget(todo, at("/r/docs/TODO.md", ""), "/r"), null);
  assert.equal(chatTarget(todo, at("/r/.codex-autorunner/TODO.md"), "/r"), null);
  assert.equal(chatTarget(todo, at("/elsewhere/TODO.md"), "/r"), null);
  assert.equal(chatTarget(todo, at("/r/TODO.md"), undefined), null);
});
