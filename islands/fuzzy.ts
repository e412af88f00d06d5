/** Finds what a person means by a few letters: all of them in order, the nearer together the better. */

/** Lower is better; null when the letters are not all there. */
export function distance(query: string, text: string): number | null {
  const wanted = query.toLowerCase().replaceAll(" ", "");
  const given = text.toLowerCase();
  const whole = given.indexOf(query.toLowerCase().trim());
  // The query as it stands beats any scattering of its letters.
  if (whole !== -1) return whole / 1000;
  let at = -1;
  let gaps = 1;
  for (const letter of wanted) {
    const next = given.indexOf(letter, at + 1);
    if (next === -1) return null;
    const beginsWord = next === 0 || /[\s/_.-]/.test(given.charAt(next - 1));
    if (next !== at + 1 && !beginsWord) gaps += next - at;
    at = next;
  }
  return gaps + given.length / 1000;
}

/** The best first, those that do not match left out. */
export function ranked<T>(items: readonly T[], query: string, textOf: (it: T) => string): T[] {
  if (query.trim() === "") return [...items];
  return items
    .flatMap((item) => {
      const far = distance(query, textOf(item));
      return far === null ? [] : [{ item, far }];
    })
    .sort((a, b) => a.far - b.far)
    .map(({ item }) => item);
}
