/** What state a repository is in, and what CAR may do in it. */

import type { Git } from "./git.ts";
import { kindOf, locate, type Repository, textOf } from "./repository.ts";

export type Head =
  | { readonly kind: "branch"; readonly branch: string; readonly sha: string }
  | { readonly kind: "unborn"; readonly branch: string }
  | { readonly kind: "detached"; readonly sha: string };

/** Something a person began and has to end; CAR does not commit into it. */
export type Operation = "merge" | "rebase" | "am" | "cherry-pick" | "revert" | "bisect";

/** The file that tells of each. Order matters: a rebase also leaves the marks of what it picks. */
const OPERATION_MARKS = {
  "rebase-merge": "rebase",
  "rebase-apply/applying": "am",
  "rebase-apply": "rebase",
  "MERGE_HEAD": "merge",
  "CHERRY_PICK_HEAD": "cherry-pick",
  "REVERT_HEAD": "revert",
  "BISECT_LOG": "bisect",
} as const satisfies Record<string, Operation>;

export type RepoState =
  | { readonly kind: "missing" }
  | { readonly kind: "none" }
  | { readonly kind: "broken"; readonly path: string; readonly why: string }
  | { readonly kind: "bare"; readonly gitDir: string }
  | {
    readonly kind: "repository";
    readonly repository: Repository;
    /** Path of the asked folder below the root; "" for the root itself. */
    readonly inside: string;
    readonly linked: boolean;
    readonly head: Head;
    readonly operation: Operation | null;
    /** A lock of the index: a git at work, or one that crashed. */
    readonly indexLocked: boolean;
  };

/** The state of the repository around `folder`. Throws as `Git.call` does. */
export async function repoState(git: Git, folder: string): Promise<RepoState> {
  const located = await locate(folder);
  if (located.kind !== "repository") return located;
  const { repository, inside } = located;
  return {
    kind: "repository",
    repository,
    inside,
    linked: repository.gitDir !== repository.commonDir,
    head: await headOf(git, repository),
    operation: await operationOf(repository),
    indexLocked: await kindOf(`${repository.gitDir}/index.lock`) !== "none",
  };
}

/** Where HEAD stands. */
export async function headOf(git: Git, repository: Repository): Promise<Head> {
  const branch = await branchOf(git, repository);
  const output = await git.call(repository, {
    args: ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"],
  });
  const sha = output.code === 0 ? output.text.trim() : null;
  if (branch === null) return { kind: "detached", sha: sha ?? "" };
  return sha === null ? { kind: "unborn", branch } : { kind: "branch", branch, sha };
}

/**
 * Where HEAD stands as its files say it, right behind a commit that wrote them. Null where they do
 * not tell, as with reftable.
 */
export async function headInFiles(
  repository: Repository,
): Promise<Exclude<Head, { kind: "unborn" }> | null> {
  const head = await textOf(`${repository.gitDir}/HEAD`);
  const ref = /^ref: (.+)$/m.exec(head)?.[1];
  const text = ref === undefined ? head : await textOf(`${repository.commonDir}/${ref}`);
  const sha = /^[0-9a-f]{40,}\n$/.exec(text)?.[0].trim();
  if (sha === undefined) return null;
  return ref === undefined
    ? { kind: "detached", sha }
    : { kind: "branch", branch: shortName(ref), sha };
}

/** What is under way, or null. */
export async function operationOf(repository: Repository): Promise<Operation | null> {
  for (const [mark, operation] of Object.entries(OPERATION_MARKS)) {
    if (await kindOf(`${repository.gitDir}/${mark}`) !== "none") return operation;
  }
  return null;
}

/** In repositories with reftable, HEAD the file names no branch: then git is asked. */
const REFTABLE_HEAD = "refs/heads/.invalid";

async function branchOf(git: Git, repository: Repository): Promise<string | null> {
  const ref = /^ref: (.+)$/m.exec(await textOf(`${repository.gitDir}/HEAD`))?.[1];
  if (ref === undefined) return null;
  if (ref !== REFTABLE_HEAD) return shortName(ref);
  const output = await git.call(repository, { args: ["symbolic-ref", "--quiet", "HEAD"] });
  return output.code === 0 ? shortName(output.text.trim()) : null;
}

const shortName = (ref: string): string => ref.replace(/^refs\/heads\//, "");
