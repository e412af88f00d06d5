import assert from "node:assert/strict";
import type { TurnEvent } from "../../engine/turn.ts";
import { TurnReader } from "./events.ts";
import type { MessageInfo, Part, ServerEvent } from "./protocol.ts";

const SESSION = "ses_1";
const PROMPT = "msg_100";
const ANSWER = "msg_200";
const NOW_MS = 1_000;

const openReader = () =>
  new TurnReader({
    sessionId: SESSION,
    messageId: PROMPT,
    contextOf: (provider, model) => `${provider}/${model}` === "p/m" ? 100_000 : null,
  });

const message = (more: Partial<MessageInfo> = {}): ServerEvent => ({
  type: "message.updated",
  data: {
    info: {
      id: ANSWER,
      sessionID: SESSION,
      role: "assistant",
      time: { created: 1 },
      providerID: "p",
      modelID: "m",
      ...more,
    },
  },
});
const partOf = (part: Partial<Part> & Pick<Part, "id" | "type">): Part => ({
  sessionID: SESSION,
  messageID: ANSWER,
  ...part,
});
const part = (given: Partial<Part> & Pick<Part, "id" | "type">): ServerEvent => ({
  type: "message.part.updated",
  data: { part: partOf(given) },
});
const delta = (partID: string, text: string): ServerEvent => ({
  type: "message.part.delta",
  data: { sessionID: SESSION, messageID: ANSWER, partID, field: "text", delta: text },
});
const bash = (state: Partial<NonNullable<Part["state"]>> & { status: string }) =>
  part({ id: "prt_b", type: "tool", tool: "bash", state: { input: { command: "ls" }, ...state } });

const readAll = (reader: TurnReader, events: readonly ServerEvent[]): TurnEvent[] =>
  events.flatMap((event) => reader.read(event));

Deno.test("read() tells text as it is written and once more whole, thoughts only whole", () => {
  const events = readAll(openReader(), [
    message(),
    part({ id: "prt_r", type: "reasoning", text: "", time: { start: 1 } }),
    delta("prt_r", "hmm"),
    part({ id: "prt_r", type: "reasoning", text: "hmm", time: { start: 1, end: 2 } }),
    part({ id: "prt_t", type: "text", text: "", time: { start: 1 } }),
    delta("prt_t", "All "),
    delta("prt_t", "done."),
    part({ id: "prt_t", type: "text", text: "All done.", time: { start: 1, end: 2 } }),
    part({ id: "prt_t", type: "text", text: "All done.", time: { start: 1, end: 2 } }),
  ]);
  assert.deepEqual(events, [
    { type: "reasoning", id: "prt_r", text: "hmm" },
    { type: "text_delta", id: "prt_t", text: "All " },
    { type: "text_delta", id: "prt_t", text: "done." },
    { type: "text", id: "prt_t", text: "All done." },
  ]);
});

Deno.test("read() tells a command: its start, what it prints, and how it ended", () => {
  const events = readAll(openReader(), [
    message(),
    bash({ status: "pending", input: {} }),
    bash({ status: "running" }),
    bash({ status: "running", metadata: { output: "a\n" } }),
    bash({ status: "running", metadata: { output: "a\nb\n" } }),
    bash({
      status: "completed",
      output: "a\nb\n",
      metadata: { output: "a\nb\n", exit: 3 },
      time: { start: 10, end: 15 },
    }),
  ]);
  assert.deepEqual(events, [
    { type: "tool_started", id: "prt_b", kind: "command", title: "ls" },
    { type: "tool_output", id: "prt_b", text: "a\n" },
    { type: "tool_output", id: "prt_b", text: "b\n" },
    {
      type: "tool_finished",
      id: "prt_b",
      status: "failed",
      exitCode: 3,
      output: "a\nb\n",
      durationMs: 5,
    },
  ]);
});

Deno.test("read() tells the file an edit changed, and a tool that was not allowed", () => {
  const edit = (id: string, state: Part["state"]) =>
    part({ id, type: "tool", tool: "write", state });
  const input = { filePath: "/repo/a.txt", content: "a" };
  const events = readAll(openReader(), [
    message(),
    edit("prt_1", { status: "completed", input, metadata: { exists: false }, output: "Wrote." }),
    edit("prt_2", { status: "error", input, error: "The user rejected permission to use this" }),
  ]);
  assert.deepEqual(events.map((event) => event.type), [
    "tool_started",
    "file_change",
    "tool_finished",
    "tool_started",
    "tool_finished",
  ]);
  assert.deepEqual(events[1], {
    type: "file_change",
    path: "/repo/a.txt",
    change: "add",
    diff: "",
  });
  const last = events.at(-1);
  assert.equal(last?.type === "tool_finished" ? last.status : null, "declined");
});

Deno.test("read() adds up the tokens and the cost of the turn's calls, each once", () => {
  const step = (id: string) =>
    part({
      id,
      type: "step-finish",
      cost: 0.5,
      tokens: { input: 800, output: 40, reasoning: 10, cache: { read: 200, write: 0 } },
    });
  const events = readAll(openReader(), [message(), step("prt_1"), step("prt_1"), step("prt_2")]);
  assert.deepEqual(events.at(-1), {
    type: "usage",
    usage: { input: 2000, cached: 400, output: 100, reasoning: 20 },
    contextWindow: 100_000,
    costUsd: 1,
  });
  assert.equal(events.length, 2);
});

Deno.test("read() passes over the prompt, earlier turns, a person's words and summaries", () => {
  const text = (messageID: string) =>
    part({ id: `prt_${messageID}`, type: "text", text: "x", messageID, time: { end: 2 } });
  const events = readAll(openReader(), [
    message({ id: "msg_300", role: "user" }),
    message({ id: "msg_400", summary: true }),
    text("msg_050"),
    text(PROMPT),
    text("msg_300"),
    text("msg_400"),
  ]);
  assert.deepEqual(events, []);
});

Deno.test("readRecord() tells what was missed, and nothing twice", () => {
  const reader = openReader();
  readAll(reader, [message(), bash({ status: "running" })]);
  const done = partOf({
    id: "prt_b",
    type: "tool",
    tool: "bash",
    state: { status: "completed", input: { command: "ls" }, output: "", metadata: { exit: 0 } },
  });
  const said = partOf({ id: "prt_t", type: "text", text: "Done.", time: { start: 1, end: 2 } });
  const { data } = message({ finish: "stop" }) as ServerEvent & { type: "message.updated" };
  const record = [{ info: data.info, parts: [done, said] }];
  assert.deepEqual(reader.readRecord(record).map((it) => it.type), ["tool_finished", "text"]);
  assert.deepEqual(reader.readRecord(record), []);
  assert.equal(reader.outcome(NOW_MS).result, "completed");
});

const ERROR = { name: "APIError", data: { statusCode: 400, message: "Never again" } };
const failed: ServerEvent = {
  type: "session.error",
  data: { sessionID: SESSION, error: ERROR },
};
const OUTCOMES: readonly (readonly [string, readonly ServerEvent[], string, string | null])[] = [
  ["nothing at all", [], "failed", "protocol"],
  ["an error before any answer", [failed], "failed", "refused"],
  ["an error before its message", [message(), failed], "failed", "refused"],
  ["an answer that carries its error", [message({ error: ERROR })], "failed", "refused"],
  ["an error of an earlier turn", [failed, message({ finish: "stop" })], "completed", null],
  ["an answer that broke off", [message()], "failed", "network"],
  ["an answer cut at the limit", [message({ finish: "length" })], "failed", "network"],
  ["an aborted answer", [message({ error: { name: "MessageAbortedError" } })], "interrupted", null],
];

for (const [name, events, result, kind] of OUTCOMES) {
  Deno.test(`outcome() of ${name} is ${result}`, () => {
    const reader = openReader();
    readAll(reader, events);
    const outcome = reader.outcome(NOW_MS);
    assert.deepEqual([outcome.result, outcome.error?.kind ?? null], [result, kind]);
  });
}

Deno.test("close() ends what is open, once", () => {
  const reader = openReader();
  readAll(reader, [message(), bash({ status: "running" })]);
  const ended = { type: "ended", result: "lost", error: null } as const;
  assert.deepEqual(reader.close(ended).map((it) => it.type), ["tool_finished", "ended"]);
  assert.deepEqual(reader.close(ended), []);
  assert.deepEqual(reader.read(message()), []);
});
