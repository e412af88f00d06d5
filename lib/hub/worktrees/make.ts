/** The steps of making a worktree, and of finishing or undoing one that was left half way. */

import {
  branchCommit,
  createBranch,
  deleteBranch,
  followRemote,
} from "../../adapters/git/branches.ts";
import { addWorktree, listWorktrees, removeWorktree } from "../../adapters/git/worktrees.ts";
import { CarError } from "../../base/errors.ts";
import { killpoint } from "../../base/failpoint.ts";
import { ensureDir, exists } from "../../control/files.ts";
import { acquireLock, lockedError } from "../../control/lock.ts";
import { repoPaths } from "../../control/roots.ts";
import {
  removeWorktreeRecord,
  type WorktreeRecord,
  writeWorktreeRecord,
} from "../../control/worktree_records.ts";
import { holderOf } from "../holder.ts";
import { type Seeds, seedWorktree } from "./seed.ts";
import { runSetup } from "./setup.ts";
import { mayRunHooks, type Site } from "./site.ts";
import type { StartPoint } from "./start_point.ts";

/** Checks the branch out and makes the folder CAR's; the record says `making` before and after. */
export async function checkOut(
  site: Site,
  record: WorktreeRecord,
  start: StartPoint,
  seeds: Seeds,
): Promise<void> {
  const { tools: { git }, base } = site;
  await writeWorktreeRecord(base.paths, record);
  await ensureDir(site.folder);
  if (start.isNew) await createBranch(git, base.repository, record.branch, start.commit);
  if (start.follows !== null) {
    await followRemote(git, base.repository, record.branch, start.follows);
  }
  const complaint = await addWorktree(git, base.repository, {
    path: record.path,
    branch: record.branch,
    trusted: mayRunHooks(base, site.tools),
  });
  killpoint("worktree.step");
  if (complaint !== null) site.say(`A git hook complained: ${complaint}`);
  await furnish(site, record, seeds);
}

/** All that follows the checkout and may happen twice. */
export async function furnish(site: Site, record: WorktreeRecord, seeds: Seeds): Promise<void> {
  await seedWorktree(site.base.paths, repoPaths(record.path), seeds);
  await site.registry.add(site.base, record);
}

/**
 * Runs the setup commands under the worktree's own lock, so that nobody works in it meanwhile.
 * @returns The record as it is then: `ready` or `setup_failed`.
 * @throws {CarError} `locked` when somebody works in it.
 */
export async function setUp(site: Site, record: WorktreeRecord): Promise<WorktreeRecord> {
  const { base, tools } = site;
  if (base.setup.length === 0) return await settle(site, record, null);
  const { lock: path, root } = repoPaths(record.path);
  const holder = holderOf("car hub worktree create", tools.clock);
  const taken = await acquireLock(path, holder, tools.clock);
  if (taken.type === "busy") throw lockedError(root, taken);
  try {
    await writeWorktreeRecord(base.paths, { ...record, state: "setup", reason: null });
    return await settle(site, record, await runSetup(site, record));
  } finally {
    taken.lock.release();
  }
}

/** Notes how the setup ended. */
export async function settle(
  site: Site,
  record: WorktreeRecord,
  reason: string | null,
): Promise<WorktreeRecord> {
  const state = reason === null ? "ready" : "setup_failed";
  const settled: WorktreeRecord = { ...record, state, reason };
  await writeWorktreeRecord(site.base.paths, settled);
  return settled;
}

/** Whether git had checked all of it out: until then git itself holds it locked. */
export async function isCheckedOut(site: Site, record: WorktreeRecord): Promise<boolean> {
  const worktrees = await listWorktrees(site.tools.git, site.base.repository);
  const found = worktrees.find((it) => it.path === record.path);
  return found !== undefined && found.locked === null && found.prunable === null &&
    await exists(`${record.path}/.git`);
}

/** Takes back what making it has done so far; nobody can have worked in it. */
export async function undo(site: Site, record: WorktreeRecord): Promise<void> {
  const { tools: { git }, base } = site;
  await removeWorktree(git, base.repository, record.path);
  await removeLeft(record.path);
  await site.registry.remove(record.id);
  const tip = await branchCommit(git, base.repository, record.branch);
  if (record.newBranch && tip === record.from) {
    await deleteBranch(git, base.repository, record.branch);
  }
  await removeWorktreeRecord(base.paths, record.id);
}

/** A folder of which git knows nothing yet, or of which it could not remove all. */
async function removeLeft(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return;
    throw new CarError("unavailable", `Cannot remove all of ${path}: ${words(thrown)}`, {
      hint: "Remove it by hand, perhaps as the user a container ran as.",
      cause: thrown,
    });
  }
}

const words = (thrown: unknown): string => thrown instanceof Error ? thrown.message : `${thrown}`;
