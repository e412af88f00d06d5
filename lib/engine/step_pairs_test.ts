import assert from "node:assert/strict";
import {
  checked,
  doneTicket,
  inTurn,
  looked,
  queueRead,
  SETTINGS,
  settled,
  started,
  take,
  ticket,
  turnEnded,
} from "../../tests/support/run_fixtures.ts";
import type { Command, Outcome, QueueRead, RunEvent } from "./events.ts";
import { runId, turnId } from "./ids.ts";
import { isLive, MOVES, type Run, RUN_STATUSES, type RunStatus, TRANSITIONS } from "./run.ts";
import { newRun, replay, step } from "./step.ts";

/** A run in each status, made by events. */
function runIn(status: RunStatus): Run {
  const running = inTurn();
  const stopping = take(running, { type: "stop", by: "cli" });
  const runs: Record<RunStatus, () => Run> = {
    pending: () => newRun(runId(1), SETTINGS, 0),
    running: () => running,
    paused: () =>
      take(started(), queueRead({ type: "work", ticket: ticket(1, { agent: "user" }) })),
    stopping: () => stopping,
    stopped: () => take(running, { type: "kill", by: "cli" }),
    completed: () => take(started(), queueRead({ type: "drained" })),
    failed: () => ({ ...running, status: "failed", ended: "x" }),
  };
  return runs[status]();
}

const COMMANDS: readonly Command[] = [
  { type: "start", by: "cli", settings: SETTINGS },
  { type: "resume", by: "cli", settings: null },
  { type: "pause", by: "cli" },
  { type: "stop", by: "cli" },
  { type: "kill", by: "cli" },
  { type: "decide", by: "cli", answer: "accept" },
];

Deno.test("step() has an answer with words for every status and command", () => {
  for (const status of RUN_STATUSES) {
    for (const command of COMMANDS) {
      const run = runIn(status);
      assert.equal(run.status, status);
      const answer = step(run, { ...command, atMs: 5 });
      if (answer.ok) {
        assert.ok(
          answer.run.status === status ||
            MOVES.some((move) => TRANSITIONS[status][move] === answer.run.status),
          `${status} x ${command.type} -> ${answer.run.status}`,
        );
      } else {
        assert.ok(answer.message.length > 5, `${status} x ${command.type}`);
      }
    }
  }
});

Deno.test("step() drops outcomes of turns and phases that are not in hand", () => {
  const run = inTurn();
  for (
    const event of [
      turnEnded(run, { turnId: turnId("other") }),
      looked(run),
      checked(run, [0]),
      settled(run),
    ]
  ) {
    const answer = step(run, { ...event, atMs: 1 });
    assert.ok(!answer.ok, event.type);
  }
});

Deno.test("step() never throws, never starts a turn at rest, and replays to the same state", () => {
  for (let seed = 1; seed <= 300; seed++) {
    let state = seed;
    const random = (below: number) => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return state % below;
    };
    const first = newRun(runId(1), SETTINGS, 0);
    const events: RunEvent[] = [];
    let run = first;
    for (let count = 0; count < 60; count++) {
      const event = { ...anyEvent(run, random), atMs: count * 1000 } as RunEvent;
      events.push(event);
      const answer = step(run, event);
      if (!answer.ok) continue;
      const turns = answer.effects.filter((it) => it.type === "run_turn");
      if (turns.length > 0) assert.ok(isLive(answer.run.status), `seed ${seed}: a turn at rest`);
      if (answer.run.status === "paused") assert.ok(answer.run.pause, `seed ${seed}: no reason`);
      run = answer.run;
    }
    assert.deepEqual(replay(first, events).run, run, `seed ${seed}`);
  }
});

function anyEvent(run: Run, random: (below: number) => number): Command | Outcome {
  const command = COMMANDS[random(COMMANDS.length)];
  if (random(4) === 0 && command !== undefined) return command;
  const makers: (() => Outcome)[] = [
    () => queueRead({ type: "work", ticket: ticket(1 + random(3)) }),
    () =>
      queueRead(
        {
          type: random(2) ? "drained" : "claim",
          ticket: ticket(2, { done: true }),
        } as QueueRead["choice"],
      ),
    () =>
      turnEnded(run, {
        result: (["completed", "failed", "interrupted", "lost"] as const)[random(4)] ?? "lost",
      }),
    () => looked(run, random(2) ? { ticket: doneTicket(run) } : {}),
    () => checked(run, [random(2)]),
    () => settled(run, random(3) ? null : "no"),
    () => ({ type: "waited" }),
    () => ({ type: "saved", commit: null, problem: null }),
    () => ({ type: "published", sequence: 1, title: "x" }),
    () => ({ type: "recovered", record: { prompt: "unknown" }, ticketDone: random(2) === 0 }),
    () => ({ type: "effect_failed", effect: "look", message: "m", passing: random(2) === 0 }),
  ];
  // Mostly the outcome that fits, else any: late and doubled ones must do no harm.
  const fitting: Record<Run["phase"]["type"], number> = {
    reading: 0,
    turn: 2,
    looking: 3,
    checking: 4,
    settling: 5,
    waiting: 6,
    saving: 7,
    publishing: 8,
  };
  const index = random(3) ? fitting[run.phase.type] : random(makers.length);
  return (makers[index] ?? (() => ({ type: "waited" as const })))();
}
