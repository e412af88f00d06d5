/** Chance with a seed, so that a failing case can be had again from the number it prints. */

/** Numbers from 0 up to 1, the same ones for the same seed. */
export function randoms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** One of `choices`, which must not be empty. */
export function pick<T>(random: () => number, choices: readonly T[]): T {
  if (choices.length === 0) throw new RangeError("pick() needs at least one choice.");
  return choices[Math.floor(random() * choices.length)] as T;
}
