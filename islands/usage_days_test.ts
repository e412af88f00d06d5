import assert from "node:assert/strict";
import { sharesOf, stacked, wholeDays } from "./usage_days.ts";

const day = (tokens: number) => ({
  turns: 1,
  usage: { input: tokens, cached: 0, output: 0, reasoning: 0 },
});

Deno.test("sharesOf() keeps the most used apart, adds up the rest, and leaves out what used nothing", () => {
  const series = [9, 8, 7, 6, 5, 4, 0].map((tokens, at) => ({
    key: `agent ${at + 1}`,
    days: [day(tokens), day(1)].slice(0, tokens === 0 ? 1 : 2),
  }));
  const shares = sharesOf({ days: ["a", "b"], series });
  assert.deepEqual(shares.map((it) => [it.label, ...it.values]), [
    ["agent 1", 9, 1],
    ["agent 2", 8, 1],
    ["agent 3", 7, 1],
    ["agent 4", 6, 1],
    ["2 others", 9, 2],
  ]);
  assert.equal(sharesOf({ days: ["a"], series: series.slice(0, 5) }).length, 5);
  assert.deepEqual(sharesOf({ days: [], series: [] }), []);
});

Deno.test("stacked() gives each share the height of all below it", () => {
  const shares = [{ label: "a", values: [1, 2] }, { label: "b", values: [10, 20] }];
  assert.deepEqual(stacked(shares), [[11, 22], [10, 20]]);
});

Deno.test("wholeDays() puts days without a turn in their places, by the reader's calendar", () => {
  const nowMs = Date.parse("2026-11-21T23:30:00Z");
  const rows = [{ key: "2026-11-21", ...day(3) }];
  const east = wholeDays(rows, { count: 3, offsetMs: 3_600_000, nowMs });
  assert.deepEqual(east.days, ["2026-11-20", "2026-11-21", "2026-11-22"]);
  assert.deepEqual(sharesOf(east), [{ label: "tokens", values: [0, 3, 0] }]);
});
