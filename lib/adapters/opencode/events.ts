/**
 * Reads what OpenCode tells of one turn as CAR's events. Pure: a fold over what came, with no clock
 * and no wire. Events may be lost; the session's record repeats them, and what was told already is
 * not told again.
 */

import { NO_USAGE, type TurnEvent, type Usage } from "../../engine/turn.ts";
import { agentErrorOf, finishError, isAborted } from "./errors.ts";
import { printedBy, toolAbandoned, toolFinished, toolStarted } from "./parts.ts";
import type { EventOf, MessageInfo, Messages, NamedError, Part, ServerEvent } from "./protocol.ts";

export type Ended = TurnEvent & { type: "ended" };

/** What the reader must know of the turn. */
export interface TurnOfSession {
  readonly sessionId: string;
  /** The prompt's own. Only what is younger belongs to the turn; ids are ordered by time. */
  readonly messageId: string;
  /** How many tokens fit into a model, or null. */
  contextOf(provider: string, model: string): number | null;
}

/** A tool call that is open, and how much of its output was told. */
interface OpenTool {
  printed: string;
}

const OVER: ReadonlySet<string> = new Set(["completed", "error"]);

/** OpenCode counts what came from the cache, and what was thought, apart from the rest. */
function usageOf(tokens: NonNullable<Part["tokens"]>): Usage {
  const { input, output, reasoning, cache } = tokens;
  return {
    input: input + cache.read + cache.write,
    cached: cache.read,
    output: output + reasoning,
    reasoning,
  };
}

const plus = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  cached: a.cached + b.cached,
  output: a.output + b.output,
  reasoning: a.reasoning + b.reasoning,
});

export class TurnReader {
  readonly #turn: TurnOfSession;
  readonly #messages = new Map<string, MessageInfo>();
  readonly #tools = new Map<string, OpenTool>();
  /** Parts of text that are being written. */
  readonly #writing = new Set<string>();
  /** Parts that were told whole. */
  readonly #told = new Set<string>();
  #usage: Usage = NO_USAGE;
  #costUsd = 0;
  #error: NamedError | null = null;
  #hasEnded = false;

  constructor(turn: TurnOfSession) {
    this.#turn = turn;
  }

  /** Whether there is an answer, or the reason why there is none. */
  get hasBegun(): boolean {
    return this.#error !== null || this.#answers().length > 0;
  }

  /** What the event means. Feed it only events of the turn's own session. */
  read(event: ServerEvent): TurnEvent[] {
    if (this.#hasEnded) return [];
    switch (event.type) {
      case "message.updated":
        this.#readMessage(event.data.info);
        return [];
      case "message.part.updated":
        return this.#readPart(event.data.part);
      case "message.part.delta":
        return this.#readDelta(event.data);
      case "session.error":
        this.#error ??= event.data.error ?? null;
        return [];
      case "session.compacted":
        return [{ type: "notice", text: "OpenCode summarised the session to make room." }];
      case "todo.updated":
        return [{
          type: "plan",
          steps: event.data.todos.map(({ content, status }) => ({ text: content, status })),
        }];
      default:
        return [];
    }
  }

  /** The session's record, after events may have been lost. */
  readRecord(messages: Messages): TurnEvent[] {
    if (this.#hasEnded) return [];
    for (const { info } of messages) this.#readMessage(info);
    return messages.flatMap(({ parts }) => parts.flatMap((part) => this.#readPart(part)));
  }

  /** How the turn ended, when its session is idle. @param nowMs Wall time. */
  outcome(nowMs: number): Ended {
    const last = this.#answers().at(-1);
    // An error may be told of the session before the message that carries it; one that is told
    // after a whole answer is of an earlier turn.
    const error = last?.error ?? (last?.finish === undefined ? this.#error : null);
    if (error !== null) return failedBy(error, nowMs);
    if (last === undefined) {
      const message = "OpenCode ended the turn without an answer.";
      return { type: "ended", result: "failed", error: { kind: "protocol", message } };
    }
    const cut = finishError(last.finish);
    if (cut !== null) return { type: "ended", result: "failed", error: cut };
    return { type: "ended", result: "completed", error: null };
  }

  /** Closes what is open and ends the turn. */
  close(ended: Ended): TurnEvent[] {
    if (this.#hasEnded) return [];
    this.#hasEnded = true;
    return [...[...this.#tools.keys()].map(toolAbandoned), ended];
  }

  #answers(): MessageInfo[] {
    return [...this.#messages.values()].filter((it) => it.role === "assistant")
      .sort((a, b) => a.id < b.id ? -1 : 1);
  }

  #readMessage(info: MessageInfo): void {
    if (info.id > this.#turn.messageId) this.#messages.set(info.id, info);
  }

  /** Whether the agent said it, in this turn, and to the person: a summary is for itself. */
  #isAnswer(messageId: string): boolean {
    if (messageId <= this.#turn.messageId) return false;
    const info = this.#messages.get(messageId);
    return info === undefined || (info.role === "assistant" && info.summary !== true);
  }

  #readPart(part: Part): TurnEvent[] {
    if (!this.#isAnswer(part.messageID) || this.#told.has(part.id)) return [];
    switch (part.type) {
      case "text":
      case "reasoning":
        return this.#readWords(part, part.type);
      case "tool":
        return this.#readTool(part);
      case "step-finish":
        return this.#readStep(part);
      default:
        return [];
    }
  }

  #readWords(part: Part, type: "text" | "reasoning"): TurnEvent[] {
    if (part.time?.end === undefined) {
      if (type === "text") this.#writing.add(part.id);
      return [];
    }
    this.#writing.delete(part.id);
    this.#told.add(part.id);
    const text = part.text ?? "";
    return text.trim() === "" ? [] : [{ type, id: part.id, text }];
  }

  #readDelta(delta: EventOf<"message.part.delta">): TurnEvent[] {
    if (delta.field !== "text" || !this.#writing.has(delta.partID)) return [];
    return [{ type: "text_delta", id: delta.partID, text: delta.delta }];
  }

  #readTool(part: Part): TurnEvent[] {
    const status = part.state?.status ?? "pending";
    // Its input is still being written.
    if (status === "pending") return [];
    const known = this.#tools.get(part.id);
    const started = known === undefined ? [toolStarted(part)] : [];
    if (OVER.has(status)) {
      this.#tools.delete(part.id);
      this.#told.add(part.id);
      return [...started, ...toolFinished(part)];
    }
    const tool = known ?? { printed: "" };
    this.#tools.set(part.id, tool);
    return [...started, ...this.#readOutput(part, tool)];
  }

  /** The output comes whole each time; what was cut off at its beginning cannot be told as news. */
  #readOutput(part: Part, tool: OpenTool): TurnEvent[] {
    const printed = printedBy(part);
    const isLonger = printed.length > tool.printed.length && printed.startsWith(tool.printed);
    const text = isLonger ? printed.slice(tool.printed.length) : "";
    tool.printed = printed;
    return text === "" ? [] : [{ type: "tool_output", id: part.id, text }];
  }

  #readStep(part: Part): TurnEvent[] {
    this.#told.add(part.id);
    if (part.tokens === undefined) return [];
    this.#usage = plus(this.#usage, usageOf(part.tokens));
    this.#costUsd += part.cost ?? 0;
    const info = this.#messages.get(part.messageID);
    const contextWindow = this.#turn.contextOf(info?.providerID ?? "", info?.modelID ?? "");
    return [{ type: "usage", usage: this.#usage, contextWindow, costUsd: this.#costUsd }];
  }
}

function failedBy(error: NamedError, nowMs: number): Ended {
  // Nobody but CAR aborts a session of CAR's; it then knows of it. A person at the server may.
  if (isAborted(error)) return { type: "ended", result: "interrupted", error: null };
  return { type: "ended", result: "failed", error: agentErrorOf(error, nowMs) };
}
