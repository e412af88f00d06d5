/** A run as a line of time: its turns with the verdicts that followed, and what happened between. Pure. */

import type { TurnRow, VerdictRow } from "../lib/control/views_read.ts";
import type { ReplayStep } from "./run_types.ts";

export type TimelineEntry =
  | {
    readonly type: "turn";
    readonly atMs: number;
    readonly turn: TurnRow;
    /** What the gate or a person said of its claim. */
    readonly verdicts: readonly VerdictRow[];
  }
  /** A start, a pause, a retry, a park, a person's command. */
  | { readonly type: "step"; readonly atMs: number; readonly step: ReplayStep };

/** Steps that say more than the turns around them do. */
const TOLD: ReadonlySet<string> = new Set([
  "start",
  "resume",
  "pause",
  "stop",
  "kill",
  "decide",
  "recovered",
  "waited",
  "effect_failed",
  "published",
]);

/** In order of time. Verdicts without a turn of the run stand by themselves at their end. */
export function timeline(
  turns: readonly TurnRow[],
  verdicts: readonly VerdictRow[],
  steps: readonly ReplayStep[],
): readonly TimelineEntry[] {
  const ofTurn = Map.groupBy(verdicts, (it) => it.turn);
  const entries: TimelineEntry[] = [
    ...turns.map((turn) => ({
      type: "turn" as const,
      atMs: turn.startedAtMs,
      turn,
      verdicts: ofTurn.get(turn.turn) ?? [],
    })),
    ...steps.filter((it) => TOLD.has(it.event))
      .map((step) => ({ type: "step" as const, atMs: step.atMs, step })),
  ];
  return entries.sort((a, b) => a.atMs - b.atMs);
}

/** From here on time is told in minutes, in seconds. */
const IN_MINUTES_S = 120;

/** One point a turn: tokens in and out, and its time. Columns, as a plot takes them; null is not known yet. */
export function turnColumns(turns: readonly TurnRow[]) {
  const seconds = turns.map((it) =>
    it.endedAtMs === null ? null : (it.endedAtMs - it.startedAtMs) / 1_000
  );
  const unit = seconds.some((it) => it !== null && it >= IN_MINUTES_S) ? "minutes" : "seconds";
  const share = unit === "minutes" ? 60 : 1;
  return {
    ordinal: turns.map((it) => it.ordinal),
    tokens: turns.map((it) => it.usage.input + it.usage.output),
    unit,
    time: seconds.map((it) => it === null ? null : Math.round(it / share * 10) / 10),
  };
}
