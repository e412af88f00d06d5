/**
 * Lock files of a git that died with CAR. Git never takes them away by itself, and until somebody does
 * every commit fails; a run that was cut off must not wait for a person because of them.
 */

import { dirname } from "node:path";
import { locate, type Repository } from "../adapters/git/repository.ts";
import { removeFile } from "../control/files.ts";
import { isGitBusy } from "./git_busy.ts";

/** Where git locks refs: as deep as branch names have parts. */
const REF_FOLDERS_MAX = 1_000;

/**
 * Takes away the locks that were made after `sinceMs`, unless a git is at work in the repository. For
 * the owner of the repo, once the processes of the dead owner are gone.
 *
 * @param sinceMs When the run that was cut off began: older locks are somebody else's.
 * @returns The files that were removed.
 */
export async function removeDeadGitLocks(
  root: string,
  sinceMs: number,
): Promise<readonly string[]> {
  const located = await locate(root);
  if (located.kind !== "repository") return [];
  const { repository } = located;
  const found = lockFiles(repository).filter((path) => isNewer(path, sinceMs));
  if (found.length === 0) return [];
  if (isGitBusy(repository.root) || isGitBusy(dirname(repository.commonDir))) return [];
  for (const path of found) await removeFile(path);
  return found;
}

function lockFiles({ gitDir, commonDir }: Repository): readonly string[] {
  const folders = [...new Set([gitDir, commonDir]), ...foldersBelow(`${commonDir}/refs`)];
  return folders.flatMap((folder) =>
    entriesOf(folder).filter((it) => it.isFile && it.name.endsWith(".lock"))
      .map((it) => `${folder}/${it.name}`)
  );
}

function foldersBelow(top: string): readonly string[] {
  const folders = [top];
  for (let at = 0; at < folders.length && folders.length < REF_FOLDERS_MAX; at++) {
    const folder = folders[at] ?? top;
    const inside = entriesOf(folder).filter((it) => it.isDirectory);
    folders.push(...inside.map((it) => `${folder}/${it.name}`));
  }
  return folders;
}

function entriesOf(folder: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    // A folder that cannot be looked into has nothing CAR could take away.
    return [];
  }
}

function isNewer(path: string, sinceMs: number): boolean {
  try {
    return (Deno.lstatSync(path).mtime?.getTime() ?? 0) >= sinceMs;
  } catch {
    return false;
  }
}
