import assert from "node:assert/strict";
import type { TurnEvent } from "../../engine/turn.ts";
import { UpdateReader } from "./events.ts";
import type { TerminalView } from "./tool_calls.ts";

const END = { type: "ended", result: "completed", error: null } as const;
const text = (value: string, more = {}) => ({
  sessionUpdate: "agent_message_chunk",
  content: { type: "text", text: value },
  ...more,
});
const thought = (value: string) => ({ ...text(value), sessionUpdate: "agent_thought_chunk" });
const call = (fields: Record<string, unknown>) => ({ sessionUpdate: "tool_call", ...fields });
const news = (fields: Record<string, unknown>) => ({
  sessionUpdate: "tool_call_update",
  ...fields,
});

/** Everything that the updates and the end mean, the end itself aside. */
function readAll(
  updates: readonly unknown[],
  terminal: (id: string) => TerminalView | undefined = () => undefined,
): TurnEvent[] {
  const reader = new UpdateReader(terminal);
  const events = updates.flatMap((update) => reader.read(update));
  return [...events, ...reader.close(END)].slice(0, -1);
}

const started = { type: "tool_started", id: "t", kind: "command", title: "ls" } as const;
const finished = {
  type: "tool_finished",
  id: "t",
  status: "ok",
  exitCode: null,
  output: "",
  durationMs: null,
} as const;

const CASES: Readonly<
  Record<string, { updates: readonly unknown[]; events: readonly TurnEvent[] }>
> = {
  "a message in chunks": {
    updates: [text("Hel"), text("lo")],
    events: [
      { type: "text_delta", id: "text-1", text: "Hel" },
      { type: "text_delta", id: "text-1", text: "lo" },
      { type: "text", id: "text-1", text: "Hello" },
    ],
  },
  "a message that a tool cuts in two": {
    updates: [
      text("One"),
      call({ toolCallId: "t", kind: "execute", title: "ls" }),
      news({ toolCallId: "t", status: "completed" }),
      text("Two"),
    ],
    events: [
      { type: "text_delta", id: "text-1", text: "One" },
      { type: "text", id: "text-1", text: "One" },
      started,
      finished,
      { type: "text_delta", id: "text-2", text: "Two" },
      { type: "text", id: "text-2", text: "Two" },
    ],
  },
  "two messages told apart by their ids": {
    updates: [text("One", { messageId: "a" }), text("Two", { messageId: "b" })],
    events: [
      { type: "text_delta", id: "a", text: "One" },
      { type: "text", id: "a", text: "One" },
      { type: "text_delta", id: "b", text: "Two" },
      { type: "text", id: "b", text: "Two" },
    ],
  },
  "a thought, whole only, and none that is blank": {
    updates: [thought("\n\n"), thought("Hm"), text("So."), thought(" ")],
    events: [
      { type: "reasoning", id: "reasoning-1", text: "\n\nHm" },
      { type: "text_delta", id: "text-2", text: "So." },
      { type: "text", id: "text-2", text: "So." },
    ],
  },
  "a resource, by its place": {
    updates: [text("", { content: { type: "resource_link", uri: "file:///a", name: "a" } })],
    events: [
      { type: "text_delta", id: "text-1", text: "[resource_link: file:///a]" },
      { type: "text", id: "text-1", text: "[resource_link: file:///a]" },
    ],
  },
  "a command that a shell runs, with its exit code": {
    updates: [
      call({
        toolCallId: "t",
        kind: "execute",
        title: "Shell",
        rawInput: { command: ["/bin/bash", "-lc", "ls"] },
      }),
      news({
        toolCallId: "t",
        status: "failed",
        rawOutput: { exit_code: 3, aggregated_output: "no" },
      }),
    ],
    events: [started, { ...finished, status: "failed", exitCode: 3, output: "no" }],
  },
  "a command called completed that failed": {
    updates: [
      call({ toolCallId: "t", kind: "execute", title: "ls", status: "in_progress" }),
      news({ toolCallId: "t", status: "completed", rawOutput: { metadata: { exit: 2 } } }),
    ],
    events: [started, { ...finished, status: "failed", exitCode: 2 }],
  },
  "a tool that comes finished at once": {
    updates: [call({ toolCallId: "t", kind: "execute", title: "ls", status: "completed" })],
    events: [started, finished],
  },
  "news of a tool nobody announced": {
    updates: [news({ toolCallId: "t", kind: "execute", title: "ls", status: "completed" })],
    events: [started, finished],
  },
  "tools without ids": {
    updates: [
      call({ kind: "execute", title: "ls" }),
      news({ status: "completed" }),
      call({ title: "ls", kind: "execute" }),
      news({ status: "completed" }),
    ],
    events: ["nameless-1", "nameless-2"].flatMap((id) => [{ ...started, id }, { ...finished, id }]),
  },
  "output as it grows": {
    updates: ["a", "ab", "ab"].map((it) =>
      news({
        toolCallId: "t",
        kind: "execute",
        title: "ls",
        content: [{ type: "content", content: { type: "text", text: it } }],
      })
    ),
    events: [
      started,
      { type: "tool_output", id: "t", text: "a" },
      { type: "tool_output", id: "t", text: "b" },
      { ...finished, status: "failed", output: "ab" },
    ],
  },
  "news of a tool that has ended": {
    updates: [
      call({ toolCallId: "t", kind: "execute", title: "ls", status: "completed" }),
      news({ toolCallId: "t", status: "failed" }),
    ],
    events: [started, finished],
  },
  "a plan": {
    updates: [{ sessionUpdate: "plan", entries: [{ content: "Do", status: "completed" }, 7] }],
    events: [{
      type: "plan",
      steps: [{ text: "Do", status: "completed" }, { text: "", status: "pending" }],
    }],
  },
  "the size of the context": {
    updates: [{ sessionUpdate: "usage_update", used: 10, size: 200 }],
    events: [{
      type: "usage",
      usage: { input: 0, cached: 0, output: 0, reasoning: 0 },
      contextWindow: 200,
    }],
  },
  "another mode": {
    updates: [{ sessionUpdate: "current_mode_update", currentModeId: "plan" }],
    events: [{ type: "notice", text: 'The agent is in the mode "plan" now.' }],
  },
  "a retry, in one family's words": {
    updates: [{
      sessionUpdate: "session_info_update",
      _meta: {
        jetbrains: { air: { sessionFailure: { severity: "warning", title: "Reconnecting 1/2" } } },
      },
    }],
    events: [{ type: "status", text: "Reconnecting 1/2", waiting: true }],
  },
  "what is of no interest, unknown, or no update at all": {
    updates: [
      { sessionUpdate: "user_message_chunk", content: { type: "text", text: "Me" } },
      { sessionUpdate: "available_commands_update", availableCommands: [] },
      { sessionUpdate: "config_option_update", configOptions: [] },
      { sessionUpdate: "session_info_update", title: "T" },
      { sessionUpdate: "constructor" },
      { sessionUpdate: "of tomorrow" },
      {},
      null,
      7,
      "x",
      [],
    ],
    events: [],
  },
};

for (const [name, { updates, events }] of Object.entries(CASES)) {
  Deno.test(`UpdateReader.read() reads ${name}`, () => {
    assert.deepEqual(readAll(updates), events);
  });
}

Deno.test("UpdateReader.read() tells a file's change with its diff when the edit is done", () => {
  const diff = (oldText: string | null) => ({
    type: "diff",
    path: "/r/a",
    oldText,
    newText: "b\n",
  });
  const kinds = { add: null, update: "a\n" } as const;
  for (const [change, oldText] of Object.entries(kinds)) {
    const edit = { toolCallId: "t", kind: "edit", status: "completed", content: [diff(oldText)] };
    const event = readAll([call(edit)]).find(({ type }) => type === "file_change");
    assert(event?.type === "file_change");
    assert.deepEqual([event.path, event.change], ["/r/a", change]);
    assert.match(event.diff, /^\+b$/m);
  }
  const failed = { toolCallId: "t", kind: "edit", status: "failed", content: [diff("a\n")] };
  assert(!readAll([call(failed)]).some(({ type }) => type === "file_change"));
});

Deno.test("UpdateReader.read() takes output and exit code of our terminal when the tool tells none", () => {
  const content = [{ type: "terminal", terminalId: "one" }];
  const fields = { toolCallId: "t", kind: "execute", title: "ls", status: "completed", content };
  const events = readAll(
    [call(fields)],
    (id) => id === "one" ? { output: "out", exitCode: 4 } : undefined,
  );
  assert.deepEqual(events, [started, {
    ...finished,
    status: "failed",
    exitCode: 4,
    output: "out",
  }]);
});

Deno.test("UpdateReader.close() tells what is open once, and nothing after it", () => {
  const reader = new UpdateReader();
  reader.read(text("Half"));
  reader.read(call({ toolCallId: "t", kind: "execute", title: "ls" }));
  assert.deepEqual(reader.close(END).map(({ type }) => type), ["tool_finished", "ended"]);
  assert.deepEqual(reader.close(END), []);
  assert.deepEqual(reader.read(text("Late")), []);
});

Deno.test("UpdateReader.readAnswer() tells usage, and how the turn ended", () => {
  const usage = { inputTokens: 800, outputTokens: 50, cachedReadTokens: 200, totalTokens: 1050 };
  const reader = new UpdateReader();
  reader.read(text("Hi"));
  const { events, ended } = reader.readAnswer({ stopReason: "end_turn", usage }, {
    wasDeclined: false,
  });
  assert.deepEqual(ended, END);
  assert.deepEqual(events, [{
    type: "usage",
    usage: { input: 1000, cached: 200, output: 50, reasoning: 0 },
    contextWindow: null,
  }]);
});
