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

/** One point a turn: tokens in and out, and minutes. Columns, as a plot takes them. */
export function turnColumns(turns: readonly TurnRow[], nowMs: number) {
  return {
    ordinal: turns.map((it) => it.ordinal),
    tokens: turns.map((it) => it.usage.input + it.usage.output),
    minutes: turns.map((it) => ((it.endedAtMs ?? nowMs) - it.startedAtMs) / 60_000),
  };
}
