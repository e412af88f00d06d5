/** Limits inside a turn and across turns: a tally folded from what the agent tells, and what it has reached. */

import { duration, thousands } from "../base/text.ts";
import { totalTokens, type TurnEvent } from "./turn.ts";

/** What is counted and bounded. Null: no limit. */
export interface LimitSettings {
  /** At this share of a limit the agent is told once; SOFT_SHARE when absent. */
  readonly softShare?: number;
  readonly turnTokens: number | null;
  readonly turnMinutes: number | null;
  readonly ticketTurns: number | null;
  readonly ticketMinutes: number | null;
  readonly ticketTokens: number | null;
  readonly runTurns: number | null;
  readonly runMinutes: number | null;
  readonly runTokens: number | null;
  /** The same tool call with the same output, so many times in a row. */
  readonly sameToolCalls: number | null;
}

export type LimitName = Exclude<keyof LimitSettings, "softShare">;

/** Near enough to a limit to bring the work to an end, far enough to have time for it. */
export const SOFT_SHARE = 0.8;

/** What was used before this turn began. */
export interface Spent {
  readonly ticketTurns: number;
  readonly ticketMs: number;
  readonly ticketTokens: number;
  readonly runTurns: number;
  readonly runMs: number;
  readonly runTokens: number;
}

export const NOTHING_SPENT: Spent = {
  ticketTurns: 0,
  ticketMs: 0,
  ticketTokens: 0,
  runTurns: 0,
  runMs: 0,
  runTokens: 0,
};

/** One turn so far. All times are monotonic milliseconds since the turn began. */
export interface Tally {
  readonly elapsedMs: number;
  readonly tokens: number;
  /** Title of each tool that is at work, by its id. */
  readonly openTools: Readonly<Record<string, string>>;
  /** Approvals and questions nobody has answered. */
  readonly asked: readonly string[];
  /** Title and output of the last finished call; null before the first. */
  readonly lastCall: { readonly title: string; readonly output: string } | null;
  /** How often it came in a row. */
  readonly sameCalls: number;
  /** When something last came that is progress. */
  readonly progressAtMs: number;
  /** Since when the agent waits for its network; null when it does not. */
  readonly waitingSinceMs: number | null;
  /** Soft limits the agent has been told of. */
  readonly told: readonly LimitName[];
}

export const NEW_TALLY: Tally = {
  elapsedMs: 0,
  tokens: 0,
  openTools: {},
  asked: [],
  lastCall: null,
  sameCalls: 0,
  progressAtMs: 0,
  waitingSinceMs: null,
  told: [],
};

/** Whether an event shows that the turn goes on. Heartbeats and notices must not keep a dead turn alive. */
const IS_PROGRESS = {
  text_delta: true,
  text: true,
  reasoning: true,
  plan: true,
  tool_started: true,
  tool_output: true,
  tool_finished: true,
  file_change: true,
  usage: true,
  approval: true,
  question: true,
  ended: true,
  rate_limit: false,
  status: false,
  notice: false,
} as const satisfies Record<TurnEvent["type"], boolean>;

/** The tally after one more event. */
export function foldTally(tally: Tally, event: TurnEvent, elapsedMs: number): Tally {
  const nowMs = Math.max(tally.elapsedMs, elapsedMs);
  const next: Tally = IS_PROGRESS[event.type]
    ? { ...tally, elapsedMs: nowMs, progressAtMs: nowMs, waitingSinceMs: null }
    : { ...tally, elapsedMs: nowMs };
  switch (event.type) {
    case "usage":
      return { ...next, tokens: Math.max(next.tokens, totalTokens(event.usage)) };
    case "tool_started":
      return { ...next, openTools: { ...next.openTools, [event.id]: event.title } };
    case "tool_finished":
      return foldFinished(next, event.id, event.output);
    case "approval":
    case "question":
      return { ...next, asked: [...next.asked, event.requestId] };
    case "status":
      return event.waiting ? { ...next, waitingSinceMs: next.waitingSinceMs ?? nowMs } : next;
    case "ended":
      return { ...next, openTools: {}, asked: [] };
    default:
      return next;
  }
}

function foldFinished(tally: Tally, id: string, output: string): Tally {
  // An id may be any word, those of Object's prototype too.
  const title = Object.hasOwn(tally.openTools, id) ? tally.openTools[id] ?? "" : "";
  const { [id]: _closed, ...openTools } = tally.openTools;
  const last = tally.lastCall;
  const same = title !== "" && last?.title === title && last.output === output;
  return {
    ...tally,
    openTools,
    lastCall: { title, output },
    sameCalls: same ? tally.sameCalls + 1 : 1,
  };
}

/** The tally after a request was answered: from here on silence counts again. */
export function foldAnswered(tally: Tally, requestId: string, elapsedMs: number): Tally {
  const nowMs = Math.max(tally.elapsedMs, elapsedMs);
  const asked = tally.asked.filter((id) => id !== requestId);
  return { ...tally, asked, elapsedMs: nowMs, progressAtMs: nowMs };
}

/** The tally after time alone has passed. */
export function foldTime(tally: Tally, elapsedMs: number): Tally {
  return { ...tally, elapsedMs: Math.max(tally.elapsedMs, elapsedMs) };
}

/** The tally after the agent was told of a soft limit, so that it is told once. */
export function foldTold(tally: Tally, which: LimitName): Tally {
  return tally.told.includes(which) ? tally : { ...tally, told: [...tally.told, which] };
}

const MINUTE_MS = 60_000;
const minutes = (value: number): string => duration(value * MINUTE_MS);

interface LimitRow {
  /** In the unit of the setting, this turn included. */
  readonly reached: (tally: Tally, spent: Spent) => number;
  /** `%` stands for the number with its unit. */
  readonly words: string;
  readonly show: (value: number) => string;
  /** Turns are counted between turns: the last one allowed may be finished. */
  readonly within: boolean;
}

/** One row a limit, in the order in which they are looked at. */
export const LIMITS = {
  sameToolCalls: {
    reached: (tally) => tally.sameCalls,
    words: "% identical tool calls in a row",
    show: thousands,
    within: true,
  },
  turnTokens: {
    reached: (tally) => tally.tokens,
    words: "% tokens in this turn",
    show: thousands,
    within: true,
  },
  turnMinutes: {
    reached: (tally) => tally.elapsedMs / MINUTE_MS,
    words: "% in this turn",
    show: minutes,
    within: true,
  },
  ticketTokens: {
    reached: (tally, spent) => spent.ticketTokens + tally.tokens,
    words: "% tokens on this ticket",
    show: thousands,
    within: true,
  },
  ticketMinutes: {
    reached: (tally, spent) => (spent.ticketMs + tally.elapsedMs) / MINUTE_MS,
    words: "% on this ticket",
    show: minutes,
    within: true,
  },
  ticketTurns: {
    reached: (_, spent) => spent.ticketTurns,
    words: "% turns on this ticket",
    show: thousands,
    within: false,
  },
  runTokens: {
    reached: (tally, spent) => spent.runTokens + tally.tokens,
    words: "% tokens in this run",
    show: thousands,
    within: true,
  },
  runMinutes: {
    reached: (tally, spent) => (spent.runMs + tally.elapsedMs) / MINUTE_MS,
    words: "% in this run",
    show: minutes,
    within: true,
  },
  runTurns: {
    reached: (_, spent) => spent.runTurns,
    words: "% turns in this run",
    show: thousands,
    within: false,
  },
} as const satisfies Record<LimitName, LimitRow>;

const LIMIT_NAMES = Object.keys(LIMITS) as LimitName[];

export type LimitAnswer =
  | { readonly type: "none" }
  | {
    readonly type: "soft";
    readonly which: LimitName;
    readonly reached: number;
    readonly limit: number;
    /** What to say into the running turn. */
    readonly advice: string;
  }
  | {
    readonly type: "hard";
    readonly which: LimitName;
    readonly reached: number;
    readonly limit: number;
    /** For people, e.g. `50,000 tokens in this turn reached (limit 40,000)`. */
    readonly words: string;
  };

/** What a running turn has reached: a hard limit before a soft one, each soft one once (`foldTold`). */
export function checkLimits(tally: Tally, spent: Spent, settings: LimitSettings): LimitAnswer {
  const share = settings.softShare ?? SOFT_SHARE;
  let soft: LimitAnswer = { type: "none" };
  for (const which of LIMIT_NAMES) {
    const limit = settings[which];
    if (limit === null || !LIMITS[which].within) continue;
    const reached = LIMITS[which].reached(tally, spent);
    if (reached >= limit) return hard(which, reached, limit);
    const near = reached >= softFrom(which, limit, share) && reached > 0;
    if (soft.type === "none" && near && !tally.told.includes(which)) {
      soft = { type: "soft", which, reached, limit, advice: advice(which, reached, limit) };
    }
  }
  return soft;
}

/** One call is no repetition yet; of a few, the one before the last is told. */
const softFrom = (which: LimitName, limit: number, share: number): number =>
  which === "sameToolCalls" ? Math.max(2, Math.floor(limit * share)) : limit * share;

/** Whether another turn may begin: `hard` when what was spent has reached a limit. */
export function checkBeforeTurn(spent: Spent, settings: LimitSettings): LimitAnswer {
  for (const which of LIMIT_NAMES) {
    const limit = settings[which];
    if (limit === null) continue;
    const reached = LIMITS[which].reached(NEW_TALLY, spent);
    if (reached >= limit) return hard(which, reached, limit);
  }
  return { type: "none" };
}

function hard(which: LimitName, reached: number, limit: number): LimitAnswer {
  const { words, show } = LIMITS[which];
  return {
    type: "hard",
    which,
    reached,
    limit,
    words: `${words.replace("%", show(reached))} reached (limit ${show(limit)})`,
  };
}

function advice(which: LimitName, reached: number, limit: number): string {
  const { words, show } = LIMITS[which];
  const fact = `${words.replace("%", show(reached))}; CAR ends the turn at ${show(limit)}.`;
  const what = which === "sameToolCalls"
    ? "The last call gave the same result again. Try another way, or write DISPATCH.md if you are stuck."
    : "Bring the work to a state that can be picked up again, and write down in the ticket what is left.";
  return `Note from CAR: ${fact} ${what}`;
}

export interface SilenceSettings {
  /** Longest time without progress while no tool is open. */
  readonly silenceSeconds: number;
  /** Longest time the agent may wait for its network. */
  readonly networkSeconds: number;
}

/**
 * When the turn counts as silent, if nothing more comes.
 *
 * @returns Monotonic milliseconds since the turn began; null while a tool is at work or a person is
 * asked: those have limits of their own.
 */
export function silenceDueMs(
  tally: Tally,
  settings: SilenceSettings,
): { readonly atMs: number; readonly why: "silent" | "network" } | null {
  if (tally.asked.length > 0) return null;
  if (tally.waitingSinceMs !== null) {
    return { atMs: tally.waitingSinceMs + settings.networkSeconds * 1000, why: "network" };
  }
  if (Object.keys(tally.openTools).length > 0) return null;
  return { atMs: tally.progressAtMs + settings.silenceSeconds * 1000, why: "silent" };
}
