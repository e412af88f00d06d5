/**
 * Work that is in no commit, kept under a ref of CAR's own before its worktree goes. Neither index nor
 * files of the person are touched, and nothing of the repo's is run. What is kept has the shape of a
 * stash, so `git stash apply REF` brings it back.
 */

import { CarError } from "../../base/errors.ts";
import { ensureDir } from "../../control/files.ts";
import { isNamed } from "./branches.ts";
import type { GitCall } from "./call.ts";
import { type Git, GIT_TRUSTED_MS_MAX } from "./git.ts";
import { identityOf } from "./identity.ts";
import { copyIndex } from "./index_file.ts";
import type { Repository } from "./repository.ts";
import { ALL_BUT_STATE, statusOf } from "./status.ts";

/** `refs/car/saved/WORKTREE/TIME` */
export const SAVED_REFS = "refs/car/saved";

export interface SaveOptions {
  /** Below `refs/car/saved`; each part one that refs may have. */
  readonly name: string;
  readonly message: string;
  /** Folder for the temporary index; made when needed. */
  readonly scratch: string;
}

export interface SavedWork {
  readonly ref: string;
  readonly commit: string;
  /** Changed and untracked files in it; 0: only commits that no branch leads to. */
  readonly files: number;
}

/** Repositories inside that git does not look into: nothing of them can be kept. */
export type Unsaved = readonly string[];

/**
 * Keeps what is changed or untracked, and a checked-out commit that no branch leads to. What git
 * ignores is not kept, nor is CAR's own folder, nor `Unsaved`.
 * @returns Null as `saved` when there was nothing to keep.
 * @throws {CarError} as `Git.must`: also when a file cannot be read. Nothing has changed then.
 */
export async function saveWork(
  git: Git,
  repository: Repository,
  options: SaveOptions,
): Promise<{ readonly saved: SavedWork | null; readonly unsaved: Unsaved }> {
  const status = await statusOf(git, repository, { everyFile: true, changesMax: Infinity });
  const { head, changes } = status;
  const unsaved = changes.filter((it) => it.kind === "nested").map((it) => it.path);
  const files = changes.length - unsaved.length;
  if (files === 0) {
    if (head === null || await isNamed(git, repository, head)) return { saved: null, unsaved };
    const ref = await nameIt(git, repository, options.name, head);
    return { saved: { ref, commit: head, files }, unsaved };
  }
  const commit = await commitWork(git, repository, options, { head, unsaved });
  const ref = await nameIt(git, repository, options.name, commit);
  return { saved: { ref, commit, files }, unsaved };
}

interface Found {
  readonly head: string | null;
  readonly unsaved: Unsaved;
}

async function commitWork(
  git: Git,
  repository: Repository,
  { message, scratch }: SaveOptions,
  { head, unsaved }: Found,
): Promise<string> {
  await ensureDir(scratch);
  const index = `${scratch}/index-${crypto.randomUUID()}`;
  const must = async (call: GitCall) =>
    (await git.must(repository, { ...call, timeoutMs: GIT_TRUSTED_MS_MAX })).text.trim();
  const env = { GIT_INDEX_FILE: index };
  try {
    await copyIndex(`${repository.gitDir}/index`, index);
    // With conflicts in it there is no tree of the index; the work tree has them all the same.
    const staged = await git.call(repository, { args: ["write-tree"], env });
    const left = unsaved.map((path) => `:(exclude,top,literal)${path}`);
    await must({ args: ["add", "--all", "--", ...ALL_BUT_STATE, ...left], env });
    const tree = await must({ args: ["write-tree"], env });
    const identity = await identityOf(git, repository);
    const commit = (of: string, parents: readonly string[], words: string) =>
      must({
        args: ["commit-tree", of, ...parents.flatMap((it) => ["-p", it])],
        stdin: `${words}\n`,
        env: identity,
      });
    if (head === null) return await commit(tree, [], message);
    const stagedTree = staged.code === 0 ? staged.text.trim() : `${head}^{tree}`;
    const stagedCommit = await commit(stagedTree, [head], `index of: ${message}`);
    return await commit(tree, [head, stagedCommit], message);
  } finally {
    await Deno.remove(index).catch(() => {});
    await Deno.remove(`${index}.lock`).catch(() => {});
  }
}

/** Twins of one moment get a number. */
const TWINS_MAX = 100;

/** Gives a commit a new ref below `refs/car/saved`, and answers with its name. */
export async function nameIt(
  git: Git,
  repository: Repository,
  name: string,
  commit: string,
): Promise<string> {
  const taken = new Set((await savedRefs(git, repository, "")).map((it) => it.ref));
  for (let twin = 1; twin <= TWINS_MAX; twin++) {
    const ref = `${SAVED_REFS}/${name}${twin === 1 ? "" : `-${twin}`}`;
    if (taken.has(ref)) continue;
    // All zeros: it must not be there yet.
    await git.must(repository, { args: ["update-ref", ref, commit, "0".repeat(commit.length)] });
    return ref;
  }
  throw new CarError("conflict", `There are ${TWINS_MAX} saved states named ${name} already.`);
}

export interface SavedRef {
  readonly ref: string;
  readonly commit: string;
  readonly subject: string;
}

/** What was kept, the oldest first. @param below Part of the name after `refs/car/saved/`; "": all. */
export async function savedRefs(
  git: Git,
  repository: Repository,
  below: string,
): Promise<readonly SavedRef[]> {
  const folder = below === "" ? SAVED_REFS : `${SAVED_REFS}/${below}`;
  const output = await git.must(repository, {
    args: ["for-each-ref", "--format=%(refname)%00%(objectname)%00%(subject)", folder],
    beside: true,
  });
  return output.text.split("\n").filter((line) => line !== "").map((line) => {
    const [ref = "", commit = "", subject = ""] = line.split("\0");
    return { ref, commit, subject };
  });
}
