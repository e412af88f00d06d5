/** Branches, commits and remotes, as worktrees need them: what is where, and what is nowhere else. */

import { CarError } from "../../base/errors.ts";
import { oneLine } from "../../base/text.ts";
import { type Git, GIT_TRUSTED_MS_MAX } from "./git.ts";
import type { Repository } from "./repository.ts";

/** Longest wait for a remote unless the caller says another. */
export const FETCH_MS_MAX = 60_000;

/** Commits told by subject; the count covers all. */
const SUBJECTS_MAX = 10;
/** Enough to recognise a commit or a git's complaint. */
const WORDS_CHARACTERS_MAX = 120;
/** More are counted as so many: the number is for people. */
const COUNTED_MAX = 10_000;

/** Whether git takes the text for the name of a branch, as it stands. */
export async function isBranchName(
  git: Git,
  repository: Repository,
  name: string,
): Promise<boolean> {
  // A dash would be an option, `@{-1}` another branch.
  if (name === "" || name.startsWith("-") || name.includes("@{") || /[\0\n]/.test(name)) {
    return false;
  }
  const output = await git.call(repository, {
    args: ["check-ref-format", "--branch", name],
    beside: true,
  });
  return output.code === 0 && output.text.trim() === name;
}

/** The id of the commit a revision names, or null. */
export async function commitOf(
  git: Git,
  repository: Repository,
  revision: string,
): Promise<string | null> {
  if (revision === "" || revision.startsWith("-") || /[\0\n]/.test(revision)) return null;
  const output = await git.call(repository, {
    args: ["rev-parse", "--verify", "--quiet", `${revision}^{commit}`],
    beside: true,
  });
  return output.code === 0 ? output.text.trim() : null;
}

export const branchCommit = (git: Git, repository: Repository, branch: string) =>
  commitOf(git, repository, `refs/heads/${branch}`);

/** Makes a branch. @throws {CarError} as `Git.must`, also when it is there already. */
export async function createBranch(
  git: Git,
  repository: Repository,
  branch: string,
  commit: string,
): Promise<void> {
  await git.must(repository, { args: ["branch", "--no-track", branch, commit] });
}

/** Lets a branch follow that of a remote, as `git checkout` does for a branch it finds there. */
export async function followRemote(
  git: Git,
  repository: Repository,
  branch: string,
  remoteBranch: string,
): Promise<void> {
  await git.must(repository, { args: ["branch", "--quiet", "-u", remoteBranch, branch] });
}

/** Deletes a branch, merged or not. One that is gone is fine. @throws {CarError} as `Git.must`. */
export async function deleteBranch(
  git: Git,
  repository: Repository,
  branch: string,
): Promise<void> {
  if (await branchCommit(git, repository, branch) === null) return;
  await git.must(repository, { args: ["branch", "--quiet", "-D", branch] });
}

/** Whether all of `commit` is in `other`. */
export async function isContained(
  git: Git,
  repository: Repository,
  commit: string,
  other: string,
): Promise<boolean> {
  const output = await git.call(repository, {
    args: ["merge-base", "--is-ancestor", commit, other],
    beside: true,
  });
  return output.code === 0;
}

/** Commits only `commit` has, and only `other` has. Throws as `Git.must` does. */
export async function aheadBehind(
  git: Git,
  repository: Repository,
  commit: string,
  other: string,
): Promise<{ readonly ahead: number; readonly behind: number }> {
  const output = await git.must(repository, {
    args: ["rev-list", "--count", "--left-right", `${commit}...${other}`, "--"],
    beside: true,
  });
  const [ahead, behind] = output.text.trim().split("\t").map(Number);
  return { ahead: ahead ?? 0, behind: behind ?? 0 };
}

export interface LooseCommits {
  /** At most 10,000 are counted. */
  readonly count: number;
  /** `abc1234 subject`, the newest first. */
  readonly subjects: readonly string[];
}

/**
 * The commits of `tip` that are neither at a remote, as last heard, nor in one of `kept`. A branch
 * whose changes were merged as one commit of another id counts as not merged: git cannot tell.
 */
export async function looseCommits(
  git: Git,
  repository: Repository,
  tip: string,
  kept: readonly string[],
): Promise<LooseCommits> {
  const reach = [tip, "--not", "--remotes", ...kept];
  const counted = await git.must(repository, {
    args: ["rev-list", "--count", `--max-count=${COUNTED_MAX}`, ...reach, "--"],
    beside: true,
  });
  const count = Number(counted.text.trim());
  if (count === 0) return { count, subjects: [] };
  const told = await git.must(repository, {
    args: ["log", "-z", `--max-count=${SUBJECTS_MAX}`, "--format=%h %s", ...reach, "--"],
    beside: true,
  });
  const subjects = told.text.split("\0").filter((it) => it !== "");
  return { count, subjects: subjects.map((it) => oneLine(it, WORDS_CHARACTERS_MAX)) };
}

/** Whether a branch, tag or remote branch still leads to the commit. */
export async function isNamed(git: Git, repository: Repository, commit: string): Promise<boolean> {
  const output = await git.must(repository, {
    args: [
      "for-each-ref",
      "--count=1",
      `--contains=${commit}`,
      "refs/heads",
      "refs/tags",
      "refs/remotes",
    ],
    beside: true,
  });
  return output.text !== "";
}

/** The remote a branch belongs to: its own, else `origin`, else the only one; null without any. */
export async function remoteFor(
  git: Git,
  repository: Repository,
  branch: string | null,
): Promise<string | null> {
  const output = await git.must(repository, { args: ["remote"], beside: true });
  const remotes = output.text.split("\n").filter((it) => it !== "");
  if (remotes.length === 0) return null;
  const own = branch === null ? null : await configured(git, repository, `branch.${branch}.remote`);
  if (own !== null && remotes.includes(own)) return own;
  return remotes.includes("origin") ? "origin" : remotes.length === 1 ? remotes[0] ?? null : null;
}

async function configured(git: Git, repository: Repository, key: string): Promise<string | null> {
  const output = await git.call(repository, { args: ["config", "--get", key], beside: true });
  return output.code === 0 ? output.text.trim() : null;
}

/** `origin/main` for a branch that follows one, or null. */
export async function upstreamOf(
  git: Git,
  repository: Repository,
  branch: string,
): Promise<string | null> {
  const output = await git.must(repository, {
    args: ["for-each-ref", "--format=%(upstream)", `refs/heads/${branch}`],
    beside: true,
  });
  const upstream = output.text.trim();
  return upstream === "" ? null : upstream;
}

/**
 * Asks a remote for what is new.
 * @returns Why it could not be asked, in git's words; null when it was.
 */
export async function fetchRemote(
  git: Git,
  repository: Repository,
  remote: string,
  options: { readonly trusted: boolean; readonly timeoutMs?: number },
): Promise<string | null> {
  try {
    const output = await git.call(repository, {
      args: ["fetch", "--quiet", "--no-write-fetch-head", "--no-recurse-submodules", remote],
      trusted: options.trusted,
      timeoutMs: options.timeoutMs ?? FETCH_MS_MAX,
      // It writes objects and remote branches only, and those under locks of their own.
      beside: true,
    });
    if (output.code === 0) return null;
    return oneLine(output.stderr.trim() || `exit code ${output.code}`, WORDS_CHARACTERS_MAX);
  } catch (thrown) {
    if (thrown instanceof CarError) return thrown.message;
    throw thrown;
  }
}

/** Files and lines that differ from where `tip` left `base`, as git prints it for people. */
export async function diffStat(
  git: Git,
  repository: Repository,
  base: string,
  tip: string,
): Promise<string> {
  const output = await git.must(repository, {
    args: [
      "diff",
      "--stat=100",
      "--no-color",
      "--no-ext-diff",
      "--no-textconv",
      `${base}...${tip}`,
    ],
    beside: true,
    timeoutMs: GIT_TRUSTED_MS_MAX,
  });
  return output.text.trimEnd();
}
