import assert from "node:assert/strict";
import type { WorktreeRecord } from "../../control/worktree_records.ts";
import { CUT_OFF, setupTroubleOf } from "./setup_trouble.ts";

const RECORD: WorktreeRecord = {
  id: "shop--x",
  path: "/hub/worktrees/shop--x",
  branch: "x",
  purpose: "hub",
  state: "setup_failed",
  reason: 'The setup command "make" failed: exit code 2. It said: no rule. All it said is in LOG.',
  from: "abc",
  newBranch: true,
  madeAtMs: 0,
  removal: null,
};

Deno.test("setupTroubleOf() tells the next step first, then why, and of much output the log alone", () => {
  const of = (changes: Partial<WorktreeRecord>) =>
    setupTroubleOf({ ...RECORD, ...changes }, "shop");
  const again = '"car hub worktree create shop x" repeats it.';
  assert.equal(of({}), `Its setup failed; mend it, then ${again} ${RECORD.reason}`);
  const long = `The setup command "make" failed: exit code 2. It said: ${"no rule ".repeat(40)}`;
  assert.equal(
    of({ reason: long }),
    `Its setup failed; mend it, then ${again} The setup command "make" failed: exit code 2. ` +
      "See /hub/worktrees/shop--x/.codex-autorunner/logs/worktree-setup.log.",
  );
  assert.equal(of({ reason: CUT_OFF }), `${CUT_OFF} ${again}`);
  assert.match(of({ purpose: "run" }) ?? "", /"car run --worktree x" repeats it/);
  assert.match(of({ state: "setup" }) ?? "", /under way, or was cut off/);
  for (const state of ["making", "ready", "removing"] as const) assert.equal(of({ state }), null);
});
