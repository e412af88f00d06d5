/**
 * Processes that carry no marker of CAR, so that a machine's hundreds of them need not be read for every
 * look for the few that do. A process cannot come by a marker later: it has it from its start, or from
 * the one that began it.
 */

/** How a process is looked at. Each null: it is gone, or not ours to see. */
export interface ProcessEyes {
  /** When it started, by the system's own count; another process of the same number has another. */
  readonly start: (pid: number) => string | null;
  /** What it was started with, each entry behind a NUL and before one; "" when that cannot be seen. */
  readonly environ: (pid: number) => string;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

interface Foreigner {
  readonly start: string;
  readonly firstMs: number;
  checkedMs: number;
}

/**
 * A child has its parent's environment until it becomes its own program, and none for an instant then. So
 * long after it was first seen it is what it is, in milliseconds.
 */
const SETTLED_MS = 1_000;
/** So long a number is not given to another process: the smallest systems have 32,768 of them. */
const SAME_NUMBER_MS = 2_000;

export class Foreigners {
  readonly #eyes: ProcessEyes;
  readonly #mark: RegExp;
  #known = new Map<number, Foreigner>();

  /** @param mark Found in the environment of every process that is none. */
  constructor(mark: RegExp, eyes: ProcessEyes) {
    this.#mark = mark;
    this.#eyes = eyes;
  }

  /** Those of all processes there are that may carry a marker. */
  others(pids: readonly number[]): readonly number[] {
    const nowMs = this.#eyes.elapsed();
    const known = new Map<number, Foreigner>();
    const others = pids.filter((pid) => {
      const before = this.#known.get(pid);
      const foreigner = before !== undefined && isStillOne(before, nowMs)
        ? before
        : this.#look(pid, before, nowMs);
      if (foreigner !== null) known.set(pid, foreigner);
      return foreigner === null;
    });
    // Who has gone is forgotten.
    this.#known = known;
    return others;
  }

  #look(pid: number, before: Foreigner | undefined, nowMs: number): Foreigner | null {
    const start = this.#eyes.start(pid);
    if (start === null) return null;
    const firstMs = before?.start === start ? before.firstMs : nowMs;
    const isSettled = before?.start === start && before.checkedMs - firstMs >= SETTLED_MS;
    if (!isSettled && this.#mark.test(this.#eyes.environ(pid))) return null;
    return { start, firstMs, checkedMs: nowMs };
  }
}

const isStillOne = ({ firstMs, checkedMs }: Foreigner, nowMs: number): boolean =>
  checkedMs - firstMs >= SETTLED_MS && nowMs - checkedMs < SAME_NUMBER_MS;
