import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import {
  chooseFallback,
  EMPTY_LEDGER,
  foldQuotaError,
  foldRateLimit,
  foldWorked,
  GUESS_MS,
  GUESS_MS_MAX,
  parkedUntil,
  type QuotaLedger,
  RESET_AHEAD_MS_MAX,
  saneResetMs,
} from "./quota.ts";
import type { AgentError } from "./turn.ts";

/** 2026-11-21 12:00 UTC. */
const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;

const refused = (resetsAtMs?: number): AgentError =>
  resetsAtMs === undefined
    ? { kind: "quota", message: "used up" }
    : { kind: "quota", message: "used up", resetsAtMs };

const told = (usedPercent: number, resetsAtMs: number | null, name = "5h", account = "a") => ({
  account,
  windows: [{ name, usedPercent, windowMinutes: 300, resetsAtMs }],
});

Deno.test("saneResetMs() reads seconds and milliseconds and refuses nonsense", () => {
  const soon = NOW + HOUR;
  const table: [number | null | undefined, number | null][] = [
    [soon, soon],
    [soon / 1000, soon],
    [soon / 1000 + 0.4, soon + 400],
    [NOW + RESET_AHEAD_MS_MAX, NOW + RESET_AHEAD_MS_MAX],
    [NOW + RESET_AHEAD_MS_MAX + 1, null],
    [soon * 1000, null],
    [NOW, null],
    [NOW - 1, null],
    [0, null],
    [60, null],
    [-5, null],
    [NaN, null],
    [Infinity, null],
    [null, null],
    [undefined, null],
  ];
  for (const [reset, sane] of table) assert.equal(saneResetMs(reset, NOW), sane, String(reset));
});

Deno.test("foldQuotaError() parks until the reset that was told", () => {
  const ledger = foldQuotaError(EMPTY_LEDGER, "a", refused(NOW + HOUR), NOW);
  assert.deepEqual(parkedUntil(ledger, "a", NOW), {
    account: "a",
    untilMs: NOW + HOUR,
    guessed: false,
  });
  assert.equal(parkedUntil(ledger, "a", NOW + HOUR), null);
  assert.equal(parkedUntil(ledger, "b", NOW), null);
});

Deno.test("foldQuotaError() waits by a growing guess when the reset is no sane time", () => {
  let ledger: QuotaLedger = EMPTY_LEDGER;
  const waits: number[] = [];
  for (const reset of [undefined, NOW - HOUR, NaN, NOW * 1000, undefined, undefined]) {
    ledger = foldQuotaError(ledger, "a", refused(reset), NOW);
    const park = parkedUntil(ledger, "a", NOW);
    assert.ok(park?.guessed);
    waits.push((park?.untilMs ?? 0) - NOW);
  }
  assert.deepEqual(waits, [
    GUESS_MS,
    2 * GUESS_MS,
    4 * GUESS_MS,
    8 * GUESS_MS,
    GUESS_MS_MAX,
    GUESS_MS_MAX,
  ]);
  ledger = foldWorked(ledger, "a", NOW);
  assert.equal(parkedUntil(ledger, "a", NOW), null);
  ledger = foldQuotaError(ledger, "a", refused(), NOW);
  assert.equal(parkedUntil(ledger, "a", NOW)?.untilMs, NOW + GUESS_MS);
});

Deno.test("foldQuotaError() takes the reset of a full window when the error tells none", () => {
  const full = foldRateLimit(EMPTY_LEDGER, told(100, NOW + 2 * HOUR), NOW);
  const ledger = foldQuotaError(full, "a", refused(), NOW);
  assert.equal(parkedUntil(ledger, "a", NOW)?.untilMs, NOW + 2 * HOUR);
});

Deno.test("foldRateLimit() parks on a full window until the latest reset of those that are full", () => {
  const table: [ReturnType<typeof told>[], number | null][] = [
    [[told(99.9, NOW + HOUR)], null],
    [[told(100, NOW + HOUR)], NOW + HOUR],
    [[told(100, (NOW + HOUR) / 1000)], NOW + HOUR],
    [[told(100, NOW + HOUR), told(100, NOW + 30 * HOUR, "week")], NOW + 30 * HOUR],
    [[told(100, NOW + HOUR), told(20, NOW + 30 * HOUR, "week")], NOW + HOUR],
    [[told(100, NOW + HOUR), told(3, NOW + 6 * HOUR)], null],
    [[told(100, null)], NOW + GUESS_MS],
    [[told(100, NOW - HOUR)], NOW + GUESS_MS],
    [[told(NaN, NOW + HOUR)], null],
    [[told(100, NOW + HOUR, "5h", "other")], null],
  ];
  for (const [events, untilMs] of table) {
    const ledger = events.reduce<QuotaLedger>((l, event) => foldRateLimit(l, event, NOW), {});
    assert.equal(parkedUntil(ledger, "a", NOW)?.untilMs ?? null, untilMs, JSON.stringify(events));
  }
});

Deno.test("foldRateLimit() does not lift a refusal because a window says there is room", () => {
  const after = foldRateLimit(
    foldQuotaError(EMPTY_LEDGER, "a", refused(NOW + HOUR), NOW),
    told(40, NOW + HOUR),
    NOW,
  );
  assert.equal(parkedUntil(after, "a", NOW)?.untilMs, NOW + HOUR);
});

Deno.test("parkedUntil() does not trust a time that a clock jump has put out of reach", () => {
  const ledger = foldQuotaError(EMPTY_LEDGER, "a", refused(NOW + HOUR), NOW);
  assert.equal(parkedUntil(ledger, "a", NOW - 30 * 24 * HOUR), null);
});

Deno.test("chooseFallback() takes the first agent on another account that has quota", () => {
  const accounts: Record<string, string | null> = { one: "a", two: "a", three: "b", local: null };
  const accountOf = (agent: string) => accounts[agent] ?? null;
  const a = foldQuotaError(EMPTY_LEDGER, "a", refused(NOW + HOUR), NOW);
  const both = foldQuotaError(a, "b", refused(NOW + HOUR), NOW);
  const table: [(string | null)[], QuotaLedger, string | null][] = [
    [[null, "two", "three"], a, "three"],
    [["two", "three"], both, null],
    [["three", "local"], both, "local"],
    [["one"], a, null],
    [[], a, null],
  ];
  for (const [candidates, ledger, choice] of table) {
    assert.equal(chooseFallback("one", candidates, accountOf, ledger, NOW), choice);
  }
});

Deno.test("the ledger survives being written down and strange names, for 300 seeds", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randoms(seed);
    let ledger: QuotaLedger = EMPTY_LEDGER;
    let now = NOW;
    for (let index = 0; index < 20; index++) {
      now += Math.floor((random() - 0.3) * 5 * HOUR);
      const account = pick(random, ["a", "__proto__", "constructor", ""]);
      const reset = pick(random, [0, now + HOUR, (now + HOUR) / 1000, 5, NaN, 1e20]);
      const what = Math.floor(random() * 3);
      if (what === 0) ledger = foldQuotaError(ledger, account, refused(reset), now);
      if (what === 1) {
        ledger = foldRateLimit(ledger, told(random() * 140, reset, "w", account), now);
      }
      if (what === 2) ledger = foldWorked(ledger, account, now);
      const park = parkedUntil(ledger, account, now);
      assert.deepEqual(JSON.parse(JSON.stringify(ledger)), ledger, `seed ${seed}`);
      if (park !== null) {
        assert.ok(park.untilMs > now && park.untilMs <= now + RESET_AHEAD_MS_MAX, `seed ${seed}`);
      }
    }
  }
});
