/**
 * The worktree of a run: the queue of a repo is worked on a branch of its own, while the person's tree
 * stays as it is, and what is done comes back into the repo's queue (docs/decisions/0022).
 */

import { aheadBehind, branchCommit, diffStat } from "../../adapters/git/branches.ts";
import { locate } from "../../adapters/git/repository.ts";
import { headOf } from "../../adapters/git/state.ts";
import { statusOf } from "../../adapters/git/status.ts";
import { CarError } from "../../base/errors.ts";
import { plural } from "../../base/text.ts";
import { exists } from "../../control/files.ts";
import { lockedError, lookAtLock } from "../../control/lock.ts";
import { slug } from "../../control/manifest.ts";
import { type RepoPaths, repoPaths } from "../../control/roots.ts";
import { TicketFolder } from "../../control/tickets.ts";
import { readWorktreeRecords, type WorktreeRecord } from "../../control/worktree_records.ts";
import { nextTicket } from "../../engine/ticket.ts";
import { openWorkQueue } from "../open_queue.ts";
import { withReading } from "../reading.ts";
import { createWorktree } from "./create.ts";
import { runWorktreeAt } from "./queue_return.ts";
import type { Site } from "./site.ts";
import { Worktrees, type WorktreesOptions } from "./worktrees.ts";

export interface RunWorktree {
  readonly record: WorktreeRecord;
  /** Of the worktree: where the run works. */
  readonly paths: RepoPaths;
  /** Of the repo it was made of. */
  readonly base: RepoPaths;
  /** What there is to merge. */
  outcome(): Promise<RunOutcome>;
  close(): Promise<void>;
}

export interface RunOutcome {
  readonly branch: string;
  readonly path: string;
  /** The branch checked out in the repo, which the work would be merged into; null: none is. */
  readonly into: string | null;
  /** Commits of the branch that the repo's HEAD does not have. */
  readonly commits: number;
  /** `git diff --stat` of those. */
  readonly stat: string;
  /** Files in the worktree that are in no commit. */
  readonly uncommitted: number;
}

/**
 * The worktree to run in: that of the branch named, else that of the run which is not completed, else
 * a new one named for the first open ticket.
 *
 * @param asked A branch, or null.
 * @throws {CarError} `conflict` where the queue is a list or the repo is itself a worktree; `usage` when
 * several runs could be meant; `not_found` without open tickets; as `createWorktree`.
 */
export async function openRunWorktree(
  base: RepoPaths,
  asked: string | null,
  options: WorktreesOptions,
): Promise<RunWorktree> {
  const { worktrees, repo } = await Worktrees.ofRepo(base, options);
  try {
    const site = await worktrees.site(repo);
    refuseBase(site);
    const branch = asked ?? await usualBranch(site);
    const { record } = await createWorktree(site, branch, {
      purpose: "run",
      seeds: { tickets: "none", contextspace: true },
    });
    if (record.purpose === "hub") throw ownQueue(record);
    if (record.state === "setup_failed") throw setupFailed(record);
    await tellOfDirt(site);
    return runWorktree(site, record, () => worktrees.close());
  } catch (thrown) {
    await worktrees.close();
    throw thrown;
  }
}

/** The worktree of a run that has its root here; null when this is none. */
export async function openRunWorktreeAt(
  root: string,
  options: WorktreesOptions,
): Promise<RunWorktree | null> {
  const found = await runWorktreeAt(root);
  if (found === null) return null;
  const { worktrees, repo } = await Worktrees.ofRepo(found.base, options);
  try {
    return runWorktree(await worktrees.site(repo), found.record, () => worktrees.close());
  } catch (thrown) {
    await worktrees.close();
    throw thrown;
  }
}

/**
 * A run of the same queue in a worktree: beside it each ticket would be worked twice.
 * @throws {CarError} `locked` while there is one at work.
 */
export async function refuseBesideWorktree(base: RepoPaths): Promise<void> {
  for (const record of await readWorktreeRecords(base)) {
    if (record.purpose !== "run") continue;
    const sight = lookAtLock(repoPaths(record.path).lock);
    if (sight.type === "free") continue;
    const { message } = lockedError(record.path, sight);
    throw new CarError("locked", `This queue is being worked on ${record.branch}: ${message}`, {
      hint: `Wait for it, or end it with \`car stop --repo ${record.path}\`.`,
    });
  }
}

function refuseBase({ base }: Site): void {
  const { repository, config } = base;
  if (repository.gitDir !== repository.commonDir) {
    throw new CarError("conflict", `${repository.root} is a worktree itself.`, {
      hint: "Use `car run` here, or `car run --worktree` in the repo it belongs to.",
    });
  }
  if (config.queue === "tickets") return;
  throw new CarError("conflict", "The queue here is a list of boxes, which cannot be divided.", {
    hint: "Run without --worktree, or `car config set queue tickets`.",
  });
}

async function usualBranch(site: Site): Promise<string> {
  const { base, tools } = site;
  const open: WorktreeRecord[] = [];
  for (const record of await readWorktreeRecords(base.paths)) {
    if (record.purpose === "run" && await isUnfinished(record)) open.push(record);
  }
  const [first, ...more] = open;
  if (more.length > 0) {
    const branches = open.map((it) => it.branch).join(", ");
    throw new CarError("usage", `Runs in worktrees are not completed on: ${branches}`, {
      hint: "Name one of them: `car run --worktree BRANCH`.",
    });
  }
  if (first !== undefined) return first.branch;
  const folder = new TicketFolder(base.paths, tools.clock);
  const next = nextTicket(await openWorkQueue(base.paths, base.config, folder).read());
  if (next === undefined) {
    throw new CarError("not_found", "There are no open tickets to work", {
      hint: 'Write one with "car ticket new".',
    });
  }
  return await freshBranch(site, `car/${slug(next.name.replace(/\.md$/i, "")).toLowerCase()}`);
}

/** One whose run has not begun yet is unfinished too: CAR was killed before. */
async function isUnfinished({ path, state }: WorktreeRecord): Promise<boolean> {
  if (state === "removing" || !await exists(repoPaths(path).state)) return false;
  return await withReading(repoPaths(path), ({ past }) => {
    return past?.journal.lastRun()?.status !== "completed";
  });
}

async function freshBranch({ tools, base }: Site, wanted: string): Promise<string> {
  for (let number = 1;; number++) {
    const branch = number === 1 ? wanted : `${wanted}-${number}`;
    if (await branchCommit(tools.git, base.repository, branch) === null) return branch;
  }
}

function setupFailed({ reason, path }: WorktreeRecord): CarError {
  return new CarError("unavailable", reason ?? "The worktree's setup failed.", {
    hint: `The worktree stays in ${path}. Mend it, then the same command again repeats the setup.`,
  });
}

function ownQueue({ path, branch }: WorktreeRecord): CarError {
  return new CarError("conflict", `The worktree of ${branch} has a queue of its own: ${path}`, {
    hint: `Work that with \`car run --repo ${path}\`, or name another branch.`,
  });
}

async function tellOfDirt({ tools, base, say }: Site): Promise<void> {
  const { counts } = await statusOf(tools.git, base.repository);
  const count = counts.staged + counts.changed + counts.unmerged + counts.untracked;
  if (count > 0) {
    say(`${plural(count, "change")} of yours here are in no commit: agents do not see them`);
  }
}

function runWorktree(site: Site, record: WorktreeRecord, close: () => Promise<void>): RunWorktree {
  return {
    record,
    paths: repoPaths(record.path),
    base: site.base.paths,
    outcome: () => outcomeOf(site, record),
    close,
  };
}

async function outcomeOf({ tools, base }: Site, record: WorktreeRecord): Promise<RunOutcome> {
  const { git } = tools;
  const { branch, path } = record;
  const here = await headOf(git, base.repository);
  const tip = await branchCommit(git, base.repository, branch);
  const located = await locate(path);
  const status = located.kind === "repository" ? await statusOf(git, located.repository) : null;
  const counts = status?.counts;
  const uncommitted = counts === undefined
    ? 0
    : counts.staged + counts.changed + counts.unmerged + counts.untracked;
  const into = here.kind === "detached" ? null : here.branch;
  if (tip === null || here.kind === "unborn") {
    return { branch, path, into, commits: 0, stat: "", uncommitted };
  }
  const { ahead } = await aheadBehind(git, base.repository, tip, here.sha);
  const stat = ahead === 0 ? "" : await diffStat(git, base.repository, here.sha, tip);
  return { branch, path, into, commits: ahead, stat, uncommitted };
}
