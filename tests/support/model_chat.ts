/** Speaks a scripted reply as chat completions, the wire of agents that take any OpenAI-compatible service. */

import type { ScriptItem, ScriptReply } from "./model_script.ts";
import { DEFAULT_USAGE, type ModelStream } from "./model_stream.ts";

type JsonRecord = Readonly<Record<string, unknown>>;
/** What one chunk adds to the answer. */
type Delta = JsonRecord;

const CHUNK_CHARS = 12;
/** The command tool, as the agents of this wire name it. */
const COMMAND_TOOL = "bash";
const FINISH_REASONS: Readonly<Record<string, string>> = {
  max_output_tokens: "length",
  content_filter: "content_filter",
};

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The history of a request in the shape that `locate` reads. */
export function chatHistory(body: JsonRecord): unknown {
  const messages = Array.isArray(body.messages) ? body.messages : [];
  return messages.map((message: unknown) =>
    isRecord(message) && message.role === "tool" ? { type: "function_call_output" } : message
  );
}

const chunksOf = (text: string, size: number): string[] =>
  Array.from(
    { length: Math.ceil(text.length / size) },
    (_, i) => text.slice(i * size, (i + 1) * size),
  );

function call(name: string, args: unknown, id: string, index: number): Delta[] {
  const text = typeof args === "string" ? args : JSON.stringify(args);
  const begun = { index, id, type: "function", function: { name, arguments: "" } };
  return [
    { tool_calls: [begun] },
    { tool_calls: [{ index, function: { arguments: text } }] },
  ];
}

function deltasOf(item: ScriptItem, id: string, index: number): Delta[] {
  if ("say" in item) {
    return chunksOf(
      item.say,
      "chunk" in item && item.chunk !== undefined ? item.chunk : CHUNK_CHARS,
    ).map((content) => ({ content }));
  }
  if ("think" in item) return [{ reasoning_content: item.think }];
  if ("exec" in item) {
    const args = { command: item.exec, description: "scripted", ...item.args };
    return call(COMMAND_TOOL, args, id, index);
  }
  if ("call" in item) return call(item.call, item.args, id, index);
  throw new Error(`This wire has no ${Object.keys(item).join()}.`);
}

const asks = (item: ScriptItem): boolean => "exec" in item || "call" in item;

function usageOf(reply: ScriptReply): JsonRecord {
  const told = reply.usage ?? {};
  const input = told.input ?? DEFAULT_USAGE.input;
  const output = told.output ?? DEFAULT_USAGE.output;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: told.cached ?? DEFAULT_USAGE.cached },
    completion_tokens_details: { reasoning_tokens: told.reasoning ?? DEFAULT_USAGE.reasoning },
  };
}

/** The server-sent events of one reply and what follows them. */
export function chatStream(reply: ScriptReply, id: string): ModelStream {
  const chunk = (choices: readonly JsonRecord[], more: JsonRecord = {}) =>
    frame({ id, object: "chat.completion.chunk", created: 1, model: "scripted", choices, ...more });
  const say = (delta: Delta, finish: string | null = null) =>
    chunk([{ index: 0, delta, finish_reason: finish }]);
  const items = reply.items ?? [];
  const created = say({ role: "assistant", content: "" });
  const body = items.flatMap((item, at) => deltasOf(item, `call_${id}_${at}`, at))
    .map((delta) => say(delta));

  if (reply.cut === "headers") return { frames: [], end: "cut" };
  if (reply.cut === "created") return { frames: [created], end: "cut" };
  if (reply.hang === "created") return { frames: [created], end: "hang" };
  if (reply.cut === "mid") {
    return { frames: [created, ...body.slice(0, Math.ceil(body.length / 2))], end: "cut" };
  }
  if (reply.cut === "items") return { frames: [created, ...body], end: "cut" };
  if (reply.hang === "items") return { frames: [created, ...body], end: "hang" };
  if (reply.unfinished === true) return { frames: [created, ...body], end: "close" };
  if (reply.failed !== undefined) {
    return { frames: [created, ...body, frame({ error: reply.failed })], end: "close" };
  }
  const reason = reply.incomplete === undefined
    ? (items.some(asks) ? "tool_calls" : "stop")
    : FINISH_REASONS[reply.incomplete] ?? reply.incomplete;
  const closing = [say({}, reason), chunk([], { usage: usageOf(reply) }), "data: [DONE]\n\n"];
  return { frames: [created, ...body, ...closing], end: "close" };
}

const frame = (data: JsonRecord): string => `data: ${JSON.stringify(data)}\n\n`;
