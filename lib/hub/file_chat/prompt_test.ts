import assert from "node:assert/strict";
import { type AskFacts, askFile, askPrompt } from "./prompt.ts";

const FACTS: AskFacts = {
  path: "docs/a.md",
  copy: "/repo/.codex-autorunner/file_chats/fc_1/work/a.md",
  root: "/repo",
  kind: "file",
  message: "Make it shorter.",
  earlier: [],
  problems: [],
};

Deno.test("askPrompt() names the copy, the file and the repo, and ends with the ask", () => {
  const prompt = askPrompt(FACTS);
  for (const words of [FACTS.copy, "repo: docs/a.md", "The repo is at /repo."]) {
    assert.ok(prompt.includes(words), words);
  }
  assert.ok(prompt.endsWith("\n\nMake it shorter."));
  assert.ok(!/linter|said before|ticket/.test(prompt));
});

Deno.test("askPrompt() tells of a ticket what it is and what is wrong, and what was said before", () => {
  const prompt = askPrompt({
    ...FACTS,
    kind: "ticket",
    problems: ["TICKET-001.md:3: done"],
    earlier: Array.from({ length: 20 }, (_, at) => ({
      role: at % 2 === 0 ? "person" as const : "agent" as const,
      by: "x",
      text: at === 19 ? `${"long ".repeat(2_000)}end` : `said ${at}\nmore`,
      atMs: at,
    })),
  });
  assert.match(prompt, /ticket_id/);
  assert.match(prompt, /TICKET-001\.md:3: done/);
  assert.match(prompt, /- The person: said 8\n {2}more\n- You: said 9\n/);
  assert.ok(!prompt.includes("said 7\n") && !prompt.includes("long end"));
});

Deno.test("askFile() makes a block of a bare command, and leaves blocks alone", () => {
  assert.equal(askFile("echo 1"), "---\ndone: false\n---\n```sh\necho 1\n```\n");
  const fenced = "Do:\n```sh\necho 1\n```";
  assert.equal(askFile(fenced), `---\ndone: false\n---\n${fenced}\n`);
});
