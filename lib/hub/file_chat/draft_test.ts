import assert from "node:assert/strict";
import { decodeDraft, type Draft, encodeDraft, isDraftId, targetKey } from "./draft.ts";

const DRAFT: Draft = {
  id: "fc_0123456789abcdef",
  target: { workspace: "spec" },
  path: ".codex-autorunner/contextspace/spec.md",
  name: "spec.md",
  state: "ready",
  agent: "codex",
  model: null,
  agentThread: "t-1",
  messages: [{ role: "person", by: "web:anna", text: "x", atMs: 1 }],
  createdMs: 1,
  updatedMs: 2,
  error: null,
  note: null,
};

Deno.test("encodeDraft() and decodeDraft() are each other's reverse", () => {
  assert.deepEqual(decodeDraft(encodeDraft(DRAFT)), DRAFT);
});

Deno.test("decodeDraft() takes nothing that is no draft", () => {
  const other = (change: object) =>
    JSON.stringify({ ...JSON.parse(encodeDraft(DRAFT)), ...change });
  const table = [
    "",
    "{",
    "null",
    other({ version: 2 }),
    other({ state: "asleep" }),
    other({ target: { workspace: "none" } }),
    other({ messages: [{}] }),
  ];
  for (const text of table) assert.equal(decodeDraft(text), null, text);
});

Deno.test("targetKey() and isDraftId() tell things apart", () => {
  assert.equal(targetKey({ ticket: "tkt_1" }), "ticket:tkt_1");
  assert.equal(targetKey({ workspace: "spec" }), "workspace:spec");
  assert.equal(targetKey({ file: "a/b.md" }), "file:a/b.md");
  assert.ok(isDraftId(DRAFT.id));
  for (const text of ["", "fc_", "../fc_0123456789abcdef", "fc_0123456789abcdef/.."]) {
    assert.ok(!isDraftId(text), text);
  }
});
