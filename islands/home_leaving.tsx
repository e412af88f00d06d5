/** How a repo or worktree leaves the hub's list, and what becomes of its files: asked first. */

import { ask, post } from "./api.ts";
import { Confirm } from "./parts/dialog.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { toast } from "./parts/toast.tsx";
import type { RepoRow } from "./store.ts";

/** `cleanup`: a worktree's folder goes, its work is kept. `remove`: only the list forgets it. */
export type Leaving = "cleanup" | "remove";

interface Removed {
  readonly branch: string;
  readonly saved: { readonly ref: string; readonly files: number } | null;
  readonly archive: string | null;
}

/** @throws {Problem} with what speaks against it, e.g. that a run is on. */
export async function leave(row: RepoRow, how: Leaving): Promise<void> {
  if (how === "remove") {
    await ask(`/hub/repos/${encodeURIComponent(row.id)}`, { method: "DELETE" });
    return toast("done", `${row.displayName} is off the list; its files are untouched`);
  }
  const removed = await post<Removed>("/hub/worktrees/cleanup", { id: row.id });
  const kept = [
    removed.saved === null ? null : `What was not committed is kept as ${removed.saved.ref}.`,
    removed.archive === null ? null : "Tickets and runs are in the archive.",
    `The branch ${removed.branch} stays.`,
  ];
  toast("done", `${row.displayName} is cleaned up`, kept.filter((it) => it !== null).join(" "));
}

const WORDS = {
  cleanup: {
    title: "Clean up the worktree?",
    verb: "Clean up",
    text:
      "Its folder is removed. What is not committed is saved under a ref first, its tickets and " +
      "runs go into the archive, and its branch stays.",
  },
  remove: {
    title: "Take it off the list?",
    verb: "Take it off",
    text:
      "No file of it is touched. A repo in a folder of the hub's is found again by the next scan.",
  },
} as const;

export function LeaveDialog(
  { row, how, onYes, onNo }: {
    row: RepoRow;
    how: Leaving | null;
    onYes: (how: Leaving) => void;
    onNo: () => void;
  },
) {
  if (how === null) return null;
  const { title, verb, text } = WORDS[how];
  return (
    <Confirm title={title} verb={verb} open onNo={onNo} onYes={() => onYes(how)}>
      <p>
        <strong>
          <Foreign text={row.displayName} />
        </strong>
        : {text}
      </p>
    </Confirm>
  );
}
