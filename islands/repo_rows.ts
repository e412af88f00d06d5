/** How the repos of a hub are put into rows: their order, their names, why each is as it is. Pure. */

import type { HubRepoRow } from "../lib/hub/fleet/row.ts";

/** Base repos in their order, each followed by its worktrees. */
export function nested<T extends Pick<HubRepoRow, "id" | "worktreeOf">>(
  list: readonly T[],
): readonly T[] {
  const ids = new Set(list.map((row) => row.id));
  const isTop = (row: T) => row.worktreeOf === null || !ids.has(row.worktreeOf);
  return list.filter(isTop).flatMap((row) => [
    row,
    ...list.filter((it) => it.worktreeOf === row.id),
  ]);
}

/** A worktree lies under its repo and is known by its branch. */
export const shortName = (
  { kind, branch, displayName }: Pick<HubRepoRow, "kind" | "branch" | "displayName">,
): string => kind === "worktree" ? branch ?? displayName : displayName;

/** The run and its state stand beside it already. */
const STATE_FIRST = /^run-\d+ is [a-z]+(?: \([a-z_]+\))?: /;

/** The reason without its beginning, where run and state are told beside it. */
export function withoutState(reason: string): string {
  const rest = reason.replace(STATE_FIRST, "");
  return rest === "" ? reason : `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`;
}

/** Why a repo is as it is, in few words; its folder as the hub knows it. */
export function shortReason(
  { reason, root, path }: Pick<HubRepoRow, "reason" | "root" | "path">,
): string {
  return withoutState(reason).replaceAll(root, path);
}
