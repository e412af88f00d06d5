/** P14: the clock may jump: no wait ends early or late by it, and the order of events stays. */

import assert from "node:assert/strict";
import { Redactor } from "../../lib/adapters/process/redact.ts";
import { type Clock, systemClock } from "../../lib/base/clock.ts";
import { Journal } from "../../lib/control/journal.ts";
import type { Effect, Outcome } from "../../lib/engine/events.ts";
import { NOTHING_SPENT } from "../../lib/engine/limits.ts";
import { runId, threadId, turnId } from "../../lib/engine/ids.ts";
import type { AgentThread } from "../../lib/engine/ports.ts";
import type { TurnEvent } from "../../lib/engine/turn.ts";
import { newRun } from "../../lib/engine/step.ts";
import { runTurn } from "../../lib/hub/turn_runner.ts";
import { RunWorker, type Surroundings } from "../../lib/hub/worker.ts";
import { SETTINGS } from "../support/run_fixtures.ts";

const DAY_MS = 86_400_000;

/** Real time, but each look at the wall finds it a day off, now ahead, now behind. */
function jumping(): Clock {
  let days = 1;
  return { ...systemClock, now: () => Date.now() + (days = -days) * DAY_MS };
}

/** An agent that says so many words, one in 50 ms, and then ends or falls silent. */
function talker(words: number, then: "ends" | "falls silent"): AgentThread {
  return {
    id: threadId("talker"),
    steer: () => Promise.reject(new Error("not here")),
    answer: () => Promise.resolve(),
    record: () => Promise.resolve({ prompt: "unknown" }),
    close: () => Promise.resolve(),
    async *turn(_input, signal): AsyncGenerator<TurnEvent> {
      for (let word = 0; word < words; word++) {
        await systemClock.sleep(50);
        yield { type: "text", id: String(word), text: "word" };
      }
      if (then === "falls silent") {
        await systemClock.sleep(60_000, signal).catch(() => {});
        yield { type: "ended", result: "interrupted", error: null };
      } else yield { type: "ended", result: "completed", error: null };
    },
  };
}

const NO_LIMITS = {
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
const SILENCE_SECONDS = 1;

async function turnOf(thread: AgentThread) {
  const startedMs = performance.now();
  const told = await runTurn(
    thread,
    { turnId: turnId("0".repeat(16)), prompt: "", ticketPath: "", env: {} },
    {
      clock: jumping(),
      secrets: new Redactor(),
      limits: NO_LIMITS,
      spent: NOTHING_SPENT,
      silence: { silenceSeconds: SILENCE_SECONDS, networkSeconds: 60 },
      turnSeconds: 60,
      kill: () => Promise.resolve(),
    },
    () => {},
    new AbortController().signal,
  );
  return { told, seconds: (performance.now() - startedMs) / 1000 };
}

Deno.test("P14: a turn is not ended early by a clock that jumps by days", async () => {
  const { told } = await turnOf(talker(12, "ends"));
  assert.equal(told.result, "completed");
});

Deno.test("P14: a silent agent is given up after its time, not a day earlier or later", async () => {
  const { told, seconds } = await turnOf(talker(2, "falls silent"));
  assert.equal(told.error?.kind, "silent");
  assert.ok(seconds >= SILENCE_SECONDS, `${seconds} s`);
  console.log(`given up after ${seconds.toFixed(1)} s of ${SILENCE_SECONDS} s of silence`);
});

/** Time that passes only in sleeps; the wall jumps once, in the first of them. */
function jumpOnce(byMs: number): Clock {
  let [wall, steady, jump] = [1_000_000_000_000, 0, byMs];
  return {
    now: () => wall,
    elapsed: () => steady,
    sleep: async (ms) => {
      await Promise.resolve();
      steady += ms;
      wall += ms + jump;
      jump = 0;
    },
  };
}

/** Surroundings whose first look fails for want of room, and whose second finds all done. */
function fullOnce(): Surroundings {
  let looks = 0;
  const outcome = (): Outcome =>
    looks++ === 0
      ? { type: "effect_failed", effect: "read_queue", message: "The disk is full", passing: true }
      : {
        type: "queue_read",
        choice: { type: "drained" },
        problems: [],
        open: 0,
        total: 1,
        baseline: null,
        replies: 0,
        hex: "0".repeat(16),
      };
  return {
    apply: (_effect: Effect) => Promise.resolve(outcome()),
    recover: () => Promise.resolve({ type: "recovered", record: null, ticketDone: false }),
    killAll: () => Promise.resolve(),
    resumeAt: (run) => run.pause?.resumesAtMs ?? null,
  };
}

for (const [way, byMs] of [["ahead", DAY_MS], ["back", -DAY_MS]] as const) {
  Deno.test(`P14: a wait of 20 s takes 20 s when the clock is set a day ${way}`, async () => {
    const clock = jumpOnce(byMs);
    const journal = Journal.open(":memory:");
    const run = newRun(runId(1), SETTINGS, clock.now());
    journal.createRun(run);
    const worker = new RunWorker(run, { journal, clock, surroundings: fullOnce(), wait: false });
    worker.command({ type: "start", by: "person", settings: SETTINGS });
    const rested = await worker.work();
    assert.equal(rested.status, "completed");
    assert.equal(clock.elapsed(), 20_000);
    const seqs = journal.events({}).map((it) => it.seq);
    assert.deepEqual(seqs, seqs.toSorted((a, b) => a - b));
    journal.close();
  });
}
