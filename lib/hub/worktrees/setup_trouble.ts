/** Why a worktree that CAR made is not ready to be worked in, for those who only look. */

import { oneLine } from "../../base/text.ts";
import { readWorktreeRecord, type WorktreeRecord } from "../../control/worktree_records.ts";
import { repoPaths } from "../../control/roots.ts";

/** The repo a worktree belongs to. */
export interface WorktreeBase {
  readonly id: string;
  /** Absolute. */
  readonly root: string;
}

/** Noted as why a setup failed by who finds it half way. */
export const CUT_OFF = "Its setup was cut off: CAR ended before the commands had.";

/** The next step comes first: a row has room for the beginning. */
export function setupTroubleOf(record: WorktreeRecord, base: string): string | null {
  const again = record.purpose === "hub"
    ? `car hub worktree create ${base} ${record.branch}`
    : `car run --worktree ${record.branch}`;
  if (record.state === "setup_failed") {
    if (record.reason === CUT_OFF) return `${CUT_OFF} "${again}" repeats it.`;
    return `Its setup failed; mend it, then "${again}" repeats it. ${whyOf(record)}`;
  }
  return record.state === "setup"
    ? `Its setup is under way, or was cut off: then "${again}" repeats it.`
    : null;
}

/** The output of a command may be long: then the log has it. */
function whyOf({ reason, path }: WorktreeRecord): string {
  const why = reason ?? "Nobody noted why.";
  if (why.length <= WHY_CHARACTERS_MAX) return why;
  const [first = why] = why.split(SAID);
  return `${oneLine(first, WHY_CHARACTERS_MAX)} See ${repoPaths(path).setupLog}.`;
}

/** Stands before the end of a command's output, in why a setup failed. */
export const SAID = " It said: ";

/** Of why it failed, in a row of a list. */
const WHY_CHARACTERS_MAX = 160;

/** @returns Null: it is ready, or CAR did not make it. @throws {CarError} `damaged`, `unavailable`. */
export async function setupTrouble(base: WorktreeBase, id: string): Promise<string | null> {
  const record = await readWorktreeRecord(repoPaths(base.root), id);
  return record === null ? null : setupTroubleOf(record, base.id);
}

/** The file that says so: another stamp may be another answer. */
export const setupFile = (base: WorktreeBase, id: string): string =>
  `${repoPaths(base.root).worktreeRecords}/${id}.json`;

/** A repo of a list, as far as its worktrees are concerned. */
interface Listed {
  readonly id: string;
  readonly root: string;
  readonly kind: "base" | "worktree";
  readonly worktreeOf: string | null;
}

/** The repo of the same list that a worktree belongs to; null for what is none. */
export function baseOf(
  { kind, worktreeOf }: Listed,
  find: (id: string) => Listed | undefined,
): WorktreeBase | null {
  const base = kind === "worktree" && worktreeOf !== null ? find(worktreeOf) : undefined;
  return base === undefined ? null : { id: base.id, root: base.root };
}
