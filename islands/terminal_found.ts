/** What was found in what a terminal has shown. Pure. */

/** Places of a text that are marked and numbered. */
export const FOUND_MAX = 1_000;

export interface Found {
  /** From 1 for the oldest; null when there are too many to number them. */
  readonly at: number | null;
  /** At most `FOUND_MAX`, which then means that or more. */
  readonly count: number;
}

/** `typed`: the text is another than before, and the place that is shown may still be the one. */
export type Finding = "typed" | "up" | "down";

/** As the person is told it; nothing before anything was looked for. */
export function foundWords(found: Found | null): string {
  if (found === null) return "";
  if (found.count === 0) return "Not found";
  const count = found.count < FOUND_MAX ? String(found.count) : `${FOUND_MAX} or more`;
  return found.at === null ? `${count} places` : `${found.at} of ${count}`;
}
