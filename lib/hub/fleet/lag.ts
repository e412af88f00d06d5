/** How late the event loop is: a timer that should fire at an even pace, and by how much it does not. */

import { BEAT_MS, untilBeat } from "../../base/beat.ts";
import type { Clock } from "../../base/clock.ts";
import type { LagReading } from "./fleet.ts";

/**
 * Between two looks while work is on, in milliseconds: often enough to meet whatever blocks for longer
 * than a person notices.
 */
const EVERY_MS = 50;
/** Over which the reading tells while work is on, in milliseconds. */
const WINDOW_MS = 60_000;
const SAMPLES_MAX = WINDOW_MS / EVERY_MS;

export class LagMonitor {
  readonly #late = new Float64Array(SAMPLES_MAX);
  readonly #over = new AbortController();
  readonly #watching: Promise<void>;
  #count = 0;

  constructor(clock: Clock, isBusy: () => boolean) {
    this.#watching = this.#watch(clock, isBusy).catch(() => {});
  }

  read(): LagReading {
    const samples = Math.min(this.#count, SAMPLES_MAX);
    const late = this.#late.slice(0, samples).sort();
    return {
      p50: share(late, 0.5),
      p99: share(late, 0.99),
      max: late.at(-1) ?? 0,
      windowMs: WINDOW_MS,
      samples,
    };
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#watching;
  }

  async #watch(clock: Clock, isBusy: () => boolean): Promise<void> {
    for (;;) {
      // While nothing is on, together with all else that wakes the process.
      const every = isBusy() ? EVERY_MS : untilBeat(clock, BEAT_MS);
      const due = clock.elapsed() + every;
      await clock.sleep(every, this.#over.signal);
      this.#late[this.#count++ % SAMPLES_MAX] = Math.max(0, clock.elapsed() - due);
    }
  }
}

/** The value below which this share of sorted values lies. */
function share(sorted: Float64Array, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
