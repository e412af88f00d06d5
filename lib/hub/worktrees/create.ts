/** Making a worktree for a branch, or going on with the one there is. */

import { listWorktrees, removeWorktree } from "../../adapters/git/worktrees.ts";
import { ensureDir, exists, writeFileAtomic } from "../../control/files.ts";
import { underLock } from "../../control/short_lock.ts";
import {
  readWorktreeRecords,
  removeWorktreeRecord,
  type WorktreePurpose,
  type WorktreeRecord,
  writeWorktreeRecord,
} from "../../control/worktree_records.ts";
import { checkOut, settle, setUp, undo } from "./make.ts";
import { mendWorktrees } from "./mend.ts";
import { worktreeId } from "./names.ts";
import type { Seeds } from "./seed.ts";
import { requireSetupApproved } from "./setup.ts";
import type { Site } from "./site.ts";
import { findStart, type StartPoint } from "./start_point.ts";

export interface CreateOptions {
  /** Where a new branch begins: a branch, tag or commit. Null: see `findStart`. */
  readonly from?: string | null;
  /** False leaves the setup commands out. */
  readonly setup?: boolean;
  readonly seeds?: Seeds;
  readonly purpose?: WorktreePurpose;
}

export interface Created {
  readonly record: WorktreeRecord;
  /** It was there already. */
  readonly existed: boolean;
}

const EMPTY_QUEUE: Seeds = { tickets: "none", contextspace: false };

/**
 * Makes a worktree with the branch checked out, CAR set up in it and the setup commands run. One that
 * CAR made for the branch before is answered as it is; a setup that failed is repeated.
 *
 * A setup that fails leaves the worktree there: `record.state` is then `setup_failed`, with the reason.
 * Every other failure takes back what was done.
 *
 * @throws {CarError} as `findStart`; `waiting` for setup commands nobody approved; `locked`,
 * `unavailable`, `timeout`.
 */
export async function createWorktree(
  site: Site,
  branch: string,
  options: CreateOptions = {},
): Promise<Created> {
  const withSetup = options.setup ?? true;
  if (withSetup) await requireSetupApproved(site);
  const found = await locked(site, async () => {
    for (const remark of (await mendWorktrees(site)).remarks) site.say(remark);
    return await recordOf(site, branch);
  });
  if (found !== null) return await goOn(site, found, withSetup);
  // The remote is asked before the lock is taken: it may take a minute.
  const start = await findStart(site, branch, options.from ?? null);
  const made = await locked(site, async () => {
    const meanwhile = await recordOf(site, branch);
    if (meanwhile !== null) return { record: meanwhile, existed: true };
    return { record: await make(site, branch, start, options), existed: false };
  });
  if (made.existed) return await goOn(site, made.record, withSetup);
  if (made.record.state === "ready") return made;
  return { record: await setUp(site, made.record), existed: false };
}

const locked = <T>({ base, tools }: Site, body: () => Promise<T>): Promise<T> =>
  underLock(base.paths.worktreeLock, body, tools.clock);

/** The worktree CAR made for a branch; one whose folder a person removed is forgotten. */
async function recordOf(site: Site, branch: string): Promise<WorktreeRecord | null> {
  const { base, tools: { git } } = site;
  const records = await readWorktreeRecords(base.paths);
  const record = records.find((it) => it.branch === branch) ?? null;
  if (record === null || await exists(record.path)) return record;
  await removeWorktree(git, base.repository, record.path);
  await removeWorktreeRecord(base.paths, record.id);
  return null;
}

async function goOn(site: Site, record: WorktreeRecord, withSetup: boolean): Promise<Created> {
  const isToDo = record.state === "setup_failed" || record.state === "setup";
  if (!isToDo) return { record, existed: true };
  const now = withSetup ? await setUp(site, record) : await settle(site, record, null);
  return { record: now, existed: true };
}

async function make(
  site: Site,
  branch: string,
  start: StartPoint,
  options: CreateOptions,
): Promise<WorktreeRecord> {
  const { base, tools } = site;
  await ensureDir(site.folder);
  // In the repo's own state folder nothing of them may reach its index, whatever a person tracks there.
  if (site.folder === base.paths.worktrees) {
    await writeFileAtomic(`${site.folder}/.gitignore`, "*\n");
  }
  const folder = await Deno.realPath(site.folder);
  const id = worktreeId(base.id, branch, await takenNames(site));
  const record: WorktreeRecord = {
    id,
    path: `${folder}/${id}`,
    branch,
    purpose: options.purpose ?? "hub",
    state: "making",
    reason: null,
    from: start.commit,
    newBranch: start.isNew,
    madeAtMs: tools.clock.now(),
    removal: null,
  };
  try {
    await checkOut(site, record, start, options.seeds ?? EMPTY_QUEUE);
    const needsSetup = (options.setup ?? true) && base.setup.length > 0;
    if (!needsSetup) return await settle(site, record, null);
    const next: WorktreeRecord = { ...record, state: "setup" };
    await writeWorktreeRecord(base.paths, next);
    return next;
  } catch (thrown) {
    // The first failure is the one to tell; what cannot be undone now is undone by the next call.
    await undo(site, record).catch(() => {});
    throw thrown;
  }
}

async function takenNames({ base, folder, registry, tools }: Site): Promise<readonly string[]> {
  const records = await readWorktreeRecords(base.paths);
  const worktrees = await listWorktrees(tools.git, base.repository);
  const folders = await exists(folder) ? [...Deno.readDirSync(folder)].map((it) => it.name) : [];
  return [
    ...await registry.taken(),
    ...records.map((it) => it.id),
    ...folders,
    ...worktrees.map((it) => it.path.slice(it.path.lastIndexOf("/") + 1)),
  ];
}
