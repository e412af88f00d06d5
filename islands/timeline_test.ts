import assert from "node:assert/strict";
import type { TurnRow, VerdictRow } from "../lib/control/views_read.ts";
import type { ReplayStep } from "./run_types.ts";
import { timeline, turnColumns } from "./timeline.ts";

const turn = (ordinal: number, startedAtMs: number, endedAtMs: number | null) =>
  ({
    turn: `turn_${ordinal}`,
    ordinal,
    startedAtMs,
    endedAtMs,
    usage: { input: 100 * ordinal, cached: 0, output: 10, reasoning: 0 },
  }) as unknown as TurnRow;
const verdict = (of: string, type: string) => ({ turn: of, type }) as unknown as VerdictRow;
const step = (event: string, atMs: number) => ({ event, atMs }) as unknown as ReplayStep;

Deno.test("timeline() sets turns, their verdicts and what happened between in order", () => {
  const entries = timeline(
    [turn(2, 50, null), turn(1, 10, 40)],
    [verdict("turn_1", "rejected"), verdict("turn_9", "accepted")],
    [step("queue_read", 5), step("start", 1), step("pause", 45)],
  );
  assert.deepEqual(
    entries.map((it) =>
      it.type === "turn" ? `${it.turn.turn} ${it.verdicts.length}` : it.step.event
    ),
    ["start", "turn_1 1", "pause", "turn_2 0"],
  );
});

Deno.test("turnColumns() tells long turns in minutes, short ones in seconds, and no end that is not there", () => {
  const short = turnColumns([turn(1, 0, 60_000), turn(2, 60_000, null)]);
  assert.deepEqual(short, {
    ordinal: [1, 2],
    tokens: [110, 210],
    unit: "seconds",
    time: [60, null],
  });
  assert.deepEqual(turnColumns([turn(1, 0, 150_000)]).time, [2.5]);
});
