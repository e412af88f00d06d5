/** Slows down who guesses the token, without ever delaying who has it. */

import type { Clock } from "../../base/clock.ts";

/** More failures than a person with an old page open makes. */
const FAILURES_MAX = 10;
const WINDOW_MS = 10_000;
/** How long a wrong answer is held back once somebody guesses, in milliseconds. */
const DELAY_MS = 1_000;
/** Between two lines of the audit log about it, in milliseconds. */
const LINE_EVERY_MS = 60_000;

export interface Guess {
  readonly delayMs: number;
  /** How many failures there were since the last line, when a line is due; else null. */
  readonly tell: number | null;
}

export class Guesses {
  readonly #clock: Pick<Clock, "elapsed">;
  readonly #timesMs: number[] = [];
  #untold = 0;
  #toldMs = -Infinity;

  constructor(clock: Pick<Clock, "elapsed">) {
    this.#clock = clock;
  }

  /** Notes one wrong token. */
  failed(): Guess {
    const nowMs = this.#clock.elapsed();
    this.#timesMs.push(nowMs);
    if (this.#timesMs.length > FAILURES_MAX) this.#timesMs.shift();
    this.#untold++;
    const first = this.#timesMs[0] ?? nowMs;
    const isGuessing = this.#timesMs.length === FAILURES_MAX && nowMs - first <= WINDOW_MS;
    if (!isGuessing) return { delayMs: 0, tell: null };
    if (nowMs - this.#toldMs < LINE_EVERY_MS) return { delayMs: DELAY_MS, tell: null };
    const tell = this.#untold;
    this.#toldMs = nowMs;
    this.#untold = 0;
    return { delayMs: DELAY_MS, tell };
  }
}
