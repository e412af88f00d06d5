import assert from "node:assert/strict";
import { decideRequest, matchesPattern } from "./approvals.ts";

Deno.test("matchesPattern() never lets a star reach into another command", () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["git status", "git status", true],
    ["git status", "git status --short", false],
    ["git status*", "git status --short", true],
    ["git *", "git log -3", true],
    ["git *", "git log; rm -rf x", false],
    ["git *", "git log && rm -rf x", false],
    ["git *", "git log | sh", false],
    ["git *", "git log $(id)", false],
    ["git *", "git log `id`", false],
    ["git *", "git log\nid", false],
    ["git *", "git log > /etc/x", false],
    ["*", "ls", true],
    ["a.b", "axb", false],
    ["", "", true],
  ];
  for (const [pattern, text, expected] of rows) {
    assert.equal(matchesPattern(pattern, text), expected, `${pattern} ~ ${text}`);
  }
});

Deno.test("decideRequest() denies before it allows, and asks for the rest", () => {
  const policy = { allow: ["command:npm *", "edit:src/*", "ls"], deny: ["command:npm publish*"] };
  const rows = [
    ["command", "npm test", "allow"],
    ["command", "npm publish", "deny"],
    ["edit", "src/a.ts", "allow"],
    ["edit", "npm test", "ask"],
    ["command", "ls", "allow"],
    ["command", "rm x", "ask"],
  ] as const;
  for (const [kind, title, expected] of rows) {
    assert.equal(decideRequest(policy, { kind, title }).type, expected, `${kind}:${title}`);
  }
});
