/** What one worktree is like now: what is in it that is nowhere else, and who works in it. */

import { aheadBehind, type LooseCommits, looseCommits } from "../../adapters/git/branches.ts";
import { locate, type Repository } from "../../adapters/git/repository.ts";
import { savedRefs } from "../../adapters/git/saved_work.ts";
import { type Operation, operationOf } from "../../adapters/git/state.ts";
import { statusOf } from "../../adapters/git/status.ts";
import { type GitWorktree, listWorktrees } from "../../adapters/git/worktrees.ts";
import { asCarError } from "../../base/errors.ts";
import { inspectConfig } from "../../control/config.ts";
import { exists } from "../../control/files.ts";
import { lookAtLock } from "../../control/lock.ts";
import { type RepoPaths, repoPaths } from "../../control/roots.ts";
import { TicketFolder } from "../../control/tickets.ts";
import { WORKTREE_STATES, type WorktreeRecord } from "../../control/worktree_records.ts";
import { openWorkQueue } from "../open_queue.ts";
import { withReading } from "../reading.ts";
import { readStatus, type ShownStatus } from "../status.ts";
import { type ArchiveSize, archiveSize } from "./archive.ts";
import { setupTroubleOf } from "./setup_trouble.ts";
import type { Site } from "./site.ts";

/** A worktree as it is spoken of: CAR's own has a record; any other is a person's. */
export interface Target {
  readonly id: string;
  /** Absolute, links followed where it is there. */
  readonly path: string;
  readonly record: WorktreeRecord | null;
}

export interface WorktreeRun {
  /** `unreadable`: its journal cannot be read; `reason` says why. */
  readonly status: ShownStatus | "unreadable";
  readonly run: string | null;
  readonly reason: string;
}

export interface WorktreeLook {
  readonly id: string;
  /** The id of its repo. */
  readonly base: string;
  readonly path: string;
  readonly exists: boolean;
  readonly madeBy: "car" | "person";
  readonly purpose: "hub" | "run" | null;
  /** What is wrong with it, in one sentence with the way out; null when nothing is. */
  readonly trouble: string | null;
  /** Null: HEAD names no branch, or it is gone. */
  readonly branch: string | null;
  readonly head: string | null;
  /** Changed files, untracked ones apart; null where there is nothing to look at. */
  readonly changed: number | null;
  readonly untracked: number | null;
  /** Against the commit its repo is at. */
  readonly ahead: number | null;
  readonly behind: number | null;
  /** Commits that neither a remote nor its repo's HEAD has. */
  readonly loose: LooseCommits | null;
  readonly operation: Operation | null;
  /** Why git has it locked, "" without a reason; null when it is not. */
  readonly gitLock: string | null;
  /** It holds submodules that were set up, whose commits may be nowhere else. */
  readonly hasSubmodules: boolean;
  /** Other worktrees that lie inside. */
  readonly inside: readonly string[];
  readonly tickets: { readonly done: number; readonly total: number } | null;
  readonly run: WorktreeRun | null;
  /** Whether some CAR holds it now. */
  readonly locked: boolean;
  readonly archives: ArchiveSize;
  /** Refs that keep its work of earlier times. */
  readonly saved: readonly string[];
}

/** Throws as `Git.must` does; a worktree that is gone or broken is told of in `trouble`. */
export async function lookAtWorktree(site: Site, target: Target): Promise<WorktreeLook> {
  const { tools: { git }, base } = site;
  const worktrees = await listWorktrees(git, base.repository);
  const listed = worktrees.find((it) => it.path === target.path) ?? null;
  const located = await locate(target.path);
  const here = located.kind === "repository" && located.inside === "" &&
      located.repository.commonDir === base.repository.commonDir
    ? located.repository
    : null;
  const saved = await savedRefs(git, base.repository, target.id);
  return {
    id: target.id,
    base: base.id,
    path: target.path,
    exists: located.kind !== "missing",
    madeBy: target.record === null ? "person" : "car",
    purpose: target.record?.purpose ?? null,
    trouble: troubleOf(target, base.id, located.kind !== "missing", here !== null),
    branch: listed?.branch ?? null,
    gitLock: listed?.locked ?? null,
    inside: worktrees.map((it) => it.path).filter((it) => it.startsWith(`${target.path}/`)),
    ...await gitFacts(site, here, listed),
    ...await carFacts(site, repoPaths(target.path)),
    archives: await archiveSize(base.paths, target.id),
    saved: saved.map((it) => it.ref),
  };
}

function troubleOf(
  { record, path, id }: Target,
  base: string,
  isThere: boolean,
  isWorktree: boolean,
): string | null {
  if (!isThere) {
    return `Its folder ${path} is gone; \`car hub worktree cleanup ${id}\` forgets it.`;
  }
  if (!isWorktree) return `${path} is no worktree of its repo any more.`;
  if (record === null || record.state === "ready") return null;
  return setupTroubleOf(record, base) ?? WORKTREE_STATES[record.state];
}

const NO_GIT = {
  head: null,
  changed: null,
  untracked: null,
  ahead: null,
  behind: null,
  loose: null,
  operation: null,
  hasSubmodules: false,
} as const;

async function gitFacts(site: Site, here: Repository | null, listed: GitWorktree | null) {
  const { tools: { git }, base } = site;
  if (here === null) return NO_GIT;
  const { counts, head } = await statusOf(git, here);
  const facts = {
    head,
    changed: counts.staged + counts.changed + counts.unmerged,
    untracked: counts.untracked,
    operation: await operationOf(here),
    hasSubmodules: await hasEntries(`${here.gitDir}/modules`),
  };
  const [main] = await listWorktrees(git, base.repository);
  const kept = main?.head ?? null;
  const tip = head ?? listed?.head ?? null;
  if (tip === null) return { ...NO_GIT, ...facts };
  const loose = await looseCommits(git, base.repository, tip, kept === null ? [] : [kept]);
  const apart = kept === null ? null : await aheadBehind(git, base.repository, tip, kept);
  return { ...facts, loose, ahead: apart?.ahead ?? null, behind: apart?.behind ?? null };
}

async function hasEntries(folder: string): Promise<boolean> {
  try {
    for await (const _ of Deno.readDir(folder)) return true;
  } catch {
    // Not there: no submodule was ever set up here.
  }
  return false;
}

async function carFacts(site: Site, paths: RepoPaths) {
  if (!await exists(paths.state)) return { tickets: null, run: null, locked: false };
  return {
    tickets: await ticketsOf(site, paths).catch(() => null),
    run: await runOf(site, paths),
    locked: lookAtLock(paths.lock).type === "busy",
  };
}

async function ticketsOf({ tools }: Site, paths: RepoPaths) {
  const { config } = await inspectConfig({ root: paths.root, env: tools.environment });
  const folder = new TicketFolder(paths, tools.clock);
  const { tickets } = await openWorkQueue(paths, { ...config, mode: "repo" }, folder).read();
  return { done: tickets.filter((it) => it.done).length, total: tickets.length };
}

async function runOf({ tools }: Site, paths: RepoPaths): Promise<WorktreeRun> {
  try {
    const now = tools.clock.now();
    const { status, run, reason } = await withReading(paths, (it) => readStatus(it, null, now));
    return { status, run, reason };
  } catch (thrown) {
    return { status: "unreadable", run: null, reason: asCarError(thrown).message };
  }
}
