/** What speaks against removing a worktree: decided from how it looks, without doing anything. */

import { byteSize, plural } from "../../base/text.ts";
import type { WorktreeLook } from "./look.ts";

export interface RemovalWish {
  /** Remove it whatever speaks against it. */
  readonly force: boolean;
  readonly deleteBranch: boolean;
  /** Whether tickets, runs and journal are kept in the base's archive. */
  readonly archive: boolean;
}

/** Sentences without a full stop: what `--force` would override. */
export function obstacles(
  look: WorktreeLook,
  unsaved: readonly string[],
  wish: RemovalWish,
): readonly string[] {
  const { loose, operation, gitLock, tickets, archives, branch } = look;
  const found: (string | false)[] = [
    look.madeBy === "person" && look.exists && "CAR did not make it",
    operation !== null && `a ${operation} is under way in it`,
    gitLock !== null && `git has it locked${gitLock === "" ? "" : ` (${gitLock})`}`,
    unsaved.length > 0 &&
    `nothing can be kept of the git repos inside: ${unsaved.join(", ")}`,
    look.hasSubmodules && "commits made in its submodules may be nowhere else",
    wish.deleteBranch && loose !== null && loose.count > 0 &&
    `${plural(loose.count, "commit")} of ${branch ?? "its HEAD"} would lose the branch, and ` +
      `neither a remote nor the repo has them: ${loose.subjects.slice(0, 3).join("; ")}`,
    !wish.archive && tickets !== null &&
    `${ticketWords(tickets)} and its runs would be lost${
      archives.count === 0 ? "" : `; ${byteSize(archives.bytes)} archived earlier stay`
    }`,
  ];
  return found.filter((it) => it !== false);
}

const ticketWords = ({ total, done }: { readonly total: number; readonly done: number }): string =>
  total === 0 ? "its contextspace" : `${plural(total, "ticket")} (${total - done} open)`;
