/** Follows a run as its journal grows, from any process. */

import type { Clock } from "../base/clock.ts";
import type { JournalEvent } from "../control/journal.ts";
import { lookAtLock } from "../control/lock.ts";
import type { RunId } from "../engine/ids.ts";
import { isLive } from "../engine/run.ts";
import type { Reading } from "./reading.ts";

/** How often SQLite is asked whether another process has committed, in milliseconds: cheap, no read. */
export const POLL_MS = 100;
/** Looks between two looks at the lock: a dead owner is noticed within two seconds. */
const LOCK_EVERY = 20;
/** Events taken at once. */
const PAGE = 1_000;

/** Why there is nothing more to follow. */
export type FollowEnd = "rests" | "cut_off" | "aborted";

export interface FollowOptions {
  readonly run: RunId;
  /** Only events after this sequence number. */
  readonly after: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onEvents: (events: readonly JournalEvent[]) => void;
}

/** Gives every new event of the run until it rests, its owner is gone, or the signal aborts. */
export async function followRun(reading: Reading, options: FollowOptions): Promise<FollowEnd> {
  const journal = reading.past?.journal;
  if (journal === undefined) return "rests";
  let after = options.after;
  let version = -1;
  for (let look = 1; !options.signal.aborted; look++) {
    const seen = journal.dataVersion();
    if (seen !== version) {
      version = seen;
      // The status first: what was written before it was said is then surely among the events.
      const run = journal.run(options.run);
      after = drain(reading, options, after);
      if (run === null || !isLive(run.status)) return "rests";
    } else if (look % LOCK_EVERY === 0 && lookAtLock(reading.paths.lock).type === "free") {
      drain(reading, options, after);
      const run = journal.run(options.run);
      return run !== null && isLive(run.status) ? "cut_off" : "rests";
    }
    await options.clock.sleep(POLL_MS, options.signal).catch(() => {});
  }
  return "aborted";
}

function drain(reading: Reading, { run, onEvents }: FollowOptions, from: number): number {
  let after = from;
  for (;;) {
    const events = reading.past?.journal.events({ run, after, limit: PAGE }) ?? [];
    if (events.length === 0) return after;
    onEvents(events);
    after = events.at(-1)?.seq ?? after;
  }
}
