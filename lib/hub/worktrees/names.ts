/** What a worktree is called: its id, which is also the name of its folder. */

import { isRepoId, slug } from "../../control/manifest.ts";

/** Leaves room in an id for the branch. */
const BASE_LENGTH_MAX = 45;
const BRANCH_LENGTH_MAX = 45;

/**
 * `<base>--<branch>`, letters an id cannot have as dashes, with `-2`, `-3` … when another has it.
 * @param taken Ids and folders; upper and lower case are the same name.
 */
export function worktreeId(base: string, branch: string, taken: Iterable<string>): string {
  const others = new Set([...taken].map((id) => id.toLowerCase()));
  const first = `${cut(base, BASE_LENGTH_MAX)}--${cut(slug(branch), BRANCH_LENGTH_MAX)}`;
  for (let number = 1;; number++) {
    const id = number === 1 ? first : `${first}-${number}`;
    if (!others.has(id.toLowerCase())) return id;
  }
}

const cut = (text: string, max: number): string => text.slice(0, max).replace(/[-._]+$/, "");

/** `20260102T030405678Z`, part of names of refs and folders. */
export const timeName = (ms: number): string => new Date(ms).toISOString().replace(/[-:.]/g, "");

/** Whether a text can be the id of a worktree. */
export const isWorktreeId = isRepoId;
