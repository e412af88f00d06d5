/**
 * Reads the notifications of one Codex turn as CAR's events. Pure: a fold over what came, with no
 * clock and no wire. Deltas may be lost; the completed item is the truth, and what is still open
 * when the turn ends is closed here.
 */

import { NO_USAGE, type RateWindow, type TurnEvent, type Usage } from "../../engine/turn.ts";
import { agentErrorOf } from "./errors.ts";
import { isTool, toolAbandoned, toolFinished, toolStarted, wordsOf } from "./items.ts";
import { NOTIFICATIONS, type ThreadItem, type Turn } from "./protocol.gen.ts";

type Name = keyof typeof NOTIFICATIONS;
type Breakdown = Readonly<
  Record<"inputTokens" | "cachedInputTokens" | "outputTokens" | "reasoningOutputTokens", number>
>;
/** One window as Codex tells it: the reset in Unix seconds. */
interface Window {
  readonly usedPercent: number;
  readonly windowDurationMins?: number | null | undefined;
  readonly resetsAt?: number | null | undefined;
}

/** The account's name when Codex gives none. */
const ACCOUNT = "codex";
const USED_UP_PERCENT = 100;
const SECOND_MS = 1000;

const usageOf = (tokens: Breakdown): Usage => ({
  input: tokens.inputTokens,
  cached: tokens.cachedInputTokens,
  output: tokens.outputTokens,
  reasoning: tokens.reasoningOutputTokens,
});

const minus = (a: Usage, b: Usage): Usage => ({
  input: Math.max(0, a.input - b.input),
  cached: Math.max(0, a.cached - b.cached),
  output: Math.max(0, a.output - b.output),
  reasoning: Math.max(0, a.reasoning - b.reasoning),
});

function windowOf(name: string, window: Window | null | undefined): RateWindow[] {
  if (window === null || window === undefined) return [];
  return [{
    name,
    usedPercent: window.usedPercent,
    windowMinutes: window.windowDurationMins ?? null,
    resetsAtMs: typeof window.resetsAt === "number" ? window.resetsAt * SECOND_MS : null,
  }];
}

/** When an account that is used up is back: the latest reset of its used-up windows, else of any. */
function resetOf(windows: readonly RateWindow[]): number | null {
  const usedUp = windows.filter((window) => window.usedPercent >= USED_UP_PERCENT);
  const times = (usedUp.length > 0 ? usedUp : windows).flatMap(({ resetsAtMs }) =>
    resetsAtMs === null ? [] : [resetsAtMs]
  );
  return times.length === 0 ? null : Math.max(...times);
}

export const isRead = (method: string): method is Name => Object.hasOwn(NOTIFICATIONS, method);

/** The reader of one turn. Feed it every notification of its thread, and those without a thread. */
export class TurnReader {
  readonly #turnId: string;
  readonly #now: () => number;
  readonly #open = new Set<string>();
  #usageBefore: Usage | null = null;
  #windows: readonly RateWindow[] = [];
  #hasEnded = false;

  /**
   * @param turnId Codex's id of the turn; what belongs to another turn is passed over.
   * @param now Wall time, for a quota's reset that is told without its date.
   */
  constructor(turnId: string, now: () => number) {
    this.#turnId = turnId;
    this.#now = now;
  }

  /** Whether `ended` was told. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * What the notification means; nothing for one that CAR does not read.
   * @throws {Error} when the parameters are not those of the protocol.
   */
  read(method: string, params: unknown): TurnEvent[] {
    if (!isRead(method) || this.#hasEnded) return [];
    const read: Readonly<Record<Name, (params: unknown) => TurnEvent[]>> = this.#readers;
    return read[method](params);
  }

  /** The end of the turn as its record tells it, when the notification was lost. */
  readRecord(turn: Turn): TurnEvent[] {
    if (turn.id !== this.#turnId || this.#hasEnded) return [];
    return this.#end(turn);
  }

  readonly #readers = {
    "error": (params: unknown) => {
      const { turnId, willRetry, error } = NOTIFICATIONS["error"].parse(params);
      // What is not retried comes again as the turn's own error, with its kind.
      return turnId === this.#turnId && willRetry ? this.#retrying(error.message) : [];
    },
    "warning": (params: unknown) => notice(NOTIFICATIONS["warning"].parse(params).message),
    "configWarning": () => [],
    "thread/status/changed": () => [],
    "thread/tokenUsage/updated": (params: unknown) => {
      const { turnId, tokenUsage } = NOTIFICATIONS["thread/tokenUsage/updated"].parse(params);
      if (turnId !== this.#turnId) return [];
      const total = usageOf(tokenUsage.total);
      // Codex counts per thread; before the first model call of a turn lies what earlier turns used.
      this.#usageBefore ??= minus(total, usageOf(tokenUsage.last));
      return [usage(minus(total, this.#usageBefore), tokenUsage.modelContextWindow ?? null)];
    },
    "turn/started": () => [],
    "turn/completed": (params: unknown) => {
      const { turn } = NOTIFICATIONS["turn/completed"].parse(params);
      return turn.id === this.#turnId ? this.#end(turn) : [];
    },
    "turn/plan/updated": (params: unknown) => {
      const { turnId, plan } = NOTIFICATIONS["turn/plan/updated"].parse(params);
      if (turnId !== this.#turnId) return [];
      return [plans(plan.map(({ step, status }) => ({ text: step, status })))];
    },
    "item/started": (params: unknown) => {
      const { turnId, item } = NOTIFICATIONS["item/started"].parse(params);
      return turnId === this.#turnId ? this.#start(item) : [];
    },
    "item/completed": (params: unknown) => {
      const { turnId, item } = NOTIFICATIONS["item/completed"].parse(params);
      return turnId === this.#turnId ? this.#finish(item) : [];
    },
    "item/agentMessage/delta": (params: unknown) => {
      const { turnId, itemId, delta } = NOTIFICATIONS["item/agentMessage/delta"].parse(params);
      return turnId === this.#turnId ? [textDelta(itemId, delta)] : [];
    },
    "item/commandExecution/outputDelta": (params: unknown) => {
      const { turnId, itemId, delta } = NOTIFICATIONS["item/commandExecution/outputDelta"]
        .parse(params);
      return turnId === this.#turnId ? [toolOutput(itemId, delta)] : [];
    },
    "account/rateLimits/updated": (params: unknown) => {
      const { rateLimits } = NOTIFICATIONS["account/rateLimits/updated"].parse(params);
      return this.#limits(rateLimits.limitId ?? ACCOUNT, [
        ...windowOf("primary", rateLimits.primary),
        ...windowOf("secondary", rateLimits.secondary),
      ]);
    },
  } satisfies Readonly<Record<Name, (params: unknown) => TurnEvent[]>>;

  #retrying(message: string): TurnEvent[] {
    return [{ type: "status", text: message, waiting: true }];
  }

  #limits(account: string, windows: readonly RateWindow[]): TurnEvent[] {
    if (windows.length === 0) return [];
    this.#windows = windows;
    return [{ type: "rate_limit", account, windows }];
  }

  #start(item: ThreadItem): TurnEvent[] {
    if (!isTool(item)) return [];
    this.#open.add(item.id);
    return [toolStarted(item)];
  }

  #finish(item: ThreadItem): TurnEvent[] {
    if (!isTool(item)) return wordsOf(item);
    const started = this.#open.delete(item.id) ? [] : [toolStarted(item)];
    return [...started, ...toolFinished(item)];
  }

  #end(turn: Turn): TurnEvent[] {
    const ended = endedOf(turn, resetOf(this.#windows), this.#now());
    if (ended === undefined) return [];
    return this.close(ended);
  }

  /** Closes what is open and ends the turn; for ends that Codex cannot tell, too. */
  close(ended: TurnEvent & { type: "ended" }): TurnEvent[] {
    if (this.#hasEnded) return [];
    this.#hasEnded = true;
    return [...[...this.#open].map(toolAbandoned), ended];
  }
}

function endedOf(
  turn: Turn,
  resetsAtMs: number | null,
  nowMs: number,
): TurnEvent & { type: "ended" } | undefined {
  if (turn.status === "completed") return { type: "ended", result: "completed", error: null };
  if (turn.status === "interrupted") return { type: "ended", result: "interrupted", error: null };
  if (turn.status !== "failed") return undefined;
  const error = turn.error ?? { message: "The turn failed, and Codex gave no reason." };
  return { type: "ended", result: "failed", error: agentErrorOf(error, resetsAtMs, nowMs) };
}

const notice = (text: string): TurnEvent[] => [{ type: "notice", text }];
const textDelta = (id: string, text: string): TurnEvent => ({ type: "text_delta", id, text });
const toolOutput = (id: string, text: string): TurnEvent => ({ type: "tool_output", id, text });
const plans = (steps: { text: string; status: string }[]): TurnEvent => ({ type: "plan", steps });
const usage = (used: Usage, contextWindow: number | null): TurnEvent => ({
  type: "usage",
  usage: { ...NO_USAGE, ...used },
  contextWindow,
});
