/**
 * What stays of a worktree that is cleaned up: its tickets, contextspace, runs and journal, in the
 * base's archive. They are moved there as one folder, so at every moment they are whole in one place.
 */

import { CarError } from "../../base/errors.ts";
import { VERSION } from "../../base/version.ts";
import { ensureDir, exists, moveFile, syncFolder, writeFileAtomic } from "../../control/files.ts";
import type { RepoPaths } from "../../control/roots.ts";
import { timeName } from "./names.ts";

/** What is worth nothing without the worktree, and keys. */
const NOT_KEPT = ["lock", "token", "car.sock", "trees"] as const;

/** Below the archive's folder. */
const STATE = "state";
const META = "META.json";
const STAGING = ".staging-";

export interface ArchiveFacts {
  readonly id: string;
  readonly base: string;
  readonly branch: string | null;
  readonly head: string | null;
  readonly path: string;
  readonly madeAtMs: number | null;
  readonly archivedAtMs: number;
  /** The ref that keeps what was in no commit. */
  readonly saved: string | null;
  readonly branchKept: boolean;
  readonly tickets: { readonly done: number; readonly total: number } | null;
  readonly run: unknown;
}

/** A name for a new archive of a worktree: `<archive>/<id>/<time>`. */
export async function freshArchive(base: RepoPaths, id: string, nowMs: number): Promise<string> {
  const first = `${base.archivedWorktrees}/${id}/${timeName(nowMs)}`;
  let name = first;
  for (let twin = 2; await exists(name); twin++) name = `${first}-${twin}`;
  return name;
}

/**
 * Moves a worktree's state into its archive. May be done again after a crash, also when it was done.
 * @param state The worktree's `.codex-autorunner`; absent: there is nothing to keep.
 * @returns Whether there is an archive now.
 */
export async function archiveState(
  state: string,
  archive: string,
  facts: ArchiveFacts,
): Promise<boolean> {
  if (await exists(archive)) return true;
  const staging = stagingOf(archive);
  const kept = `${staging}/${STATE}`;
  const isStaged = await exists(kept);
  if (!isStaged && !await exists(state)) return false;
  await ensureDir(staging, 0o700);
  if (!isStaged) await moveFolder(state, kept);
  for (const name of NOT_KEPT) await removeAll(`${kept}/${name}`);
  const meta = { version: 1, car: VERSION, ...facts };
  await writeFileAtomic(`${staging}/${META}`, `${JSON.stringify(meta, null, 2)}\n`);
  await moveFile(staging, archive);
  return true;
}

const stagingOf = (archive: string): string => {
  const slash = archive.lastIndexOf("/");
  return `${archive.slice(0, slash)}/${STAGING}${archive.slice(slash + 1)}`;
};

async function moveFolder(from: string, to: string): Promise<void> {
  try {
    await moveFile(from, to);
  } catch (thrown) {
    if (!isOtherDisk(thrown)) throw thrown;
    const half = `${to}.copy`;
    await removeAll(half);
    await copyFolder(from, half);
    await moveFile(half, to);
    await removeAll(from);
  }
}

const isOtherDisk = (thrown: unknown): boolean =>
  thrown instanceof CarError && thrown.cause instanceof Error && "code" in thrown.cause &&
  thrown.cause.code === "EXDEV";

/** Links are copied as links; pipes and sockets are left out. */
async function copyFolder(from: string, to: string): Promise<void> {
  await ensureDir(to, 0o700);
  for await (const entry of Deno.readDir(from)) {
    const [source, target] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
    if (entry.isDirectory) await copyFolder(source, target);
    else if (entry.isSymlink) await Deno.symlink(await Deno.readLink(source), target);
    else if ((await Deno.lstat(source)).isFile) await copyFile(source, target);
  }
  await syncFolder(to);
}

async function copyFile(from: string, to: string): Promise<void> {
  await Deno.copyFile(from, to);
  using file = await Deno.open(to, { write: true });
  await file.sync();
}

async function removeAll(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}

export interface ArchiveSize {
  readonly count: number;
  readonly bytes: number;
}

/** How often a worktree was archived, and how much that is. */
export async function archiveSize(base: RepoPaths, id: string): Promise<ArchiveSize> {
  const folder = `${base.archivedWorktrees}/${id}`;
  if (!await exists(folder)) return { count: 0, bytes: 0 };
  const names = [...Deno.readDirSync(folder)].map((it) => it.name);
  return {
    count: names.filter((name) => !name.startsWith(STAGING)).length,
    bytes: await bytesIn(folder),
  };
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    bytes += entry.isDirectory ? await bytesIn(path) : (await Deno.lstat(path)).size;
  }
  return bytes;
}
