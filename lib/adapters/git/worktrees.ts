/** The linked worktrees of a repository: which there are, making one, taking one away. */

import { CarError } from "../../base/errors.ts";
import type { GitOutput } from "./call.ts";
import { type Git, GIT_TRUSTED_MS_MAX } from "./git.ts";
import { kindOf, type Repository } from "./repository.ts";

export interface GitWorktree {
  /** Absolute, as git noted it. */
  readonly path: string;
  /** The commit checked out; null before the first one, and in a bare repository. */
  readonly head: string | null;
  /** Short name; null when HEAD names no branch. */
  readonly branch: string | null;
  /** The work tree the repository itself lies in. */
  readonly isMain: boolean;
  /** Why somebody locked it, "" without a reason; null when it is not locked. */
  readonly locked: string | null;
  /** Why git takes it for gone, or null. */
  readonly prunable: string | null;
}

/** Git older than 2.36 knows no `-z` here and says so with this code. */
const USAGE_EXIT = 129;

/** All of them, the main one first. Throws as `Git.must` does. */
export async function listWorktrees(
  git: Git,
  repository: Repository,
): Promise<readonly GitWorktree[]> {
  const args = ["worktree", "list", "--porcelain"];
  const zero = await git.call(repository, { args: [...args, "-z"], beside: true });
  if (zero.code !== USAGE_EXIT) return parseWorktrees(checked(zero, repository).text, "\0");
  const lines = await git.must(repository, { args, beside: true });
  return parseWorktrees(lines.text, "\n");
}

function checked(output: GitOutput, repository: Repository): GitOutput {
  if (output.code === 0) return output;
  throw new CarError(
    "unavailable",
    `git worktree list failed in ${repository.root}: ${output.stderr.trim()}`,
  );
}

/** @param separator What ends each attribute; an empty one ends a worktree. */
export function parseWorktrees(text: string, separator: "\0" | "\n"): readonly GitWorktree[] {
  return text.split(`${separator}${separator}`).filter((it) => it !== "").map((record, at) => {
    const fields = new Map(
      record.split(separator).map((field) => {
        const blank = field.indexOf(" ");
        return blank < 0 ? [field, ""] : [field.slice(0, blank), field.slice(blank + 1)];
      }),
    );
    const head = fields.get("HEAD") ?? "";
    return {
      path: fields.get("worktree") ?? "",
      head: /^0*$/.test(head) ? null : head,
      branch: fields.get("branch")?.replace(/^refs\/heads\//, "") ?? null,
      isMain: at === 0,
      locked: fields.get("locked") ?? null,
      prunable: fields.get("prunable") ?? null,
    };
  });
}

export interface AddOptions {
  /** Absolute; nothing has the name yet. */
  readonly path: string;
  /** A local branch that is checked out nowhere. */
  readonly branch: string;
  /** True: the person's hooks and filters run, as when they add it by hand. */
  readonly trusted: boolean;
}

/**
 * Checks the branch out into a new worktree.
 * @returns What a hook of the person's complained of after all was there; null when nothing did.
 * @throws {CarError} as `Git.must`; what git had made is then left for `removeWorktree`.
 */
export async function addWorktree(
  git: Git,
  repository: Repository,
  { path, branch, trusted }: AddOptions,
): Promise<string | null> {
  const output = await git.call(repository, {
    args: ["worktree", "add", "--quiet", path, branch],
    trusted,
    timeoutMs: GIT_TRUSTED_MS_MAX,
    // A partial clone has to fetch what it checks out.
    env: { GIT_NO_LAZY_FETCH: "0" },
  });
  if (output.code === 0) return null;
  const made = (await listWorktrees(git, repository)).find((it) => it.path === path);
  // Git holds it locked until all of it is checked out; the hook comes after that.
  if (made?.locked === null && await isWhole(path)) return output.stderr.trim();
  throw new CarError(
    "unavailable",
    `git worktree add failed in ${repository.root}: ${output.stderr.trim()}`,
    { hint: `Nothing else was changed; mend it and try again.` },
  );
}

const isWhole = async (path: string): Promise<boolean> => await kindOf(`${path}/.git`) === "file";

/**
 * Takes a worktree away with all that lies in it, also one that is locked, half made or gone already.
 * What is not saved elsewhere is lost.
 * @throws {CarError} as `Git.must`; a folder of which some could not be removed stays.
 */
export async function removeWorktree(
  git: Git,
  repository: Repository,
  path: string,
): Promise<void> {
  const known = (await listWorktrees(git, repository)).some((it) => it.path === path);
  if (!known) return;
  await git.must(repository, {
    // Twice: a locked one too.
    args: ["worktree", "remove", "--force", "--force", path],
    // Removing a hundred thousand files takes its time, and concerns no other git.
    beside: true,
    timeoutMs: GIT_TRUSTED_MS_MAX,
  });
}
