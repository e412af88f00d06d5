import assert from "node:assert/strict";
import { NO_USAGE } from "../../engine/turn.ts";
import { ExecReader } from "./exec_events.ts";

const line = (type: string, fields: object = {}) => JSON.stringify({ type, ...fields });
const command = { id: "item_1", type: "command_execution", command: "make" };
const usage = {
  input_tokens: 2000,
  cached_input_tokens: 400,
  output_tokens: 100,
  reasoning_output_tokens: 20,
};
const counted = { input: 2000, cached: 400, output: 100, reasoning: 20 };
const noUsage = { input: 0, cached: 0, output: 0, reasoning: 0 };

Deno.test("ExecReader tells a turn in CAR's events when each line is whole", () => {
  const reader = new ExecReader(NO_USAGE, () => 0);
  const lines = [
    line("thread.started", { thread_id: "t-1" }),
    line("turn.started"),
    line("item.completed", { item: { id: "item_0", type: "agent_message", text: "Working" } }),
    line("item.started", { item: { ...command, status: "in_progress" } }),
    line("item.completed", {
      item: { ...command, status: "completed", exit_code: 0, aggregated_output: "ok" },
    }),
    line("item.completed", {
      item: {
        id: "item_2",
        type: "file_change",
        status: "completed",
        changes: [{ path: "/r/a", kind: "add" }],
      },
    }),
    line("turn.completed", { usage }),
  ];
  const events = [...lines.flatMap((it) => reader.read(it)), ...reader.close("exit code 0")];
  assert.equal(reader.threadId, "t-1");
  assert.deepEqual(events.map((event) => event.type), [
    "text",
    "tool_started",
    "tool_finished",
    "tool_started",
    "file_change",
    "tool_finished",
    "usage",
    "ended",
  ]);
  assert.deepEqual(events.at(-2), { type: "usage", usage: counted, contextWindow: null });
  assert.deepEqual(events.at(-1), { type: "ended", result: "completed", error: null });
});

Deno.test("ExecReader counts only this turn's tokens when it knows those before", () => {
  const told = (before: typeof counted | null) =>
    new ExecReader(before, () => 0).read(line("turn.completed", { usage }));
  assert.deepEqual(told(counted), [{ type: "usage", usage: noUsage, contextWindow: null }]);
  assert.deepEqual(told(null), []);
});

Deno.test("ExecReader says how the turn ended when the program is gone", () => {
  const failed = (message: string) => line("turn.failed", { error: { message } });
  const rows: [lines: string[], asked: "asked" | "unasked", result: string, kind?: string][] = [
    [[], "unasked", "lost", "crashed"],
    [[], "asked", "interrupted"],
    [[line("turn.completed")], "asked", "completed"],
    [[failed("You've hit your usage limit.")], "unasked", "failed", "quota"],
    [[failed("unexpected status 401 Unauthorized")], "unasked", "failed", "auth"],
    [[failed("exceeded retry limit, last status: 429")], "unasked", "failed", "overloaded"],
    [[failed("experiencing high demand")], "unasked", "failed", "overloaded"],
    [[failed("stream disconnected before completion: x")], "unasked", "failed", "network"],
    [[failed("no")], "unasked", "failed", "refused"],
  ];
  for (const [lines, asked, result, kind] of rows) {
    const reader = new ExecReader(null, () => 0);
    for (const it of lines) reader.read(it);
    const ended = reader.close("exit code 1", asked).at(-1);
    assert(ended?.type === "ended");
    assert.deepEqual([ended.result, ended.error?.kind], [result, kind], lines.join());
  }
});

Deno.test("ExecReader passes over lines that are no events, and closes open tools", () => {
  const reader = new ExecReader(null, () => 0);
  for (const it of ["", "Reading prompt", "[]", "null", '{"type":7}', line("new.thing")]) {
    assert.deepEqual(reader.read(it), []);
  }
  reader.read(line("item.started", { item: command }));
  const types = reader.close("exit code 1").map((event) => event.type);
  assert.deepEqual(types, ["tool_finished", "ended"]);
});
