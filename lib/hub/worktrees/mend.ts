/** Finishes or undoes what a CAR that was killed had begun with the worktrees of a repo. */

import { locate } from "../../adapters/git/repository.ts";
import { statusOf } from "../../adapters/git/status.ts";
import { exists } from "../../control/files.ts";
import { acquireLock, lookAtLock } from "../../control/lock.ts";
import { repoPaths } from "../../control/roots.ts";
import { readWorktreeRecords, type WorktreeRecord } from "../../control/worktree_records.ts";
import { holderOf } from "../holder.ts";
import { furnish, isCheckedOut, settle, undo } from "./make.ts";
import { finishRemoval, type Leaving, type Removed } from "./removal.ts";
import { CUT_OFF } from "./setup_trouble.ts";
import type { Site } from "./site.ts";

export interface Mended {
  /** For people, one sentence each. */
  readonly remarks: readonly string[];
  readonly removed: readonly Removed[];
}

/** Call it under the base's worktree lock: then nobody else is at it. */
export async function mendWorktrees(site: Site): Promise<Mended> {
  const remarks: string[] = [];
  const removed: Removed[] = [];
  for (const record of await readWorktreeRecords(site.base.paths)) {
    if (record.state === "making") remarks.push(await mendMaking(site, record));
    if (record.state === "setup" && isFree(record)) {
      await settle(site, record, CUT_OFF);
      remarks.push(`${record.id}: ${CUT_OFF}`);
    }
    if (record.state !== "removing" || record.removal === null) continue;
    const done = await mendRemoving(site, { ...record, removal: record.removal });
    if (done !== null) removed.push(done);
    remarks.push(
      done === null
        ? `${record.id} was being removed; it stays while somebody works in it`
        : `Finished the removal of ${record.id}, which had been cut off`,
    );
  }
  return { remarks, removed };
}

const isFree = ({ path }: WorktreeRecord): boolean =>
  lookAtLock(repoPaths(path).lock).type === "free";

/** A person may have found it and begun to work: then it is made whole, else it is taken back. */
async function mendMaking(site: Site, record: WorktreeRecord): Promise<string> {
  if (await isCheckedOut(site, record) && await isInUse(site, record)) {
    await furnish(site, record, { tickets: "none", contextspace: false });
    await settle(site, record, site.base.setup.length === 0 ? null : CUT_OFF);
    return `Finished ${record.id}, whose making had been cut off`;
  }
  await undo(site, record);
  return `Took back ${record.id}, whose making had been cut off`;
}

async function isInUse(site: Site, record: WorktreeRecord): Promise<boolean> {
  const located = await locate(record.path);
  if (located.kind !== "repository") return false;
  const { clean, head } = await statusOf(site.tools.git, located.repository);
  return !clean || head !== record.from;
}

/** Null: somebody works in it. */
async function mendRemoving(site: Site, record: Leaving): Promise<Removed | null> {
  const paths = repoPaths(record.path);
  if (!await exists(paths.state)) return await finishRemoval(site, record, null);
  const holder = holderOf("car hub worktree cleanup", site.tools.clock);
  const taken = await acquireLock(paths.lock, holder, site.tools.clock);
  if (taken.type === "busy") return null;
  try {
    return await finishRemoval(site, record, null);
  } finally {
    taken.lock.release();
  }
}
