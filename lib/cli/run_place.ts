/** Where `car run` works: the repo one stands in, or a worktree of it; and what comes back from there. */

import { isSafe } from "../base/permissions.ts";
import { plural } from "../base/text.ts";
import type { RepoPaths } from "../control/roots.ts";
import type { Run } from "../engine/run.ts";
import type { LiveListener } from "../hub/live.ts";
import type { Session } from "../hub/session.ts";
import { Settlements } from "../hub/settlements.ts";
import {
  openRunWorktree,
  refuseBesideWorktree,
  type RunOutcome,
  type RunWorktree,
  runWorktreeAt,
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
    const worktree = await runWorktreeAt(paths.root, options);
    if (worktree === null) await refuseBesideWorktree(paths);
    return { paths, worktree };
  }
  const worktree = await openRunWorktree(paths, asked === "" ? null : asked, options);
  say(`Works on branch ${worktree.record.branch} in ${worktree.paths.root}`);
  return { paths: worktree.paths, worktree };
}

/** Keeps the repo's queue up to date with what is settled in the worktree. */
export class QueueReturn {
  readonly #worktree: RunWorktree;
  readonly #failed: (thrown: unknown) => void;
  #session: Session | null = null;
  #last: Promise<void> = Promise.resolve();

  /** @param failed Told of a failure in the midst of the run; the end tries again. */
  constructor(worktree: RunWorktree, failed: (thrown: unknown) => void) {
    this.#worktree = worktree;
    this.#failed = failed;
  }

  /** Before the run starts: what a killed CAR did not bring back, then the repo's changes. */
  async begin(session: Session): Promise<void> {
    this.#session = session;
    const last = session.place.journal.lastRun();
    if (last !== null) await this.#bring(last);
    await this.#worktree.bringIn();
  }

  readonly listen: LiveListener = (event) => {
    if (event.type !== "step" || event.event.type !== "settled" || event.refused) return;
    this.#last = this.#last.then(() => this.#bring(event.run)).catch(this.#failed);
  };

  /** After the run has come to rest. */
  async end(run: Run): Promise<void> {
    await this.#last;
    await this.#bring(run);
  }

  async #bring(run: Run): Promise<void> {
    if (this.#session === null) return;
    const settled = new Settlements(this.#session.place.journal, run.id).with(null);
    await this.#worktree.bringOut(settled);
  }
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
