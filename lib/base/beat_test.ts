import assert from "node:assert/strict";
import { BEAT_MS, untilBeat } from "./beat.ts";

const at = (elapsed: number) => ({ elapsed: () => elapsed });

Deno.test("untilBeat() ends what is a beat or longer on a beat, and leaves the rest as it is", () => {
  const table: readonly (readonly [nowMs: number, ms: number, expected: number])[] = [
    [0, BEAT_MS, 1_000],
    [10_250, BEAT_MS, 750],
    [10_500, BEAT_MS, 500],
    [10_999.5, BEAT_MS, 1_000.5],
    [10_250, 3_000, 2_750],
    [10_250, 1_500, 1_250],
    [10_250, 100, 100],
    [10_250, 0, 0],
  ];
  for (const [nowMs, ms, expected] of table) {
    assert.equal(untilBeat(at(nowMs), ms), expected, `${ms} ms at ${nowMs}`);
  }
});
