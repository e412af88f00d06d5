import assert from "node:assert/strict";
import type { ToolKind } from "../../engine/turn.ts";
import { answerTo } from "./turn.ts";

const PATHS = { copy: "/r/.codex-autorunner/file_chats/fc_1/work/a.md", root: "/r" };

Deno.test("answerTo() lets an agent look, and change the copy, and nothing else", async (t) => {
  const table: readonly [ToolKind, string, string, "yes" | "no"][] = [
    ["read", "/r/b.md", "", "yes"],
    ["search", "grep", "", "yes"],
    ["edit", PATHS.copy, "", "yes"],
    ["edit", "Edit", "a.md\n+line", "yes"],
    ["edit", "/r/a.md", "", "no"],
    ["edit", "/r/b.md", "", "no"],
    ["edit", "/r/b.md", "see a.md", "no"],
    ["command", "make a.md", "", "no"],
    ["command", "git status", "", "yes"],
    ["read", "/r/.env", "", "no"],
    ["fetch", "https://example.invalid", "", "no"],
  ];
  const policy = { allow: ["command:git status"], deny: ["*.env"] };
  for (const [kind, title, detail, expected] of table) {
    await t.step(`${kind} ${title}`, () => {
      const asked = { type: "approval" as const, requestId: "1", kind, title, detail };
      const given = answerTo(asked, policy, PATHS);
      assert.equal(given.type, expected);
    });
  }
  await t.step("a question", () => {
    const asked = { type: "question" as const, requestId: "1", questions: [] };
    const given = answerTo(asked, policy, PATHS);
    assert.deepEqual(given, { type: "no", reason: "Put the question into your answer" });
  });
});
