/** Where `car run` works: the repo one stands in, or a worktree of it; and what comes back from there. */

import { isSafe } from "../base/permissions.ts";
import { plural } from "../base/text.ts";
import type { RepoPaths } from "../control/roots.ts";
import type { Run } from "../engine/run.ts";
import {
  openRunWorktree,
  openRunWorktreeAt,
  refuseBesideWorktree,
  type RunOutcome,
  type RunWorktree,
} from "../hub/worktrees/run_worktree.ts";
import type { Call } from "./command.ts";

export interface RunPlace {
  readonly paths: RepoPaths;
  /** Null: the run works in the repo itself. */
  readonly worktree: RunWorktree | null;
}

/** @throws {CarError} as `openRunWorktree`, and `locked` beside a run of the same queue in a worktree. */
export async function openRunPlace(call: Call, say: (words: string) => void): Promise<RunPlace> {
  const paths = await call.context.repo();
  const { io, input, spec } = call;
  const asked = spec.path === "resume" ? null : input.text("worktree");
  const options = {
    clock: io.clock,
    environment: io.environment(),
    safe: isSafe(io.confinement),
    say,
  };
  if (asked === null) {
    const worktree = await openRunWorktreeAt(paths.root, options);
    if (worktree === null) await refuseBesideWorktree(paths);
    return { paths, worktree };
  }
  const worktree = await openRunWorktree(paths, asked === "" ? null : asked, options);
  say(`Works on branch ${worktree.record.branch} in ${worktree.paths.root}`);
  return { paths: worktree.paths, worktree };
}

/** Says what there is to merge, and how. */
export async function tellOutcome(call: Call, worktree: RunWorktree, run: Run): Promise<void> {
  const outcome = await worktree.outcome();
  const { id } = worktree.record;
  if (call.json) {
    call.output.jsonLine({ type: "worktree", id, ...outcome });
    return;
  }
  for (const line of outcomeLines(id, outcome, run)) call.output.say(line);
}

function outcomeLines(id: string, outcome: RunOutcome, run: Run): readonly string[] {
  const { branch, path, into, commits, stat, uncommitted } = outcome;
  const isOver = run.status === "completed";
  return [
    "",
    commits === 0
      ? `Nothing to merge from ${branch}, in ${path}.`
      : `${plural(commits, "commit")} on ${branch}, in ${path}:`,
    ...(stat === "" ? [] : stat.split("\n")),
    ...(uncommitted === 0 ? [] : [`${plural(uncommitted, "file")} there in no commit.`]),
    ...(commits === 0 || into === null ? [] : [`Merge it:  git merge ${branch}`]),
    isOver
      ? `Then:      car hub worktree cleanup ${id} --delete-branch`
      : `Go on:     car run --worktree ${branch}`,
  ];
}
