import assert from "node:assert/strict";
import type { TurnEvent } from "../../engine/turn.ts";
import { TurnReader } from "./events.ts";

const TURN = "turn-1";
const at = { threadId: "thread-1", turnId: TURN };
const started = (item: object) => ["item/started", { ...at, item }] as const;
const completed = (item: object) => ["item/completed", { ...at, item }] as const;
const turnEnd = (status: string, error: unknown = null) =>
  ["turn/completed", {
    threadId: "thread-1",
    turn: { id: TURN, status, error, items: [] },
  }] as const;

function read(...notifications: (readonly [string, unknown])[]): TurnEvent[] {
  const reader = new TurnReader(TURN, () => 0);
  return notifications.flatMap(([method, params]) => reader.read(method, params));
}

const types = (events: TurnEvent[]): string[] => events.map((event) => event.type);
const command = { type: "commandExecution", id: "c", command: "make" };
const ended = { type: "ended", result: "completed", error: null };

Deno.test("TurnReader gives each item its events when it starts and when it is whole", () => {
  const rows: [name: string, notifications: (readonly [string, unknown])[], events: unknown[]][] = [
    ["text", [
      ["item/agentMessage/delta", { ...at, itemId: "m", delta: "He" }],
      completed({ type: "agentMessage", id: "m", text: "Hello" }),
    ], [{ type: "text_delta", id: "m", text: "He" }, { type: "text", id: "m", text: "Hello" }]],
    ["empty text", [completed({ type: "agentMessage", id: "m", text: "" })], []],
    ["reasoning", [completed({ type: "reasoning", id: "r", summary: ["a", "b"] })], [
      { type: "reasoning", id: "r", text: "a\n\nb" },
    ]],
    ["command", [
      started({ ...command, status: "inProgress" }),
      ["item/commandExecution/outputDelta", { ...at, itemId: "c", delta: "x" }],
      completed({
        ...command,
        status: "failed",
        exitCode: 2,
        aggregatedOutput: "xy",
        durationMs: 5,
      }),
    ], [
      { type: "tool_started", id: "c", kind: "command", title: "make" },
      { type: "tool_output", id: "c", text: "x" },
      {
        type: "tool_finished",
        id: "c",
        status: "failed",
        exitCode: 2,
        output: "xy",
        durationMs: 5,
      },
    ]],
    ["change", [
      completed({
        type: "fileChange",
        id: "f",
        status: "completed",
        changes: [{ path: "/r/a", kind: { type: "add" }, diff: "+a" }],
      }),
    ], [
      { type: "tool_started", id: "f", kind: "edit", title: "/r/a" },
      { type: "file_change", path: "/r/a", change: "add", diff: "+a" },
      {
        type: "tool_finished",
        id: "f",
        status: "ok",
        exitCode: null,
        output: "",
        durationMs: null,
      },
    ]],
    ["a tool of a later version", [started({ type: "timeTravel", id: "t" })], [
      { type: "tool_started", id: "t", kind: "other", title: "timeTravel" },
    ]],
    ["plan", [["turn/plan/updated", { ...at, plan: [{ step: "a", status: "pending" }] }]], [
      { type: "plan", steps: [{ text: "a", status: "pending" }] },
    ]],
    ["retry", [["error", { ...at, willRetry: true, error: { message: "Reconnecting... 1/2" } }]], [
      { type: "status", text: "Reconnecting... 1/2", waiting: true },
    ]],
    ["final error", [["error", { ...at, willRetry: false, error: { message: "no" } }]], []],
    ["unknown", [["thread/telepathy", { mind: "open" }], ["toString", {}]], []],
  ];
  for (const [name, notifications, events] of rows) {
    assert.deepEqual(read(...notifications), events, name);
  }
});

Deno.test("TurnReader tells no changed file when the change was declined", () => {
  const change = { path: "/r/a", kind: { type: "add" }, diff: "+a" };
  const item = { type: "fileChange", id: "f", status: "declined", changes: [change] };
  assert.deepEqual(types(read(completed(item))), ["tool_started", "tool_finished"]);
});

Deno.test("TurnReader closes open tools when the turn ends, and says nothing after it", () => {
  const events = read(
    started(command),
    turnEnd("interrupted"),
    completed(command),
    turnEnd("completed"),
  );
  assert.deepEqual(types(events), ["tool_started", "tool_finished", "ended"]);
  assert.deepEqual(events.at(-1), { ...ended, result: "interrupted" });
});

Deno.test("TurnReader passes over what belongs to another turn", () => {
  const other = { threadId: "thread-1", turnId: "turn-0" };
  assert.deepEqual(
    read(
      ["item/completed", { ...other, item: command }],
      ["turn/completed", {
        threadId: "thread-1",
        turn: { id: "turn-0", status: "completed", items: [] },
      }],
    ),
    [],
  );
});

Deno.test("TurnReader counts tokens from the turn's start when the thread is old", () => {
  const tokens = (input: number, output: number) => ({
    inputTokens: input,
    cachedInputTokens: 0,
    outputTokens: output,
    reasoningOutputTokens: 0,
  });
  const update = (total: object, last: object) =>
    ["thread/tokenUsage/updated", { ...at, tokenUsage: { total, last } }] as const;
  const usages = read(
    update(tokens(900, 90), tokens(100, 10)),
    update(tokens(1100, 100), tokens(200, 10)),
  ).map((event) => event.type === "usage" ? [event.usage.input, event.usage.output] : []);
  assert.deepEqual(usages, [[100, 10], [300, 20]]);
});

Deno.test("TurnReader gives a quota its reset when the limits told it before", () => {
  const limits = (primary: unknown, secondary: unknown = null) =>
    ["account/rateLimits/updated", {
      rateLimits: { limitId: "codex", primary, secondary },
    }] as const;
  const failure = turnEnd("failed", { message: "limit", codexErrorInfo: "usageLimitExceeded" });
  const rows: [limits: readonly [string, unknown], resetsAtMs: number | undefined][] = [
    [limits({ usedPercent: 100, resetsAt: 50 }, { usedPercent: 20, resetsAt: 900 }), 50_000],
    [
      limits({ usedPercent: 100, resetsAt: 50 }, { usedPercent: 100, resetsAt: 900 }),
      900_000,
    ],
    [limits({ usedPercent: 98, resetsAt: 50 }), 50_000],
    [limits({ usedPercent: 98 }), undefined],
    [limits(null), undefined],
  ];
  for (const [notification, resetsAtMs] of rows) {
    const last = read(notification, failure).at(-1);
    assert(last?.type === "ended" && last.error !== null);
    assert.equal(last.error.kind, "quota");
    assert.equal(last.error.resetsAtMs, resetsAtMs);
  }
});

Deno.test("TurnReader keeps the tail of output and the head of a diff when they are long", () => {
  const long = "x".repeat(100_000);
  const [, change, tool] = read(completed({
    type: "fileChange",
    id: "f",
    status: "completed",
    aggregatedOutput: `${long}END`,
    changes: [{ path: "/r/a", kind: { type: "update" }, diff: `START${long}` }],
  }));
  assert(change?.type === "file_change" && tool?.type === "tool_finished");
  assert.equal(change.diff.length, 64 * 1024);
  assert(change.diff.startsWith("START"));
  assert.equal(tool.output.length, 8 * 1024);
  assert(tool.output.endsWith("END"));
});

Deno.test("TurnReader throws when a notification it reads is not what the protocol says", () => {
  assert.throws(() => read(["item/started", { threadId: 1 }]));
});

Deno.test("readRecord() ends the turn only when the record has an end", () => {
  for (const [status, told] of [["inProgress", []], ["completed", [ended]]] as const) {
    const reader = new TurnReader(TURN, () => 0);
    assert.deepEqual(reader.readRecord({ id: TURN, status, items: [], error: null }), told);
  }
});
