/** "Did you mean ...?": the known word nearest to one that was mistyped. */

/** A word of more characters than this is no typo of anything. */
const WORD_LENGTH_MAX = 64;

/** Edits that turn `a` into `b`: insert, delete, replace, or swap two neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(
        (last[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, (before[column - 2] ?? Infinity) + 1);
      }
      line.push(least);
    }
    before = last;
    last = line;
  }
  return last[b.length] ?? 0;
}

/** The one of `known` nearest to `word`, or undefined when none is near: a third of its letters may differ. */
export function closest(word: string, known: Iterable<string>): string | undefined {
  const asked = word.toLowerCase();
  if (asked === "" || asked.length > WORD_LENGTH_MAX) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(asked.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - asked.length) >= least) continue;
    const distance = editDistance(asked, candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}
