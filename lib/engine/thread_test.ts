import assert from "node:assert/strict";
import {
  chatPosture,
  endOfTurn,
  forkRefusal,
  isMessageKey,
  isThreadKey,
  MESSAGE_MOVES,
  MESSAGE_STATES,
  type MessageMove,
  type MessageState,
  moveMessage,
  moveThread,
  settleAfterDeath,
  THREAD_MOVES,
  threadStatus,
} from "./thread.ts";

/** All that is allowed; every other pair is refused. */
const ALLOWED: Readonly<Record<MessageState, Partial<Record<MessageMove, MessageState>>>> = {
  queued: { cancel: "cancelled", edit: "queued", start: "running" },
  running: {
    interrupt: "running",
    finish: "done",
    fail: "failed",
    break: "interrupted",
    return: "queued",
  },
  done: {},
  failed: { retry: "queued" },
  interrupted: { retry: "queued" },
  cancelled: {},
};

Deno.test("moveMessage() allows what the table says, and refuses the rest with a way out", () => {
  for (const state of MESSAGE_STATES) {
    for (const move of Object.keys(MESSAGE_MOVES[state]) as MessageMove[]) {
      const moved = moveMessage(state, move);
      const wanted = ALLOWED[state][move];
      if (wanted !== undefined) assert.deepEqual(moved, { ok: true, to: wanted });
      else assert.ok(!moved.ok && moved.message !== "" && moved.hint !== "", `${state} ${move}`);
    }
  }
});

Deno.test("a message that left the queue never comes back to the agent, unless it was not there", () => {
  const seen = new Set<MessageState>();
  const walk = (state: MessageState) => {
    if (seen.has(state)) return;
    seen.add(state);
    for (const move of Object.keys(MESSAGE_MOVES[state]) as MessageMove[]) {
      // A retry is a new message; `return` is for a prompt that never arrived.
      if (move === "retry" || move === "return") continue;
      const moved = moveMessage(state, move);
      if (moved.ok) walk(moved.to);
    }
  };
  for (const state of ["done", "failed", "interrupted", "cancelled"] as const) walk(state);
  assert.ok(!seen.has("running"));
});

Deno.test("moveThread() answers every command in every status", () => {
  for (const [status, moves] of Object.entries(THREAD_MOVES)) {
    for (const [move, moved] of Object.entries(moves)) {
      if (moved.ok) assert.ok(moved.to in THREAD_MOVES);
      else assert.ok(moved.message !== "" && moved.hint !== "", `${status} ${move}`);
    }
  }
  assert.ok(!moveThread("running", "archive").ok);
  assert.ok(moveThread("running", "send").ok);
  assert.ok(!moveThread("archived", "send").ok);
});

Deno.test("threadStatus() follows from the messages first", () => {
  const idle = { running: false, queued: 0 };
  assert.equal(threadStatus({ archivedMs: null }, idle), "idle");
  assert.equal(threadStatus({ archivedMs: 1 }, idle), "archived");
  assert.equal(threadStatus({ archivedMs: null }, { running: false, queued: 1 }), "waiting");
  assert.equal(threadStatus({ archivedMs: null }, { running: true, queued: 1 }), "running");
});

Deno.test("settleAfterDeath() sends again only what never arrived", () => {
  assert.equal(settleAfterDeath({ prompt: "absent" }).move, "return");
  assert.equal(settleAfterDeath({ prompt: "unknown" }).move, "break");
  assert.equal(settleAfterDeath({ prompt: "arrived", ended: false }).move, "break");
  assert.equal(settleAfterDeath({ prompt: "arrived", ended: true }).move, "finish");
});

Deno.test("endOfTurn() tells a limit from an interruption and both from a failure", () => {
  const told = { error: null, limit: null };
  assert.equal(endOfTurn({ ...told, result: "completed" }).move, "finish");
  assert.equal(endOfTurn({ ...told, result: "interrupted" }).move, "break");
  assert.equal(endOfTurn({ ...told, result: "lost" }).kind, "crashed");
  const limit = endOfTurn({ ...told, result: "interrupted", limit: "9 tokens in this turn" });
  assert.deepEqual([limit.move, limit.kind], ["break", "limit"]);
  const error = { kind: "auth", message: "No login" } as const;
  assert.deepEqual(endOfTurn({ ...told, result: "failed", error }), {
    move: "fail",
    kind: "auth",
    words: "No login",
  });
});

Deno.test("chatPosture() is read-only beside a run, and never more than --safe allows", () => {
  const base = { asked: null, configured: "yolo", capped: false, runAtWork: false } as const;
  assert.deepEqual(chatPosture(base), { posture: "yolo", words: null });
  assert.equal(chatPosture({ ...base, runAtWork: true }).posture, "read-only");
  assert.match(chatPosture({ ...base, runAtWork: true }).words ?? "", /only read/);
  const asked = chatPosture({ ...base, asked: "yolo", runAtWork: true });
  assert.equal(asked.posture, "yolo");
  assert.match(asked.words ?? "", /both may change/);
  const safe = { ...base, configured: "safe", capped: true } as const;
  assert.equal(chatPosture({ ...safe, asked: "yolo" }).posture, "safe");
  assert.equal(chatPosture({ ...safe, asked: "read-only" }).posture, "read-only");
});

Deno.test("forkRefusal() names the reason", () => {
  const thread = { agent: "shell", agentThread: null };
  const [canNot, can] = [false, true];
  assert.match(forkRefusal(thread, canNot)?.message ?? "", /"shell" cannot fork/);
  assert.match(forkRefusal(thread, can)?.message ?? "", /no conversation yet/);
  assert.equal(forkRefusal({ ...thread, agentThread: "a" }, can), null);
});

Deno.test("isThreadKey() and isMessageKey() take only what CAR made", () => {
  assert.ok(isThreadKey("thr_0123456789abcdef"));
  assert.ok(isMessageKey("msg_0123456789abcdef"));
  for (const text of ["", "thr_", "thr_0123456789ABCDEF", "../thr_0123456789abcdef", "msg_1"]) {
    assert.ok(!isThreadKey(text) && !isMessageKey(text), text);
  }
});
