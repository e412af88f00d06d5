/** Where a folder's repository is, found by looking, without starting git. */

import { dirname, isAbsolute, relative, resolve } from "node:path";

export interface Repository {
  /** Top of the work tree, real path. */
  readonly root: string;
  /** HEAD and index of this work tree. */
  readonly gitDir: string;
  /** Objects, refs and config; differs from `gitDir` in a linked worktree. */
  readonly commonDir: string;
}

export type Located =
  | { readonly kind: "missing" } // the folder itself is not there
  | { readonly kind: "none" } // no repository around the folder
  | { readonly kind: "broken"; readonly path: string; readonly why: string }
  | { readonly kind: "bare"; readonly gitDir: string }
  | {
    readonly kind: "repository";
    readonly repository: Repository;
    /** The folder seen from the root; "" when it is the root. */
    readonly inside: string;
  };

/** Looks upward from `folder`, as git does. */
export async function locate(folder: string): Promise<Located> {
  let start: string;
  try {
    start = await Deno.realPath(folder);
  } catch {
    return { kind: "missing" };
  }
  for (let at = start;; at = dirname(at)) {
    const found = await lookAt(at);
    if (found?.kind === "repository") return { ...found, inside: relative(at, start) };
    if (found !== undefined) return found;
    if (dirname(at) === at) return { kind: "none" };
  }
}

async function lookAt(folder: string): Promise<Located | undefined> {
  const dotGit = `${folder}/.git`;
  const kind = await kindOf(dotGit);
  if (kind === "folder") return await fromGitDir(folder, dotGit);
  if (kind === "file") return await fromPointer(folder, dotGit);
  return await isGitDir(folder) ? { kind: "bare", gitDir: folder } : undefined;
}

/** `.git` as a file: a linked worktree or a submodule. */
async function fromPointer(folder: string, dotGit: string): Promise<Located> {
  const target = /^gitdir: (.+)$/m.exec(await textOf(dotGit))?.[1];
  if (target === undefined) {
    return { kind: "broken", path: dotGit, why: "is a file without a line `gitdir: ...`" };
  }
  return await fromGitDir(folder, resolve(folder, target));
}

async function fromGitDir(root: string, gitDir: string): Promise<Located> {
  if (await kindOf(`${gitDir}/HEAD`) === "none") {
    return { kind: "broken", path: gitDir, why: "has no HEAD" };
  }
  const common = (await textOf(`${gitDir}/commondir`)).trim();
  const commonDir = common === "" || isAbsolute(common) ? common : resolve(gitDir, common);
  return {
    kind: "repository",
    repository: { root, gitDir, commonDir: commonDir || gitDir },
    inside: "",
  };
}

async function isGitDir(folder: string): Promise<boolean> {
  if (await kindOf(`${folder}/HEAD`) !== "file") return false;
  return await kindOf(`${folder}/objects`) === "folder" &&
    await kindOf(`${folder}/refs`) === "folder";
}

/** What lies at a path, links followed. */
export async function kindOf(path: string): Promise<"file" | "folder" | "none"> {
  try {
    const found = await Deno.stat(path);
    return found.isDirectory ? "folder" : "file";
  } catch {
    return "none";
  }
}

/** The text of one of git's own small files; "" when it is not there. */
export async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}
