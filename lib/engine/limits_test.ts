import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import {
  checkBeforeTurn,
  checkLimits,
  foldAnswered,
  foldTally,
  foldTime,
  foldTold,
  type LimitName,
  LIMITS,
  type LimitSettings,
  NEW_TALLY,
  NOTHING_SPENT,
  silenceDueMs,
  type Tally,
} from "./limits.ts";
import type { TurnEvent } from "./turn.ts";

const NO_LIMITS: LimitSettings = {
  turnTokens: null,
  turnMinutes: null,
  ticketTurns: null,
  ticketMinutes: null,
  ticketTokens: null,
  runTurns: null,
  runMinutes: null,
  runTokens: null,
  sameToolCalls: null,
};

const started = (id: string, title: string): TurnEvent => ({
  type: "tool_started",
  id,
  kind: "command",
  title,
});
const finished = (id: string, output: string): TurnEvent => ({
  type: "tool_finished",
  id,
  status: "ok",
  exitCode: 0,
  output,
  durationMs: 1,
});
const usage = (input: number, output: number): TurnEvent => ({
  type: "usage",
  usage: { input, cached: 0, output, reasoning: 0 },
  contextWindow: null,
});
const WAITING: TurnEvent = { type: "status", text: "", waiting: true };
const HEARTBEAT: TurnEvent = { type: "status", text: "", waiting: false };

/** Each event comes a second after the one before. */
const fold = (events: readonly TurnEvent[], from: Tally = NEW_TALLY): Tally =>
  events.reduce((tally, event) => foldTally(tally, event, tally.elapsedMs + 1000), from);

const call = (title: string, output: string): TurnEvent[] => [
  started("t", title),
  finished("t", output),
];

Deno.test("foldTally() counts identical calls in a row and starts over at another", () => {
  const table: [TurnEvent[], number][] = [
    [call("ls", "a"), 1],
    [[...call("ls", "a"), ...call("ls", "a"), ...call("ls", "a")], 3],
    [[...call("ls", "a"), ...call("ls", "b")], 1],
    [[...call("ls", "a"), ...call("pwd", "a"), ...call("ls", "a")], 1],
    [[...call("ls", "a"), { type: "text", id: "x", text: "hm" }, ...call("ls", "a")], 2],
    [[finished("unknown", "a"), finished("unknown", "a")], 1],
  ];
  for (const [events, same] of table) assert.equal(fold(events).sameCalls, same);
});

Deno.test("foldTally() takes usage as cumulative and never lets it shrink", () => {
  assert.equal(fold([usage(10, 5), usage(100, 20), usage(1, 1)]).tokens, 120);
});

Deno.test("checkLimits() tells once, then ends the turn, for each limit inside a turn", () => {
  const spent = { ...NOTHING_SPENT, ticketTokens: 500, runTokens: 5000, ticketMs: 0, runMs: 0 };
  const table: [LimitName, number, Tally, Tally][] = [
    ["turnTokens", 100, fold([usage(80, 0)]), fold([usage(99, 1)])],
    ["ticketTokens", 600, fold([usage(0, 1)]), fold([usage(100, 0)])],
    ["runTokens", 6000, fold([usage(0, 1)]), fold([usage(1000, 0)])],
    ["turnMinutes", 10, foldTime(NEW_TALLY, 480_000), foldTime(NEW_TALLY, 600_000)],
    ["ticketMinutes", 10, foldTime(NEW_TALLY, 480_000), foldTime(NEW_TALLY, 600_000)],
    ["runMinutes", 10, foldTime(NEW_TALLY, 480_000), foldTime(NEW_TALLY, 600_000)],
    [
      "sameToolCalls",
      3,
      fold([...call("a", ""), ...call("a", "")]),
      fold([...call("a", ""), ...call("a", ""), ...call("a", "")]),
    ],
  ];
  for (const [which, limit, near, over] of table) {
    const settings = { ...NO_LIMITS, [which]: limit };
    assert.equal(checkLimits(NEW_TALLY, NOTHING_SPENT, settings).type, "none", which);
    const soft = checkLimits(near, spent, settings);
    assert.equal(soft.type, "soft", which);
    assert.equal(checkLimits(foldTold(near, which), spent, settings).type, "none", which);
    const hard = checkLimits(foldTold(over, which), spent, settings);
    assert.equal(hard.type === "hard" && hard.which, which);
    assert.equal(hard.type === "hard" && hard.limit, limit);
  }
});

Deno.test("checkLimits() lets the last turn that is allowed be finished", () => {
  const settings = { ...NO_LIMITS, ticketTurns: 3, runTurns: 3 };
  const spent = { ...NOTHING_SPENT, ticketTurns: 3, runTurns: 3 };
  assert.equal(checkLimits(NEW_TALLY, spent, settings).type, "none");
  const before = checkBeforeTurn(spent, settings);
  assert.equal(before.type === "hard" && before.words, "3 turns on this ticket reached (limit 3)");
  assert.equal(checkBeforeTurn({ ...spent, ticketTurns: 2, runTurns: 2 }, settings).type, "none");
});

Deno.test("checkLimits() says what was reached in words a person can use", () => {
  const tally = fold([usage(49_000, 1000)]);
  const hard = checkLimits(tally, NOTHING_SPENT, { ...NO_LIMITS, turnTokens: 40_000 });
  assert.equal(
    hard.type === "hard" && hard.words,
    "50,000 tokens in this turn reached (limit 40,000)",
  );
  const soft = checkLimits(tally, NOTHING_SPENT, { ...NO_LIMITS, turnTokens: 60_000 });
  assert.match(soft.type === "soft" ? soft.advice : "", /50,000 tokens.*at 60,000/);
});

Deno.test("checkLimits() speaks at the share that the settings name", () => {
  for (
    const [softShare, tokens, type] of [[0.5, 500, "soft"], [0.5, 499, "none"], [
      1,
      999,
      "none",
    ]] as const
  ) {
    const tally = { ...NEW_TALLY, tokens };
    const settings = { ...NO_LIMITS, softShare, turnTokens: 1000 };
    assert.equal(checkLimits(tally, NOTHING_SPENT, settings).type, type, `${softShare} ${tokens}`);
  }
});

Deno.test("checkLimits() prefers a hard limit to a soft one", () => {
  const settings = { ...NO_LIMITS, turnTokens: 100, runTokens: 80 };
  const answer = checkLimits(fold([usage(90, 0)]), NOTHING_SPENT, settings);
  assert.equal(answer.type === "hard" && answer.which, "runTokens");
});

Deno.test("silenceDueMs() watches only when nobody is at work", () => {
  const settings = { silenceSeconds: 600, networkSeconds: 60 };
  const due = (tally: Tally) => silenceDueMs(tally, settings);
  const asked: TurnEvent = {
    type: "approval",
    requestId: "r",
    kind: "command",
    title: "",
    detail: "",
  };
  assert.deepEqual(due(NEW_TALLY), { atMs: 600_000, why: "silent" });
  assert.deepEqual(due(fold([started("t", "make")])), null);
  assert.deepEqual(due(fold(call("make", ""))), { atMs: 602_000, why: "silent" });
  assert.deepEqual(due(fold([asked])), null);
  assert.deepEqual(due(foldAnswered(fold([asked]), "r", 9000)), {
    atMs: 609_000,
    why: "silent",
  });
  assert.deepEqual(due(fold([WAITING, WAITING, HEARTBEAT])), {
    atMs: 61_000,
    why: "network",
  });
  assert.deepEqual(due(fold([started("t", "x"), WAITING])), { atMs: 62_000, why: "network" });
  assert.deepEqual(due(fold([WAITING, usage(1, 1)])), { atMs: 602_000, why: "silent" });
});

Deno.test("silenceDueMs() is not put off by heartbeats", () => {
  const beats: TurnEvent[] = Array.from(
    { length: 50 },
    (_, index) =>
      index % 2 === 0
        ? { type: "notice", text: "still here" }
        : { type: "rate_limit", account: "a", windows: [] },
  );
  const settings = { silenceSeconds: 10, networkSeconds: 60 };
  assert.deepEqual(silenceDueMs(fold(beats), settings), { atMs: 10_000, why: "silent" });
});

Deno.test("foldTally() keeps its promises for 500 seeds of events", () => {
  const names = Object.keys(LIMITS) as LimitName[];
  for (let seed = 1; seed <= 500; seed++) {
    const random = randoms(seed);
    let tally = NEW_TALLY;
    let elapsed = 0;
    for (let index = 0; index < 40; index++) {
      elapsed += Math.floor(random() * 5000) - 500;
      const id = pick(random, ["a", "b", "__proto__", "constructor"]);
      const event = pick(random, [
        started(id, pick(random, ["x", "y"])),
        finished(id, pick(random, ["1", "2"])),
        usage(Math.floor(random() * 100), 1),
        WAITING,
      ]);
      const next = foldTally(tally, event, elapsed);
      assert.equal(typeof (next.lastCall?.title ?? ""), "string", `seed ${seed}`);
      assert.ok(next.elapsedMs >= tally.elapsedMs, `seed ${seed}`);
      assert.ok(next.tokens >= tally.tokens, `seed ${seed}`);
      assert.ok(next.progressAtMs <= next.elapsedMs, `seed ${seed}`);
      tally = next;
    }
    const limits = Object.fromEntries(names.map((name) => [name, Math.floor(random() * 50)]));
    const answer = checkLimits(tally, NOTHING_SPENT, { ...NO_LIMITS, ...limits });
    if (answer.type === "hard") assert.ok(answer.reached >= answer.limit, `seed ${seed}`);
    if (answer.type === "soft") assert.ok(answer.reached < answer.limit, `seed ${seed}`);
    assert.deepEqual(
      foldTally(tally, { type: "ended", result: "completed", error: null }, 0).asked,
      [],
    );
  }
});
