/** Turns one scripted reply into the server-sent events of the Responses API. */

import type { ScriptItem, ScriptReply } from "./model_script.ts";

/** What a model without a script costs; tests that count tokens rely on it. */
export const DEFAULT_USAGE = { input: 1000, cached: 200, output: 50, reasoning: 10 };
const CHUNK_CHARS = 12;

type StreamEvent = Readonly<Record<string, unknown>> & { readonly type: string };
interface Place {
  readonly id: string;
  readonly index: number;
}

const chunksOf = (text: string, size: number): string[] =>
  Array.from(
    { length: Math.ceil(text.length / size) },
    (_, i) => text.slice(i * size, (i + 1) * size),
  );

function added(at: Place, item: Readonly<Record<string, unknown>>): StreamEvent {
  return { type: "response.output_item.added", output_index: at.index, item };
}

function done(at: Place, item: Readonly<Record<string, unknown>>): StreamEvent {
  return { type: "response.output_item.done", output_index: at.index, item };
}

function sayEvents(item: ScriptItem & { say: string }, at: Place): StreamEvent[] {
  const base = {
    type: "message",
    role: "assistant",
    id: at.id,
    ...("phase" in item && item.phase !== undefined ? { phase: item.phase } : {}),
  };
  const size = "chunk" in item && item.chunk !== undefined ? item.chunk : CHUNK_CHARS;
  const deltas = chunksOf(item.say, size).map((delta) => ({
    type: "response.output_text.delta",
    item_id: at.id,
    output_index: at.index,
    content_index: 0,
    delta,
  }));
  const content = [{ type: "output_text", text: item.say }];
  return [added(at, { ...base, content: [] }), ...deltas, done(at, { ...base, content })];
}

function thinkEvents(text: string, at: Place): StreamEvent[] {
  const part = { item_id: at.id, output_index: at.index, summary_index: 0 };
  return [
    added(at, { type: "reasoning", id: at.id, summary: [] }),
    { type: "response.reasoning_summary_part.added", ...part },
    { type: "response.reasoning_summary_text.delta", ...part, delta: text },
    done(at, {
      type: "reasoning",
      id: at.id,
      summary: [{ type: "summary_text", text }],
      encrypted_content: "c2NyaXB0ZWQ=",
    }),
  ];
}

function callEvents(name: string, args: unknown, at: Place): StreamEvent[] {
  const call = { type: "function_call", id: at.id, call_id: `call_${at.id}`, name };
  const text = typeof args === "string" ? args : JSON.stringify(args);
  return [added(at, { ...call, arguments: "" }), done(at, { ...call, arguments: text })];
}

function patchEvents(patch: string, at: Place): StreamEvent[] {
  const call = {
    type: "custom_tool_call",
    id: at.id,
    call_id: `call_${at.id}`,
    name: "apply_patch",
  };
  return [added(at, { ...call, input: "" }), done(at, { ...call, input: patch })];
}

function itemEvents(item: ScriptItem, at: Place): StreamEvent[] {
  if ("say" in item) return sayEvents(item, at);
  if ("think" in item) return thinkEvents(item.think, at);
  if ("exec" in item) return callEvents("exec_command", { cmd: item.exec, ...item.args }, at);
  if ("patch" in item) return patchEvents(item.patch, at);
  if ("call" in item) return callEvents(item.call, item.args, at);
  return [{ ...item.raw, type: String(item.raw.type) }];
}

function closingEvent(reply: ScriptReply, id: string): StreamEvent | undefined {
  if (reply.failed !== undefined) {
    return { type: "response.failed", response: { id, status: "failed", error: reply.failed } };
  }
  if (reply.incomplete !== undefined) {
    const incomplete_details = { reason: reply.incomplete };
    return {
      type: "response.incomplete",
      response: { id, status: "incomplete", incomplete_details },
    };
  }
  if (reply.unfinished === true) return undefined;
  const input = reply.usage?.input ?? DEFAULT_USAGE.input;
  const output = reply.usage?.output ?? DEFAULT_USAGE.output;
  return {
    type: "response.completed",
    response: {
      id,
      status: "completed",
      usage: {
        input_tokens: input,
        input_tokens_details: { cached_tokens: reply.usage?.cached ?? DEFAULT_USAGE.cached },
        output_tokens: output,
        output_tokens_details: {
          reasoning_tokens: reply.usage?.reasoning ?? DEFAULT_USAGE.reasoning,
        },
        total_tokens: input + output,
      },
    },
  };
}

/** How the connection goes on after the last event. */
export type StreamEnd = "close" | "cut" | "hang";

/** One answer as it goes over the wire. */
export interface ModelStream {
  /** Whole server-sent events, one after the other. */
  readonly frames: readonly string[];
  readonly end: StreamEnd;
}

/** The server-sent events of one reply and what follows them. */
export function streamOf(reply: ScriptReply, responseId: string): ModelStream {
  const { events, end } = eventsOf(reply, responseId);
  const frames = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return { frames, end };
}

function eventsOf(
  reply: ScriptReply,
  responseId: string,
): { events: StreamEvent[]; end: StreamEnd } {
  const created = { type: "response.created", response: { id: responseId } };
  const items = (reply.items ?? []).flatMap((item, index) =>
    itemEvents(item, { id: `${responseId}_${index}`, index })
  );
  if (reply.cut === "headers") return { events: [], end: "cut" };
  if (reply.cut === "created") return { events: [created], end: "cut" };
  if (reply.hang === "created") return { events: [created], end: "hang" };
  if (reply.cut === "mid") {
    const deltas = items.filter((event) => event.type === "response.output_text.delta").length;
    const events = [created, ...items.slice(0, 1 + Math.ceil(deltas / 2))];
    return { events, end: "cut" };
  }
  if (reply.cut === "items") return { events: [created, ...items], end: "cut" };
  if (reply.hang === "items") return { events: [created, ...items], end: "hang" };
  const closing = closingEvent(reply, responseId);
  return { events: [created, ...items, ...(closing ? [closing] : [])], end: "close" };
}

/** Whether the agent's turn is over with this reply: the model spoke and asked for nothing. */
export function endsTurn(reply: ScriptReply): boolean {
  const asks = (reply.items ?? []).some((item) =>
    "exec" in item || "patch" in item || "call" in item
  );
  const broken = reply.http ?? reply.cut ?? reply.hang ?? reply.failed ?? reply.incomplete ??
    reply.unfinished;
  return !asks && broken === undefined;
}
