import assert from "node:assert/strict";
import type { DayUsageRow } from "../control/views_read.ts";
import { hubUsage, type OfRepo, usageRange, usageSeries } from "./usage.ts";

const HOUR_MS = 3_600_000;
const NOON_MS = Date.parse("2026-11-21T12:00:00Z");

const day = (day: string, agent: string, input: number): DayUsageRow => ({
  day,
  agent,
  turns: 1,
  usage: { input, cached: 1, output: 2, reasoning: 3 },
});

const FOUND: readonly OfRepo<readonly DayUsageRow[]>[] = [
  { repo: "shop", value: [day("2026-11-19", "codex", 10), day("2026-11-21", "codex", 20)] },
  { repo: "web", value: [day("2026-11-19", "opencode", 100), day("2026-11-19", "codex", 1)] },
];

const inputs = (series: ReturnType<typeof usageSeries>) =>
  series.series.map(({ key, days }) => [key, ...days.map((it) => it.usage.input)]);

Deno.test("usageSeries() gives each line a place for every day, the most used first", () => {
  const range = usageRange(4, 0, NOON_MS);
  const byAgent = usageSeries(FOUND, "agent", range, NOON_MS);
  assert.deepEqual(byAgent.days, ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"]);
  assert.deepEqual(inputs(byAgent), [["opencode", 0, 100, 0, 0], ["codex", 0, 11, 0, 20]]);
  assert.deepEqual(byAgent.series[1]?.days[1], {
    turns: 2,
    usage: { input: 11, cached: 2, output: 4, reasoning: 6 },
  });
  const byRepo = usageSeries(FOUND, "repo", range, NOON_MS);
  assert.deepEqual(inputs(byRepo), [["web", 0, 101, 0, 0], ["shop", 0, 10, 0, 20]]);
});

Deno.test("usageSeries() begins with the first turn when no range is asked for, and with nothing at all", () => {
  const all = usageRange(null, 0, NOON_MS);
  assert.deepEqual(usageSeries(FOUND, "agent", all, NOON_MS).days[0], "2026-11-19");
  assert.deepEqual(usageSeries([], "agent", all, NOON_MS), { days: [], series: [] });
  assert.equal(usageSeries([], "repo", usageRange(2, 0, NOON_MS), NOON_MS).days.length, 2);
});

Deno.test("usageRange() has the borders of the reader's days", () => {
  const late = Date.parse("2026-11-21T23:00:00Z");
  const east = usageRange(1, 2 * HOUR_MS, late);
  assert.equal(new Date(east.sinceMs).toISOString(), "2026-11-21T22:00:00.000Z");
  assert.deepEqual(usageSeries([], "agent", east, late).days, ["2026-11-22"]);
  const west = usageRange(2, -5 * HOUR_MS, late);
  assert.equal(new Date(west.sinceMs).toISOString(), "2026-11-20T05:00:00.000Z");
  assert.deepEqual(usageSeries([], "agent", west, late).days, ["2026-11-20", "2026-11-21"]);
});

Deno.test("hubUsage() adds up what repos have in common and keeps apart what they have not", () => {
  const usage = { input: 1, cached: 0, output: 1, reasoning: 0 };
  const row = (key: string) => [{ key, turns: 1, usage }];
  const window = { account: "a", name: "5h", windowMinutes: 300, resetsAtMs: null };
  const of = (repo: string, atMs: number) => ({
    repo,
    value: {
      day: row("2026-11-21"),
      agent: row("codex"),
      ticket: row("TICKET-001.md"),
      quota: [{ ...window, usedPercent: atMs, atMs }],
    },
  });
  const none = { repo: "c", value: { day: [], agent: [], ticket: [], quota: [] } };
  const all = hubUsage([of("a", 2), of("b", 1), none]);
  const two = { input: 2, cached: 0, output: 2, reasoning: 0 };
  assert.deepEqual(all.agent, [{ key: "codex", turns: 2, usage: two }]);
  assert.deepEqual(all.ticket.map((it) => it.key), ["a/TICKET-001.md", "b/TICKET-001.md"]);
  assert.deepEqual(all.repo.map((it) => [it.key, it.turns]), [["a", 1], ["b", 1]]);
  assert.deepEqual(all.quota.map((it) => it.usedPercent), [2]);
});
