/** Removing a worktree so that nothing is lost, or refusing with what would be. */

import { locate } from "../../adapters/git/repository.ts";
import { statusOf } from "../../adapters/git/status.ts";
import { CarError } from "../../base/errors.ts";
import { exists } from "../../control/files.ts";
import { acquireLock, type HeldLock, lockedError } from "../../control/lock.ts";
import { repoPaths } from "../../control/roots.ts";
import { underLock } from "../../control/short_lock.ts";
import { writeWorktreeRecord } from "../../control/worktree_records.ts";
import { holderOf } from "../holder.ts";
import { freshArchive } from "./archive.ts";
import { lookAtWorktree, type Target, type WorktreeLook } from "./look.ts";
import { mendWorktrees } from "./mend.ts";
import { obstacles, type RemovalWish } from "./obstacles.ts";
import { finishRemoval, type Leaving, type Removed, saveWorktree } from "./removal.ts";
import type { Site } from "./site.ts";

/**
 * Saves what is in no commit to a ref, moves tickets and runs to the base's archive where that is
 * wished, and removes the worktree. Files that git ignores go with it.
 *
 * @throws {CarError} `locked` while somebody works in it, `conflict` with all that speaks against it;
 * nothing has changed then. `unavailable` when a part failed: the next call goes on there.
 */
export async function cleanupWorktree(
  site: Site,
  target: Target,
  wish: RemovalWish,
): Promise<Removed> {
  return await underLock(site.base.paths.worktreeLock, async () => {
    const { remarks, removed } = await mendWorktrees(site);
    for (const remark of remarks) site.say(remark);
    const already = removed.find((it) => it.id === target.id);
    if (already !== undefined) return already;
    const lock = await holdWorktree(site, target);
    try {
      return await cleanupHeld(site, target, wish);
    } finally {
      lock?.release();
    }
  }, site.tools.clock);
}

/** Null where there is nothing of CAR's to hold. */
async function holdWorktree({ tools }: Site, { path }: Target): Promise<HeldLock | null> {
  const paths = repoPaths(path);
  if (!await exists(paths.state)) return null;
  const holder = holderOf("car hub worktree cleanup", tools.clock);
  const taken = await acquireLock(paths.lock, holder, tools.clock);
  if (taken.type === "held") return taken.lock;
  throw lockedError(path, taken);
}

async function cleanupHeld(site: Site, target: Target, wish: RemovalWish): Promise<Removed> {
  const { base, tools } = site;
  const look = await lookAtWorktree(site, target);
  refuse(look, await unsavable(site, look), wish);
  const branch = look.branch ?? target.record?.branch ?? "";
  const leaving: Leaving = {
    id: target.id,
    path: target.path,
    branch,
    purpose: target.record?.purpose ?? "hub",
    state: "removing",
    reason: null,
    from: target.record?.from ?? look.head ?? "",
    newBranch: target.record?.newBranch ?? false,
    madeAtMs: target.record?.madeAtMs ?? tools.clock.now(),
    removal: {
      archive: wish.archive ? await freshArchive(base.paths, target.id, tools.clock.now()) : null,
      deleteBranch: wish.deleteBranch && branch !== "",
    },
  };
  // Before the record: what cannot be saved keeps the worktree as it is.
  const saved = await saveWorktree(site, leaving);
  await writeWorktreeRecord(base.paths, leaving);
  return await finishRemoval(site, leaving, look, saved);
}

function refuse(look: WorktreeLook, unsaved: readonly string[], wish: RemovalWish): void {
  if (look.inside.length > 0) {
    throw new CarError(
      "conflict",
      `Other worktrees lie inside ${look.path}: ${look.inside.join(", ")}`,
      { hint: "Clean those up first." },
    );
  }
  const found = obstacles(look, unsaved, wish);
  if (wish.force || found.length === 0 && wish.archive) return;
  const reasons = found.map((it) => `\n  - ${it}`).join("");
  throw new CarError(
    "conflict",
    `${look.id} is left as it is${reasons === "" ? "." : `, because:${reasons}`}`,
    {
      hint: wish.archive
        ? "--force removes it all the same; what can be saved is saved to a ref first."
        : "`car hub worktree cleanup` keeps tickets and runs; --force deletes all the same.",
    },
  );
}

/** Git repos inside that are no part of it: nothing of them would be kept. */
async function unsavable({ tools }: Site, look: WorktreeLook): Promise<readonly string[]> {
  const located = await locate(look.path);
  if (look.head === null || located.kind !== "repository") return [];
  const { changes } = await statusOf(tools.git, located.repository, {
    everyFile: true,
    changesMax: Infinity,
  });
  return changes.filter((it) => it.kind === "nested").map((it) => it.path);
}
