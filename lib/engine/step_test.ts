import assert from "node:assert/strict";
import {
  checked,
  doneTicket,
  inTurn,
  looked,
  progress,
  queueRead,
  SETTINGS,
  settled,
  started,
  take,
  ticket,
  toGate,
  turnEnded,
} from "../../tests/support/run_fixtures.ts";
import { runId, type ThreadId, turnId } from "./ids.ts";
import type { Run } from "./run.ts";
import { newRun } from "./step.ts";

Deno.test("step() takes a ticket from the queue to its verdict and on to the end", () => {
  let run = inTurn();
  assert.equal(run.phase.type, "turn");
  assert.equal(run.work?.turn?.mode, "first");
  run = toGate(run);
  assert.equal(run.phase.type, "checking");
  run = take(run, checked(run, [0]));
  assert.equal(run.phase.type === "settling" && run.phase.verdict.type, "accepted");
  run = take(run, settled(run));
  assert.deepEqual(run.done, ["tkt_1"]);
  run = take(run, queueRead({ type: "drained" }));
  assert.equal(run.status, "completed");
});

Deno.test("step() says unverified where no check is configured", () => {
  const run = toGate(inTurn());
  const next = take(run, checked(run, []));
  assert.equal(next.phase.type === "settling" && next.phase.verdict.type, "unverified");
});

Deno.test("step() sends a rejected claim back with what failed, and holds the third", () => {
  let run = inTurn();
  for (let attempt = 1; attempt <= 3; attempt++) {
    run = toGate(run);
    run = take(run, checked(run, [1]));
    assert.equal(
      run.phase.type === "settling" && run.phase.verdict.type,
      attempt < 3 ? "rejected" : "held",
    );
    run = take(run, settled(run));
    if (attempt === 3) break;
    assert.match(run.work?.feedback ?? "", /deno test/);
    run = take(run, queueRead({ type: "work", ticket: ticket(1) }));
    assert.equal(run.work?.turn?.mode, "next");
  }
  assert.equal(run.pause?.reason, "held");
  assert.deepEqual(run.done, []);
});

Deno.test("step() lets a person accept or reject a held claim", () => {
  for (const answer of ["accept", "reject"] as const) {
    let run = toGate(inTurn());
    run = take(run, checked(run, [1]));
    const held = {
      ...run,
      phase: {
        type: "settling" as const,
        verdict: { type: "held" as const, reasons: ["x"], by: "gate" as const },
      },
    };
    run = take(held, settled(held));
    run = take(run, { type: "decide", by: "cli", answer });
    run = take(run, { type: "resume", by: "cli", settings: null });
    assert.equal(run.phase.type, answer === "accept" ? "settling" : "reading");
  }
});

Deno.test("step() looks at the repo after a failed turn: a done claim still counts", () => {
  const run = inTurn();
  const ended = take(
    run,
    turnEnded(run, { result: "failed", error: { kind: "crashed", message: "gone" } }),
  );
  const claimed = take(ended, looked(ended, { ticket: doneTicket(ended) }));
  assert.equal(claimed.phase.type, "checking");
});

Deno.test("step() answers each way a turn can fail", () => {
  const rows = [
    ["overloaded", "waiting", null],
    ["network", "waiting", null],
    ["crashed", "waiting", null],
    ["silent", "waiting", null],
    ["auth", "paused", "agent_error"],
    ["refused", "paused", "agent_error"],
    ["quota", "paused", "parked"],
    ["context_full", "reading", null],
  ] as const;
  for (const [kind, expected, reason] of rows) {
    const run = inTurn();
    const ended = take(
      run,
      turnEnded(run, { result: "failed", error: { kind, message: "why" }, parkedUntilMs: 9000 }),
    );
    const next = take(ended, looked(ended));
    assert.equal(next.status === "paused" ? "paused" : next.phase.type, expected, kind);
    assert.equal(next.pause?.reason ?? null, reason, kind);
    if (kind === "quota") assert.equal(next.pause?.resumesAtMs, 9000);
  }
});

Deno.test("step() gives the ticket to the fallback agent when the account is out of quota", () => {
  const run = inTurn();
  const ended = take(
    run,
    turnEnded(run, {
      result: "failed",
      error: { kind: "quota", message: "out" },
      fallback: "opencode",
    }),
  );
  let next = take(ended, looked(ended));
  assert.equal(next.phase.type, "reading");
  next = take(next, queueRead({ type: "work", ticket: ticket(1) }));
  assert.equal(next.work?.agent, "opencode");
  assert.equal(next.work?.turn?.mode, "first");
});

Deno.test("step() starts afresh after two turns without movement, then pauses", () => {
  let run = inTurn();
  const still = (it: Run) => {
    const ended = take(it, turnEnded(it));
    return take(ended, looked(ended, { progress: progress("tree-0") }));
  };
  run = take(still(run), queueRead({ type: "work", ticket: ticket(1) }));
  assert.equal(run.work?.turn?.mode, "next");
  run = take(still(run), queueRead({ type: "work", ticket: ticket(1) }));
  assert.equal(run.work?.turn?.mode, "fresh");
  assert.equal(run.work?.thread, null);
  run = still(run);
  assert.equal(run.pause?.reason, "no_progress");
});

Deno.test("step() asks the agent to mend broken files, then a person", () => {
  const problem = {
    code: "x",
    file: "TICKET-001.md",
    line: 2,
    key: null,
    message: "bad",
    fixable: false,
  };
  let run = inTurn();
  for (let repair = 1; repair <= 3; repair++) {
    const ended = take(run, turnEnded(run));
    run = take(ended, looked(ended, { ticket: null, problems: [problem] }));
    if (repair <= 2) assert.match(run.work?.feedback ?? "", /TICKET-001.md:2: bad/);
  }
  assert.equal(run.pause?.reason, "needs_fix");
});

Deno.test("step() pauses for a handoff and goes on in the same thread", () => {
  let run = inTurn();
  run = take(run, turnEnded(run));
  const dispatch = { mode: "pause" as const, title: "Which one?", body: "", attachments: [] };
  run = take(run, looked(run, { dispatch: { type: "found", dispatch } }));
  assert.equal(run.phase.type, "publishing");
  run = take(run, { type: "published", sequence: 1, title: "Which one?" });
  assert.equal(run.pause?.reason, "handoff");
  run = take(run, { type: "resume", by: "cli", settings: null });
  run = take(run, queueRead({ type: "work", ticket: ticket(1) }));
  assert.equal(run.work?.thread, "thread-1");
  assert.equal(run.work?.turn?.mode, "next");
});

Deno.test("step() looks again after a dispatch that only tells", () => {
  let run = inTurn();
  run = take(run, turnEnded(run));
  const dispatch = { mode: "notify" as const, title: "Half way", body: "", attachments: [] };
  run = take(run, looked(run, { dispatch: { type: "found", dispatch }, ticket: doneTicket(run) }));
  run = take(run, { type: "published", sequence: 1, title: "Half way" });
  assert.equal(run.phase.type, "looking");
  run = take(run, looked(run, { ticket: doneTicket(run) }));
  assert.equal(run.phase.type, "checking");
});

Deno.test("step() stops politely: the turn's end is looked at when the run goes on", () => {
  let run = inTurn();
  run = take(run, { type: "stop", by: "cli" });
  assert.equal(run.status, "stopping");
  run = take(run, turnEnded(run, { result: "interrupted" }));
  assert.equal(run.status, "stopped");
  run = take(run, { type: "start", by: "cli", settings: SETTINGS });
  assert.equal(run.phase.type, "looking");
  run = take(run, looked(run, { ticket: doneTicket(run) }));
  assert.equal(run.phase.type, "checking");
});

Deno.test("step() never skips the gate for a claim that was open when the run was killed", () => {
  let run = toGate(inTurn());
  run = take(run, { type: "kill", by: "cli" });
  assert.equal(run.status, "stopped");
  run = take(run, { type: "start", by: "cli", settings: SETTINGS });
  assert.equal(run.phase.type, "checking");
});

Deno.test("step() sends a ticket somebody else marked done through the gate", () => {
  const run = take(started(), queueRead({ type: "claim", ticket: ticket(2, { done: true }) }));
  assert.equal(run.phase.type, "checking");
  assert.equal(run.turns, 0);
});

Deno.test("step() pauses at a person's ticket and at broken files, before any turn", () => {
  const user = take(started(), queueRead({ type: "work", ticket: ticket(1, { agent: "user" }) }));
  assert.equal(user.pause?.reason, "user_ticket");
  const problem = {
    code: "x",
    file: "TICKET-001.md",
    line: 1,
    key: null,
    message: "bad",
    fixable: false,
  };
  const broken = take(
    started(),
    queueRead({ type: "work", ticket: ticket(1) }, { problems: [problem] }),
  );
  assert.equal(broken.pause?.reason, "needs_fix");
});

Deno.test("step() obeys the stop rules of the run", () => {
  const after = { ...SETTINGS, stopAfterTickets: 1 };
  let run = take(newRun(runId(1), after, 0), { type: "start", by: "cli", settings: after });
  run = toGate(take(run, queueRead({ type: "work", ticket: ticket(1) })));
  run = take(run, checked(run, [0]));
  run = take(run, settled(run));
  run = take(run, queueRead({ type: "work", ticket: ticket(2) }));
  assert.equal(run.status, "stopped");

  const rows = [
    [{ maxTurns: 0 }, "turns"],
    [{ maxWallclockMs: 500 }, "wallclock"],
    [{ maxTokens: 0 }, "tokens"],
    [{ ticketTurns: 0 }, "turns"],
  ] as const;
  for (const [change, word] of rows) {
    const settings = { ...SETTINGS, ...change };
    const begun = take(newRun(runId(1), settings, 0), { type: "start", by: "cli", settings }, 0);
    const next = take(begun, queueRead({ type: "work", ticket: ticket(1) }), 1000);
    assert.equal(next.pause?.reason, "limit");
    assert.match(next.pause?.detail ?? "", new RegExp(word));
  }
});

Deno.test("step() repeats at most the turn in flight after a crash, under the same id", () => {
  const open = inTurn();
  const run = take(open, {
    type: "thread_opened",
    turnId: open.work?.turn?.id ?? turnId(""),
    thread: "thread-9" as ThreadId,
  });
  const id = run.work?.turn?.id;
  const rows = [
    [{ prompt: "absent" }, false, "turn", "resend"],
    [{ prompt: "arrived", ended: false }, false, "turn", "continue"],
    [{ prompt: "unknown" }, false, "turn", "resend"],
    [null, true, "looking", "first"],
  ] as const;
  for (const [record, ticketDone, phase, mode] of rows) {
    const back = take(run, { type: "recovered", record, ticketDone });
    assert.equal(back.phase.type, phase);
    assert.equal(back.work?.turn?.id, id);
    assert.equal(back.work?.turn?.mode, mode);
    assert.equal(back.turns, 1);
  }
});

Deno.test("step() pauses a ticket in flight at three crashes in a row", () => {
  let run = inTurn();
  for (let crash = 1; crash <= 3; crash++) {
    run = take(run, { type: "recovered", record: null, ticketDone: false }, crash * 1_000_000);
  }
  assert.equal(run.pause?.reason, "agent_error");
});

Deno.test("step() holds a commit that git refuses back from done", () => {
  let run = toGate(inTurn());
  run = take(run, checked(run, [0]));
  run = take(run, settled(run, "pre-commit hook: lint failed"));
  assert.equal(run.phase.type === "settling" && run.phase.verdict.type, "rejected");
  run = take(run, settled(run));
  assert.match(run.work?.feedback ?? "", /lint failed/);
  assert.deepEqual(run.done, []);
});

Deno.test("step() tries again by itself after a passing trouble, in the phase it was in", () => {
  let run = toGate(inTurn());
  run = take(run, {
    type: "effect_failed",
    effect: "check",
    message: "the disk is full",
    passing: true,
  });
  assert.equal(run.status, "paused");
  assert.ok((run.pause?.resumesAtMs ?? 0) > 1000);
  run = take(run, { type: "resume", by: "relief", settings: null });
  assert.equal(run.phase.type, "checking");
});
