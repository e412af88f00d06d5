/** The git repos that lie in a hub's folders, one level deep. Only looks; runs no git. */

import { locate } from "../../adapters/git/repository.ts";
import { inParallel } from "../../base/in_parallel.ts";
import type { HubConfig } from "../../control/config.ts";
import { fileError, readTextStrict, systemCode } from "../../control/files.ts";

/** A hub, and what its config says. */
export interface HubGround {
  /** Absolute, real. */
  readonly root: string;
  readonly config: HubConfig;
}

/** A folder with `.git` in it. */
export interface Candidate {
  /** Absolute. */
  readonly root: string;
  readonly name: string;
  /** Null: it is no worktree. */
  readonly worktree: WorktreeSign | null;
}

/** What a worktree tells of itself. */
export interface WorktreeSign {
  /** The folder of the repo it belongs to; null when that cannot be told. */
  readonly base: string | null;
  /** Null: no branch is checked out. */
  readonly branch: string | null;
}

/** A folder that a scan leaves alone, and why, for the person. */
export interface Skipped {
  /** Absolute. */
  readonly path: string;
  /** One sentence. */
  readonly reason: string;
}

export interface Found {
  /** By folder and name. */
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly Skipped[];
}

/** Folders looked into at once. */
export const LOOKS_AT_ONCE = 16;

/** `hub.repos_root` and `hub.worktrees_root`, one level of each. Hidden folders are not looked into. */
export async function findCandidates({ root, config }: HubGround): Promise<Found> {
  const { repos_root, worktrees_root } = config.hub;
  const [repos, worktrees] = [inHub(root, repos_root), inHub(root, worktrees_root)];
  const found = [await look(repos)];
  if (worktrees !== repos) found.push(await look(worktrees));
  const reposMissing = found[0] === null
    ? [{ path: repos, reason: "It is not there, though hub.repos_root names it." }]
    : [];
  const all = found.filter((it) => it !== null);
  return {
    candidates: all.flatMap((it) => it.candidates),
    skipped: [...reposMissing, ...all.flatMap((it) => it.skipped)],
  };
}

/** A path of the hub's config as an absolute one. */
export function inHub(hubRoot: string, path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return path.startsWith("/") ? `/${parts.join("/")}` : [hubRoot, ...parts].join("/");
}

/** Null: there is no such folder. */
async function look(folder: string): Promise<Found | null> {
  const children: Deno.DirEntry[] = [];
  try {
    for await (const child of Deno.readDir(folder)) children.push(child);
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    const reason = fileError("look into", folder, thrown).message;
    return { candidates: [], skipped: [{ path: folder, reason }] };
  }
  const visible = children
    .filter((child) => !child.name.startsWith(".") && (child.isDirectory || child.isSymlink))
    .sort((a, b) => a.name < b.name ? -1 : 1);
  const looks = await inParallel(LOOKS_AT_ONCE, visible, (child) => lookAt(folder, child));
  return {
    candidates: looks.filter((it) => it !== null && "name" in it),
    skipped: looks.filter((it) => it !== null && "reason" in it),
  };
}

/** Null: an ordinary folder. */
async function lookAt(folder: string, child: Deno.DirEntry): Promise<Candidate | Skipped | null> {
  const path = `${folder === "/" ? "" : folder}/${child.name}`;
  try {
    await Deno.stat(`${path}/.git`);
  } catch (thrown) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(systemCode(thrown))) return null;
    return { path, reason: fileError("look into", path, thrown).message };
  }
  if (child.isSymlink) {
    return { path, reason: `It is a link. Add where it leads to with "car hub add ${path}".` };
  }
  return { root: path, name: child.name, worktree: await worktreeSign(path) };
}

/**
 * What git's own files say of a folder: a linked worktree names the repo whose objects it shares.
 * @returns Null for a repo of its own, and for a submodule.
 */
export async function worktreeSign(root: string): Promise<WorktreeSign | null> {
  const located = await locate(root);
  if (located.kind === "broken") {
    // The repo it belonged to was moved or is gone; its name may still tell.
    return (await Deno.stat(`${root}/.git`).catch(() => null))?.isFile
      ? { base: null, branch: null }
      : null;
  }
  if (located.kind !== "repository" || located.inside !== "") return null;
  const { gitDir, commonDir } = located.repository;
  if (gitDir === commonDir) return null;
  const base = commonDir.endsWith("/.git") ? commonDir.slice(0, -"/.git".length) : null;
  return { base: base === null ? null : await real(base), branch: await branchOf(gitDir) };
}

/** A ref's name is shorter than a path. */
const HEAD_BYTES_MAX = 8_192;

async function branchOf(gitDir: string): Promise<string | null> {
  try {
    const { text } = await readTextStrict(`${gitDir}/HEAD`, { maxBytes: HEAD_BYTES_MAX });
    return /^ref: refs\/heads\/(\P{Cc}+)\n?$/u.exec(text)?.[1] ?? null;
  } catch {
    // It is a hint for the list; a HEAD that cannot be read is git's to complain of.
    return null;
  }
}

/** The path with links followed; as it is when nothing is there. */
export async function real(path: string): Promise<string> {
  return await Deno.realPath(path).catch(() => path);
}
