/** The hub as one who gives commands to runs, and what follows from it at its next start. Pure. */

import { isLive, type Run } from "../../engine/run.ts";

/** Who stops runs because the process ends, and lets them go on when it is there again. */
export const HUB_ACTOR = "hub";

const STOPPED_BY_HUB: ReadonlySet<string> = new Set([
  `Stopped by ${HUB_ACTOR}`,
  `Killed by ${HUB_ACTOR}`,
]);

/**
 * Whether a run that this process had in hand goes on by itself at the next start: it was broken off by
 * the hub's own end, or waits for a time. What a person stopped or was asked stays as it is.
 */
export function goesOn(run: Run | null): boolean {
  if (run === null) return false;
  if (isLive(run.status) || run.status === "pending") return true;
  if (run.status === "stopped") return STOPPED_BY_HUB.has(run.ended ?? "");
  return run.status === "paused" && run.pause?.resumesAtMs !== null;
}
