/**
 * Loops that live as long as the process, and who looks after them: one that fails or hangs is begun
 * anew, and one that cannot be kept alive ends the process, since a start anew is the best tried way back.
 */

import { untilBeat } from "../../base/beat.ts";
import type { Clock } from "../../base/clock.ts";
import type { LoopReading } from "./fleet.ts";

/** One round of a loop. Abort: it was given up, nobody waits for it any more. */
export type LoopRound = (signal: AbortSignal) => void | Promise<void>;

export interface LoopsOptions {
  readonly clock: Clock;
  /** A loop was begun anew too often: the process should end. Told with its name and last error. */
  readonly onHopeless: (words: string) => void;
}

interface Loop {
  readonly name: string;
  /** Asked before each wait. */
  readonly period: () => number;
  readonly round: LoopRound;
  abort: AbortController;
  running: Promise<void>;
  beatMs: number;
  restarts: number;
  /** Monotonic times of the newest ones. */
  recentMs: readonly number[];
  lastError: string | null;
}

/** Rounds without a sign of life until a loop counts as hanging. */
const SILENT_ROUNDS = 3;
/** A round may take so long whatever its period, in milliseconds: disks and big repos are slow. */
const SILENT_MS_MIN = 30_000;
/** How often hanging loops are looked for, in milliseconds. */
const WATCH_MS = 5_000;
const HOPELESS_RESTARTS = 3;
const HOPELESS_MS = 60_000;

export class Loops {
  readonly #options: LoopsOptions;
  readonly #loops: Loop[] = [];
  readonly #over = new AbortController();
  readonly #watching: Promise<void>;

  constructor(options: LoopsOptions) {
    this.#options = options;
    this.#watching = this.#watch().catch(() => {});
  }

  /** Has `round` done now, and again about so many milliseconds after each time it was done: on a beat. */
  keep(name: string, period: () => number, round: LoopRound): void {
    const loop: Loop = {
      name,
      period,
      round,
      abort: new AbortController(),
      running: Promise.resolve(),
      beatMs: this.#options.clock.elapsed(),
      restarts: 0,
      recentMs: [],
      lastError: null,
    };
    this.#loops.push(loop);
    loop.running = this.#run(loop, loop.abort.signal);
  }

  readings(): readonly LoopReading[] {
    const nowMs = this.#options.clock.elapsed();
    return this.#loops.map(({ name, period, beatMs, restarts, lastError }) => ({
      name,
      periodMs: period(),
      heartbeatAgeMs: nowMs - beatMs,
      restarts,
      lastError,
    }));
  }

  /** Ends all loops and waits for their rounds in hand. */
  async close(): Promise<void> {
    this.#over.abort();
    for (const loop of this.#loops) loop.abort.abort();
    await Promise.all([this.#watching, ...this.#loops.map((it) => it.running)]);
  }

  async #run(loop: Loop, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      try {
        await loop.round(signal);
      } catch (thrown) {
        if (signal.aborted) return;
        this.#restarted(loop, thrown instanceof Error ? thrown.message : String(thrown));
      }
      if (signal.aborted) return;
      loop.beatMs = clock.elapsed();
      await clock.sleep(untilBeat(clock, loop.period()), signal).catch(() => {});
    }
  }

  async #watch(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      await clock.sleep(untilBeat(clock, WATCH_MS), this.#over.signal);
      for (const loop of this.#loops) {
        const silentMs = clock.elapsed() - loop.beatMs;
        if (silentMs > Math.max(SILENT_MS_MIN, SILENT_ROUNDS * loop.period())) this.#anew(loop);
      }
    }
  }

  #anew(loop: Loop): void {
    loop.abort.abort();
    loop.abort = new AbortController();
    loop.beatMs = this.#options.clock.elapsed();
    this.#restarted(loop, "It gave no sign of life and was begun anew");
    loop.running = this.#run(loop, loop.abort.signal);
  }

  #restarted(loop: Loop, error: string): void {
    const nowMs = this.#options.clock.elapsed();
    loop.restarts++;
    loop.lastError = error;
    loop.recentMs = [...loop.recentMs.filter((it) => nowMs - it < HOPELESS_MS), nowMs];
    if (loop.recentMs.length <= HOPELESS_RESTARTS) return;
    this.#options.onHopeless(`The loop "${loop.name}" cannot be kept alive: ${error}`);
  }
}
