/** What a benchmark is: one number with its target, taken often enough that noise shows. */

/** One row of docs/BENCHMARKS.md. */
export interface Measured {
  readonly what: string;
  /** In words, with its unit. */
  readonly target: string;
  /** In words, with its unit and how often it was taken. */
  readonly measured: string;
  /** Null where nothing was promised. */
  readonly met: boolean | null;
  /** What the Python program takes for the same; null where it has nothing like it. */
  readonly python: string | null;
}

/** The middle one, the lowest and the highest of some numbers. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** @throws {RangeError} without numbers: nothing was measured. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [median, min, max] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)];
  if (median === undefined || min === undefined || max === undefined) {
    throw new RangeError("Nothing was measured.");
  }
  return { median, min, max, count: values.length };
}

const digitsFor = (value: number): number => value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0;

const figure = (value: number): string => value.toFixed(digitsFor(value));

/** `118 ms (114-142, 15 times)`. */
export const inWords = ({ median, min, max, count }: Spread, unit: string): string =>
  `${figure(median)} ${unit} (${figure(min)}-${figure(max)}, ${count} times)`;

/** A row whose median must not be above `limit`. */
export function atMost(
  what: string,
  limit: number,
  unit: string,
  values: readonly number[],
  python: string | null = null,
): Measured {
  const spread = spreadOf(values);
  return {
    what,
    target: `<= ${limit} ${unit}`,
    measured: inWords(spread, unit),
    met: spread.median <= limit,
    python,
  };
}

/** Milliseconds until the program has ended. @throws {Error} when it fails. */
export async function timeOf(program: string, options: Deno.CommandOptions): Promise<number> {
  const started = performance.now();
  const { success, stderr } = await new Deno.Command(program, {
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    ...options,
  }).output();
  const elapsed = performance.now() - started;
  if (success) return elapsed;
  throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}

/** Results of `body`, one after the other. */
export async function repeat<T>(times: number, body: (at: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let at = 0; at < times; at++) results.push(await body(at));
  return results;
}
