/** The stop ladder: ask, TERM, KILL, and at the end the sweep for what got away. */

import type { Clock } from "../../base/clock.ts";

/** How far the ladder had to go. `stuck`: it did not even die of KILL within the time. */
export type Stopped = "polite" | "term" | "kill" | "stuck";

/** How long each step is given before the next, in milliseconds. */
export interface LadderTimes {
  readonly politeMs: number;
  readonly termMs: number;
  readonly killMs: number;
}

/**
 * 5 s to finish a sentence, 5 s to clean up. After KILL the kernel needs moments, and a process
 * that hangs in a dead disk's call never goes: 2 s tell the two apart.
 */
export const LADDER_TIMES: LadderTimes = { politeMs: 5_000, termMs: 5_000, killMs: 2_000 };

export interface Stoppable {
  /** Resolves when the process is gone. */
  readonly gone: Promise<unknown>;
  /** Asks in the process's own words; absent: begin with TERM. */
  readonly polite?: (() => void | Promise<void>) | undefined;
  /** To the whole group. Must not throw when it is already gone. */
  signal(name: "SIGTERM" | "SIGCONT" | "SIGKILL"): Promise<void>;
  /** Ends what left the group. */
  sweep(): Promise<unknown>;
}

/** Goes down the ladder until the process is gone, then sweeps. @returns The step that was enough. */
export async function stopByLadder(
  target: Stoppable,
  clock: Clock,
  times: Partial<LadderTimes> = {},
): Promise<Stopped> {
  const { politeMs, termMs, killMs } = { ...LADDER_TIMES, ...times };
  const stopped = await descend(target, clock, { politeMs, termMs, killMs });
  await target.sweep();
  return stopped;
}

async function descend(target: Stoppable, clock: Clock, times: LadderTimes): Promise<Stopped> {
  if (target.polite !== undefined) {
    // Not awaited: a process that no longer reads must not hold its own stop.
    void ask(target.polite);
    if (await settlesWithin(target.gone, times.politeMs, clock)) return "polite";
  }
  await target.signal("SIGTERM");
  // A stopped process takes TERM only when it goes on.
  await target.signal("SIGCONT");
  if (await settlesWithin(target.gone, times.termMs, clock)) return "term";
  await target.signal("SIGKILL");
  return await settlesWithin(target.gone, times.killMs, clock) ? "kill" : "stuck";
}

async function ask(polite: () => void | Promise<void>): Promise<void> {
  try {
    await polite();
  } catch {
    // It may be dead already; the next step sees to it.
  }
}

/** Whether `promise` settles within `ms`. Leaves no timer behind. */
export async function settlesWithin(
  promise: Promise<unknown>,
  ms: number,
  clock: Clock,
): Promise<boolean> {
  const timer = new AbortController();
  const settled = promise.then(() => true, () => true);
  const late = clock.sleep(ms, timer.signal).then(() => false, () => false);
  const first = await Promise.race([settled, late]);
  timer.abort();
  return first;
}
