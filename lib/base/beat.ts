/**
 * One beat for all that looks at something now and then: whoever sleeps until it wakes in the same
 * instant as the others, so that a process at rest is woken once a beat and not once for each.
 */

import type { Clock } from "./clock.ts";

/** Between two beats, in milliseconds. */
export const BEAT_MS = 1_000;

/**
 * How long to sleep so that `ms` have passed, or nearly: what is at least a beat long ends on the beat
 * next to it, half a beat early or late at most; what is shorter is left as it is.
 */
export function untilBeat(clock: Pick<Clock, "elapsed">, ms: number): number {
  if (ms < BEAT_MS) return ms;
  const since = clock.elapsed() % BEAT_MS;
  return since > BEAT_MS / 2 ? ms + BEAT_MS - since : ms - since;
}
