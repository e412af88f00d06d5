/** Reads the lines of `codex exec --json` as CAR's events. Pure. Fewer than the app-server tells. */

import * as z from "zod/mini";
import type { AgentError, TurnEvent, Usage } from "../../engine/turn.ts";
import { agentErrorOf } from "./errors.ts";
import { isTool, toolAbandoned, toolFinished, toolStarted, wordsOf } from "./items.ts";
import type { ThreadItem } from "./protocol.gen.ts";

const Item = z.object({
  id: z.string(),
  type: z.string(),
  text: z.nullish(z.string()),
  command: z.nullish(z.string()),
  aggregated_output: z.nullish(z.string()),
  exit_code: z.nullish(z.number()),
  status: z.nullish(z.string()),
  changes: z.nullish(z.array(z.object({ path: z.string(), kind: z.string() }))),
  server: z.nullish(z.string()),
  tool: z.nullish(z.string()),
  query: z.nullish(z.string()),
});

const Line = z.object({
  type: z.string(),
  thread_id: z.nullish(z.string()),
  message: z.nullish(z.string()),
  item: z.nullish(Item),
  error: z.nullish(z.object({ message: z.string() })),
  usage: z.nullish(z.object({
    input_tokens: z.number(),
    cached_input_tokens: z.number(),
    output_tokens: z.number(),
    reasoning_output_tokens: z.nullish(z.number()),
  })),
});

type Line = z.infer<typeof Line>;

/** `exec` tells no kind of failure: these words of its messages do. */
const KIND_BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/usage limit|quota/i, "usageLimitExceeded"],
  [/context window/i, "contextWindowExceeded"],
  [/\b401\b|\b403\b|unauthorized/i, "unauthorized"],
  [/\b429\b|too many requests/i, "rateLimitExceeded"],
  [/\b5\d\d\b|overloaded|high demand/i, "serverOverloaded"],
];

function errorOf(message: string, nowMs: number): AgentError {
  const codexErrorInfo = KIND_BY_MESSAGE.find(([words]) => words.test(message))?.[1] ?? "other";
  return agentErrorOf({ message, codexErrorInfo }, null, nowMs);
}

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function itemOf(item: z.infer<typeof Item>): ThreadItem {
  return {
    id: item.id,
    type: camelCase(item.type),
    text: item.text,
    summary: item.text ? [item.text] : [],
    command: item.command,
    aggregatedOutput: item.aggregated_output,
    exitCode: item.exit_code,
    status: item.status,
    changes: item.changes?.map(({ path, kind }) => ({ path, kind: { type: kind }, diff: "" })),
    server: item.server,
    tool: item.tool,
    query: item.query,
  };
}

const minus = (now: Usage, before: Usage): Usage => ({
  input: now.input - before.input,
  cached: now.cached - before.cached,
  output: now.output - before.output,
  reasoning: now.reasoning - before.reasoning,
});

/** The reader of one turn's lines. */
export class ExecReader {
  readonly #open = new Set<string>();
  #threadId: string | null = null;
  #total: Usage | null = null;
  #outcome: TurnEvent & { type: "ended" } | null = null;
  readonly #before: Usage | null;
  readonly #now: () => number;

  /**
   * @param before What the thread had used before this turn; null: not known.
   * @param now Wall time, for a quota's reset that is told without its date.
   */
  constructor(before: Usage | null, now: () => number) {
    this.#before = before;
    this.#now = now;
  }

  /** Codex's id of the thread, once told. */
  get threadId(): string | null {
    return this.#threadId;
  }

  /** What the thread has used, once told. */
  get total(): Usage | null {
    return this.#total;
  }

  /** What the line means; nothing when it is no event of this format. */
  read(text: string): TurnEvent[] {
    const line = parse(text);
    if (line === undefined) return [];
    const { item, usage } = line;
    switch (line.type) {
      case "thread.started":
        this.#threadId = line.thread_id ?? null;
        return [];
      case "item.started":
        return item ? this.#start(itemOf(item)) : [];
      case "item.completed":
        return item ? this.#finish(itemOf(item)) : [];
      case "turn.completed":
        this.#outcome = { type: "ended", result: "completed", error: null };
        return usage ? this.#count(usage) : [];
      case "turn.failed":
        this.#outcome = {
          type: "ended",
          result: "failed",
          error: errorOf(
            line.error?.message ?? "The turn failed, and Codex gave no reason.",
            this.#now(),
          ),
        };
        return [];
      case "error":
        // The last one comes again as the turn's own failure.
        return /^Reconnecting/.test(line.message ?? "")
          ? [{ type: "status", text: line.message ?? "", waiting: true }]
          : [];
      default:
        return [];
    }
  }

  /**
   * The turn's end, once the program is gone: as it told, else lost, or interrupted when asked for.
   * @param end How the program ended.
   */
  close(end: string, why: "asked" | "unasked" = "unasked"): TurnEvent[] {
    const lost = { kind: "crashed", message: `The Codex process ended: ${end}` } as const;
    const ended: TurnEvent = this.#outcome ??
      (why === "asked"
        ? { type: "ended", result: "interrupted", error: null }
        : { type: "ended", result: "lost", error: lost });
    return [...[...this.#open].map(toolAbandoned), ended];
  }

  #start(item: ThreadItem): TurnEvent[] {
    if (!isTool(item)) return [];
    this.#open.add(item.id);
    return [toolStarted(item)];
  }

  #finish(item: ThreadItem): TurnEvent[] {
    if (item.type === "error") return [{ type: "notice", text: item.text ?? "" }];
    if (!isTool(item)) return wordsOf(item);
    const started = this.#open.delete(item.id) ? [] : [toolStarted(item)];
    return [...started, ...toolFinished(item)];
  }

  #count(usage: NonNullable<Line["usage"]>): TurnEvent[] {
    this.#total = {
      input: usage.input_tokens,
      cached: usage.cached_input_tokens,
      output: usage.output_tokens,
      reasoning: usage.reasoning_output_tokens ?? 0,
    };
    // The line counts the whole thread: without the count before it, the turn's own is not known.
    if (this.#before === null) return [];
    return [{ type: "usage", usage: minus(this.#total, this.#before), contextWindow: null }];
  }
}

function parse(text: string): Line | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
