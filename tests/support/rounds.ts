/**
 * How far a test goes through a space that has no end. `deno task unit`, which is run after every change,
 * goes a part of the way; `deno task test` and a file that is run by itself go all of it.
 */

/** Set by scripts/run_tests.ts. */
const PART = "CAR_TEST_PART";

/** Of a hundred, in `deno task unit`. */
const PERCENT = 20;

/** Rounds of a seeded loop: the first ones of `whole`, so that a seed and a round say what was tried. */
export const rounds = (whole: number): number =>
  Deno.env.get(PART) === undefined ? whole : Math.ceil((whole * PERCENT) / 100);
