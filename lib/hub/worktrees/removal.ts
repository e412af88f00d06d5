/** The steps of removing a worktree. Each may happen twice, and the record says that they are to happen. */

import { branchCommit, deleteBranch, looseCommits } from "../../adapters/git/branches.ts";
import { locate } from "../../adapters/git/repository.ts";
import { nameIt, type SavedWork, saveWork } from "../../adapters/git/saved_work.ts";
import { listWorktrees, removeWorktree } from "../../adapters/git/worktrees.ts";
import { CarError } from "../../base/errors.ts";
import { killpoint } from "../../base/failpoint.ts";
import { exists } from "../../control/files.ts";
import { removeQueueCopy } from "../../control/queue_copies.ts";
import { repoPaths } from "../../control/roots.ts";
import {
  type Removal,
  removeWorktreeRecord,
  type WorktreeRecord,
} from "../../control/worktree_records.ts";
import { archiveState } from "./archive.ts";
import type { WorktreeLook } from "./look.ts";
import { timeName } from "./names.ts";
import type { Site } from "./site.ts";

export interface Removed {
  readonly id: string;
  readonly branch: string;
  /** The ref of changed and untracked files; null: there were none. */
  readonly saved: SavedWork | null;
  /** Where its tickets and runs are; null: there were none, or they were to go. */
  readonly archive: string | null;
  readonly branchKept: boolean;
  /** The ref that keeps the commits of a branch that was deleted unmerged. */
  readonly savedBranch: string | null;
}

/** Keeps what is in no commit under a ref; null when there is nothing, or no worktree any more. */
export async function saveWorktree(
  { tools, base }: Site,
  { id, path, branch }: Pick<WorktreeRecord, "id" | "path" | "branch">,
): Promise<SavedWork | null> {
  const located = await locate(path);
  if (located.kind !== "repository" || located.inside !== "") return null;
  if (located.repository.commonDir !== base.repository.commonDir) return null;
  const { saved } = await saveWork(tools.git, located.repository, {
    name: `${id}/${timeName(tools.clock.now())}`,
    message: `Work of ${id} on ${branch}, saved before its worktree was removed`,
    scratch: `${base.paths.state}/trees`,
  });
  return saved;
}

/** A record that is being removed. */
export type Leaving = WorktreeRecord & { readonly removal: Removal };

/**
 * Carries the removal to its end.
 * @param look What it was like; null after a crash, when nobody looked.
 * @param savedBefore What was saved a moment ago; absent: it is saved now, since somebody may have worked
 * there after a crash.
 */
export async function finishRemoval(
  site: Site,
  record: Leaving,
  look: WorktreeLook | null,
  savedBefore?: SavedWork | null,
): Promise<Removed> {
  const { tools: { git, clock }, base } = site;
  const { id, path, branch, removal } = record;
  const saved = savedBefore === undefined ? await saveWorktree(site, record) : savedBefore;
  killpoint("worktree.step");
  const isArchived = removal.archive !== null &&
    await archiveState(repoPaths(path).state, removal.archive, {
      id,
      base: base.id,
      branch,
      head: look?.head ?? null,
      path,
      madeAtMs: record.madeAtMs,
      archivedAtMs: clock.now(),
      saved: saved?.ref ?? null,
      branchKept: !removal.deleteBranch,
      tickets: look?.tickets ?? null,
      run: look?.run ?? null,
    });
  await removeWorktree(git, base.repository, path);
  killpoint("worktree.step");
  if (await exists(path)) throw notAllGone(path);
  const savedBranch = removal.deleteBranch ? await dropBranch(site, record) : null;
  killpoint("worktree.step");
  await site.registry.remove(id);
  await removeQueueCopy(base.paths, id);
  await removeWorktreeRecord(base.paths, id);
  return {
    id,
    branch,
    saved,
    archive: isArchived ? removal.archive : null,
    branchKept: await branchCommit(git, base.repository, branch) !== null,
    savedBranch,
  };
}

function notAllGone(path: string): CarError {
  return new CarError("unavailable", `Not all of ${path} could be removed.`, {
    hint: "Remove it by hand, perhaps as the user a container ran as; its work is saved.",
  });
}

/** Deletes the branch; commits that are nowhere else stay under a ref. @returns That ref, or null. */
async function dropBranch(site: Site, { id, branch }: WorktreeRecord): Promise<string | null> {
  const { tools: { git, clock }, base } = site;
  const tip = await branchCommit(git, base.repository, branch);
  if (tip === null) return null;
  const worktrees = await listWorktrees(git, base.repository);
  if (worktrees.some((it) => it.branch === branch)) return null;
  const kept = worktrees.at(0)?.head ?? null;
  const loose = await looseCommits(git, base.repository, tip, kept === null ? [] : [kept]);
  const ref = loose.count === 0
    ? null
    : await nameIt(git, base.repository, `${id}/${timeName(clock.now())}-branch`, tip);
  await deleteBranch(git, base.repository, branch);
  return ref;
}
