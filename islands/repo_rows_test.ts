import assert from "node:assert/strict";
import { nested, shortName, shortReason } from "./repo_rows.ts";

Deno.test("nested() puts worktrees under their repo, and keeps those whose repo is gone", () => {
  const row = (id: string, worktreeOf: string | null = null) => ({ id, worktreeOf });
  const rows = [row("a"), row("b"), row("b--x", "b"), row("a--x", "a"), row("c--x", "c")];
  assert.deepEqual(nested(rows).map((it) => it.id), ["a", "a--x", "b", "b--x", "c--x"]);
});

Deno.test("shortName() calls a worktree by its branch", () => {
  const repo = { displayName: "harbour", branch: "main", kind: "base" } as const;
  assert.equal(shortName(repo), "harbour");
  assert.equal(shortName({ ...repo, kind: "worktree", branch: "feature/map" }), "feature/map");
  assert.equal(shortName({ ...repo, kind: "worktree", branch: null }), "harbour");
});

Deno.test("shortReason() leaves out what the state beside it says", () => {
  const rows = [
    ["run-0001 is paused (handoff): The agent asks: Red?", "The agent asks: Red?"],
    ["run-0012 is running: working on TICKET-004.", "Working on TICKET-004."],
    ["No run has been started in it yet.", "No run has been started in it yet."],
    ["/hubs/mine/attic is not there.", "attic is not there."],
    ["run-0001 is paused (needs_fix): ", "run-0001 is paused (needs_fix): "],
  ] as const;
  const place = { root: "/hubs/mine/attic", path: "attic" };
  for (const [reason, expected] of rows) {
    assert.equal(shortReason({ ...place, reason }), expected);
  }
});
