/**
 * The language of scripted models: what a ticket's body may ask the model to answer, and which
 * part of the script a request stands at. Pure, and without memory: all of it is read from the
 * history that the agent sends, so restarts, retries and parallel threads cannot confuse it.
 */

import * as z from "zod/mini";

const SayItem = z.strictObject({
  /** A message of the model. */
  say: z.string(),
  /** Characters a delta; 12 when absent. */
  chunk: z.optional(z.number()),
  phase: z.optional(z.string()),
});
const ThinkItem = z.strictObject({ think: z.string() });
/** A shell command, by the agent's own command tool. */
const ExecItem = z.strictObject({
  exec: z.string(),
  args: z.optional(z.record(z.string(), z.unknown())),
});
/** A patch in the agent's own format. */
const PatchItem = z.strictObject({ patch: z.string() });
/** Any other function tool. `args` as text is sent as it stands, valid JSON or not. */
const CallItem = z.strictObject({ call: z.string(), args: z.unknown() });
/** One raw stream event. */
const RawItem = z.strictObject({ raw: z.record(z.string(), z.unknown()) });

const Item = z.union([SayItem, ThinkItem, ExecItem, PatchItem, CallItem, RawItem]);
const Usage = z.strictObject({
  input: z.optional(z.number()),
  cached: z.optional(z.number()),
  output: z.optional(z.number()),
  reasoning: z.optional(z.number()),
});

const replyFields = {
  items: z.optional(z.array(Item)),
  usage: z.optional(Usage),
  /** Answers with this HTTP status and `body` instead of a stream. */
  http: z.optional(z.number()),
  headers: z.optional(z.record(z.string(), z.string())),
  body: z.optional(z.unknown()),
  /** Drops the connection before the stream, after its first event, in the middle of the first `say`, or after the items. */
  cut: z.optional(z.enum(["headers", "created", "mid", "items"])),
  /** Stops there and keeps the connection open until the client leaves or the server closes. */
  hang: z.optional(z.enum(["headers", "created", "items"])),
  /** Waits there, before the first byte, until the test calls `release` with this name. */
  hold: z.optional(z.string()),
  failed: z.optional(z.strictObject({ code: z.string(), message: z.string() })),
  /** `response.incomplete` with this reason, e.g. `max_output_tokens`. */
  incomplete: z.optional(z.string()),
  /** Ends the stream in good order, but without its closing event. */
  unfinished: z.optional(z.boolean()),
};
/** The answer to one request; with `attempts`, to the first, second, ... time it is asked. The last repeats. */
const Reply = z.strictObject({
  ...replyFields,
  attempts: z.optional(z.array(z.strictObject(replyFields))),
});
const Turn = z.strictObject({ steps: z.array(Reply) });
const Script = z.strictObject({
  /** Tells apart two tickets whose scripts are else the same. */
  id: z.optional(z.string()),
  /** One entry for each time the ticket is prompted on a thread; the last one repeats. */
  turns: z.array(Turn),
  /** What prompts that hold `phrase` before any script get in place of `turns`, e.g. those for a review of the ticket. */
  when: z.optional(z.array(z.strictObject({ phrase: z.string(), turns: z.array(Turn) }))),
});

export type ScriptItem = z.infer<typeof Item>;
export type ScriptReply = z.infer<typeof Reply>;
export type Script = z.infer<typeof Script>;

const BLOCK = /@@script\s*(\{[\s\S]*?\})\s*@@end/g;
/** How the agent under test begins the request in which it asks for a summary of the thread. */
const SUMMARY_REQUEST = "You are performing a CONTEXT CHECKPOINT COMPACTION";

/** A script as the text to put into a ticket's body. */
export function scriptBlock(script: Script): string {
  return `@@script\n${JSON.stringify(script, null, 1)}\n@@end\n`;
}

/** A script of one turn. */
export const oneTurn = (...steps: ScriptReply[]): Script => ({ turns: [{ steps }] });

/** The last script in a text: in a prompt, what comes before may quote other tickets. */
export function findScript(text: string): { key: string; script: Script } | undefined {
  const json = [...text.matchAll(BLOCK)].at(-1)?.[1];
  if (json === undefined) return undefined;
  const script = z.parse(Script, JSON.parse(json));
  const key = script.id ?? JSON.stringify(script);
  // The script itself holds the phrase, so only what stands before counts.
  const before = text.slice(0, text.search(BLOCK));
  const special = script.when?.find((it) => before.includes(it.phrase));
  if (special === undefined) return { key, script };
  return { key: `${key} (${special.phrase})`, script: { ...script, turns: special.turns } };
}

/** One entry of the history in a request, as far as it matters here. */
interface HistoryItem {
  readonly role: "user" | "model" | "tool" | "other";
  readonly text: string;
}

const MODEL_TYPES = new Set(["function_call", "custom_tool_call", "local_shell_call", "reasoning"]);
const TOOL_TYPES = new Set(["function_call_output", "custom_tool_call_output"]);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => isRecord(part) && typeof part.text === "string" ? part.text : "")
    .join("\n");
}

function historyItem(value: unknown): HistoryItem {
  if (!isRecord(value)) return { role: "other", text: "" };
  const type = String(value.type);
  const text = textOf(value.content);
  if (MODEL_TYPES.has(type)) return { role: "model", text };
  if (TOOL_TYPES.has(type)) return { role: "tool", text };
  if (value.role === "assistant") return { role: "model", text };
  return { role: value.role === "user" ? "user" : "other", text };
}

/** Counts the model's turns of speech in a stretch of history: each ends with tool output or a user's word. */
function countSteps(history: readonly HistoryItem[]): number {
  let steps = 0;
  let speaking = false;
  for (const { role } of history) {
    if (role === "model" && !speaking) steps++;
    if (role !== "other") speaking = role === "model";
  }
  return steps;
}

/** Where in which script a request stands. */
export interface ScriptPosition {
  /** The script's id, or its whole text. */
  readonly key: string;
  /** How many earlier prompts of the thread carried the same script. */
  readonly turn: number;
  /** How often the model has spoken since the prompt. */
  readonly step: number;
  readonly reply: ScriptReply;
}

const SUMMARY: ScriptPosition = {
  key: "(summary)",
  turn: 0,
  step: 0,
  reply: { items: [{ say: "Summary of the thread so far." }] },
};

/**
 * The position of a request with this `input`. A prompt without a script ("go on") continues
 * the script before it. Undefined: the thread has none at all.
 * @throws when a script is not valid.
 */
export function locate(input: unknown): ScriptPosition | undefined {
  const history = (Array.isArray(input) ? input : []).map(historyItem);
  const lastUser = history.findLast((item) => item.role === "user");
  if (lastUser?.text.startsWith(SUMMARY_REQUEST)) return SUMMARY;
  const prompts = history.flatMap((item, index) => {
    const found = item.role === "user" ? findScript(item.text) : undefined;
    return found === undefined ? [] : [{ ...found, index }];
  });
  const current = prompts.at(-1);
  if (current === undefined) return undefined;
  const turn = prompts.filter((prompt) => prompt.key === current.key).length - 1;
  const step = countSteps(history.slice(current.index + 1));
  const { turns } = current.script;
  const steps = turns[Math.min(turn, turns.length - 1)]?.steps ?? [];
  const reply = steps[Math.min(step, steps.length - 1)] ?? { items: [{ say: "ok" }] };
  return { key: current.key, turn, step, reply };
}

/** The reply with the attempt's own fields laid over it. */
export function replyOf(position: ScriptPosition, attempt: number): ScriptReply {
  const { attempts, ...rest } = position.reply;
  if (attempts === undefined) return rest;
  return { ...rest, ...attempts[Math.min(attempt, attempts.length - 1)] };
}
