import assert from "node:assert/strict";
import { isRepoId } from "../../control/manifest.ts";
import { timeName, worktreeId } from "./names.ts";

const NAMES: readonly [base: string, branch: string, taken: readonly string[], expected: string][] =
  [
    ["base", "feature/x", [], "base--feature-x"],
    ["base", "feature-x", ["base--feature-x"], "base--feature-x-2"],
    ["base", "Feature/X", ["BASE--feature-x"], "base--Feature-X-2"],
    ["base", "größe", [], "base--gro-e"],
    ["base", "日本", [], "base--repo"],
    ["base", "a..b/@", [], "base--a.b"],
    ["b".repeat(90), "c".repeat(200), [], `${"b".repeat(45)}--${"c".repeat(45)}`],
  ];

Deno.test("worktreeId() makes an id of any branch, and another for each", () => {
  for (const [base, branch, taken, expected] of NAMES) {
    const id = worktreeId(base, branch, taken);
    assert.equal(id, expected);
    assert.ok(isRepoId(id));
  }
});

Deno.test("timeName() is fit for refs and folders, and sorts", () => {
  assert.equal(timeName(Date.UTC(2026, 0, 2, 3, 4, 5, 6)), "20260102T030405006Z");
});
