/** Whether a turn moved anything: judged by outcomes in the repo, never by activity. */

import { linesOutsideFences } from "./fence.ts";

/** What a turn can move. Hashes are compared only for being the same. */
export interface Progress {
  /** Id of the work tree with its untracked files; null outside of git's reach. */
  readonly treeId: string | null;
  /** Checks that passed when the gate last ran; null when it has not. */
  readonly checksPassing: number | null;
  /** Ticked boxes in the ticket's body. */
  readonly criteriaDone: number;
  /** Over the names and contents of the tickets. */
  readonly ticketsHash: string;
  /** Over the names and contents of the contextspace. */
  readonly contextHash: string;
  /** Files that git does not track yet. */
  readonly newFiles: number;
}

type Facet = keyof Progress;

/** How each part counts as movement, and what it is called. Fewer passing checks are no movement. */
const FACETS = {
  treeId: { words: "the tree changed", moved: (a, b) => a.treeId !== b.treeId },
  checksPassing: {
    words: "more checks pass",
    moved: (a, b) => (b.checksPassing ?? 0) > (a.checksPassing ?? 0),
  },
  criteriaDone: { words: "criteria were ticked", moved: (a, b) => b.criteriaDone > a.criteriaDone },
  ticketsHash: { words: "tickets were edited", moved: (a, b) => a.ticketsHash !== b.ticketsHash },
  contextHash: {
    words: "the contextspace was edited",
    moved: (a, b) => a.contextHash !== b.contextHash,
  },
  newFiles: { words: "files were added", moved: (a, b) => b.newFiles > a.newFiles },
} as const satisfies Record<
  Facet,
  { words: string; moved: (before: Progress, after: Progress) => boolean }
>;

export interface Movement {
  readonly moved: boolean;
  /** What moved, in words. */
  readonly what: readonly string[];
}

export function moved(before: Progress, after: Progress): Movement {
  const what = Object.values(FACETS)
    .filter((facet) => facet.moved(before, after))
    .map((facet) => facet.words);
  return { moved: what.length > 0, what };
}

const TICKED = /^\s{0,12}(?:[-*+]|\d{1,9}[.)])\s+\[[xX]\]\s/;
const BOX = /^\s{0,12}(?:[-*+]|\d{1,9}[.)])\s+\[[ xX]\]\s+(.*)$/;

/** Ticked boxes in markdown; those inside fenced code are examples and do not count. */
export function countCriteriaDone(body: string): number {
  return linesOutsideFences(body).filter((line) => TICKED.test(`${line} `)).length;
}

/** The words of every box, ticked or not, white space folded. */
export function listCriteria(body: string): readonly string[] {
  return linesOutsideFences(body).flatMap((line) => {
    const words = BOX.exec(line)?.[1]?.replace(/\s+/g, " ").trim();
    return words === undefined || words === "" ? [] : [words];
  });
}

/**
 * What to do after a turn without movement.
 *
 * @param stallsInARow Turns without movement, this one included.
 * @param settings `stalls`: so many bring one fresh start; the next one after it pauses the run.
 */
export function decideStall(
  stallsInARow: number,
  settings: { readonly stalls: number },
): "go_on" | "fresh_start" | "pause" {
  const limit = Math.max(1, settings.stalls);
  if (stallsInARow < limit) return "go_on";
  return stallsInARow === limit ? "fresh_start" : "pause";
}
