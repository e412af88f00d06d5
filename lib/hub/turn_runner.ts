/**
 * Runs one turn of an agent under watch: passes on what it tells, keeps the tally, steers once near a
 * soft limit, and ends the turn at a hard one, in silence, or when asked. Always ends by itself.
 */

import type { Redactor } from "../adapters/process/redact.ts";
import type { Clock } from "../base/clock.ts";
import { duration } from "../base/text.ts";
import {
  checkLimits,
  foldAnswered,
  foldTally,
  foldTime,
  foldTold,
  type LimitSettings,
  NEW_TALLY,
  silenceDueMs,
  type SilenceSettings,
  type Spent,
  type Tally,
} from "../engine/limits.ts";
import type { AgentThread, TurnInput } from "../engine/ports.ts";
import {
  type AgentError,
  type Answer,
  NO_USAGE,
  type TurnEvent,
  type TurnResult,
  type Usage,
} from "../engine/turn.ts";
import { CleanTold } from "./clean_told.ts";
import { withoutSecrets } from "./secrets.ts";

/** How often time alone is looked at, in milliseconds: a limit in minutes is late by this at most. */
const WATCH_MS = 1_000;

/** Longest wait for an agent's `ended` after it was asked to end: both steps of the stop ladder, and some. */
export const END_WAIT_MS = 15_000;

export interface TurnWatch {
  readonly clock: Clock;
  /** Knows what is taken out of everything the agent tells. */
  readonly secrets: Redactor;
  readonly limits: LimitSettings;
  readonly spent: Spent;
  readonly silence: SilenceSettings;
  /** Longest turn, whatever happens in it. */
  readonly turnSeconds: number;
  /** Ends the agent's processes by force, when it does not end when asked. */
  readonly kill: () => Promise<void>;
  /** Answers a request of the agent; always resolves. Absent: every request is denied. */
  readonly answer?: (asked: Asked, over: AbortSignal) => Promise<Answer>;
}

/** What an agent waits for an answer to. */
type Asked = Extract<TurnEvent, { type: "approval" | "question" }>;

export interface TurnTold {
  readonly result: TurnResult;
  readonly error: AgentError | null;
  readonly usage: Usage;
  /** The agent's last whole text. */
  readonly lastText: string;
  /** The hard limit that ended it, in words. */
  readonly limit: string | null;
}

/** Why CAR itself ended a turn. */
type Cause =
  | { readonly type: "asked" }
  | { readonly type: "limit"; readonly words: string }
  | { readonly type: "error"; readonly error: AgentError };

/** One turn in the making. */
interface Watched {
  tally: Tally;
  cause: Cause | null;
  usage: Usage;
  lastText: string;
  ended: Extract<TurnEvent, { type: "ended" }> | null;
}

/**
 * @param sink Sees every event once, in order and without secrets; a piece of a text may be late, and cut
 * elsewhere.
 * @returns Without secrets too.
 * @param signal Abort ends the turn politely.
 */
export async function runTurn(
  thread: AgentThread,
  input: TurnInput,
  watch: TurnWatch,
  sink: (event: TurnEvent) => void,
  signal: AbortSignal,
): Promise<TurnTold> {
  const startedMs = watch.clock.elapsed();
  const elapsed = () => watch.clock.elapsed() - startedMs;
  const seen: Watched = {
    tally: NEW_TALLY,
    cause: null,
    usage: NO_USAGE,
    lastText: "",
    ended: null,
  };
  const stop = new AbortController();
  const end = (cause: Cause) => {
    seen.cause ??= cause;
    stop.abort();
  };
  const onAbort = () => end({ type: "asked" });
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();

  const over = new AbortController();
  const clean = new CleanTold(watch.secrets, sink);
  const reading = read(thread, input, seen, stop.signal, (event) => {
    seen.tally = foldTally(seen.tally, event, elapsed());
    clean.take(event);
    if (event.type === "approval" || event.type === "question") {
      answerFor(thread, watch, event, over.signal, () => {
        seen.tally = foldAnswered(seen.tally, event.requestId, elapsed());
      });
    }
    consider(thread, watch, seen, end);
  }).finally(() => over.abort());
  const watching = keepWatch(
    watch,
    seen,
    elapsed,
    end,
    () => consider(thread, watch, seen, end),
    over.signal,
  );
  const late = endInTime(watch, stop.signal, over.signal);
  await Promise.race([reading, late]);
  over.abort();
  signal.removeEventListener("abort", onAbort);
  await watching;
  clean.close();
  return withoutSecrets(told(seen), watch.secrets);
}

async function read(
  thread: AgentThread,
  input: TurnInput,
  seen: Watched,
  signal: AbortSignal,
  take: (event: TurnEvent) => void,
): Promise<void> {
  try {
    for await (const event of thread.turn(input, signal)) {
      if (event.type === "usage") seen.usage = event.usage;
      if (event.type === "text") seen.lastText = event.text;
      if (event.type === "ended") seen.ended = event;
      take(event);
      if (event.type === "ended") return;
    }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    seen.ended = { type: "ended", result: "failed", error: { kind: "protocol", message } };
  }
}

const DENIED: Answer = {
  type: "no",
  reason: "Nobody is there to answer; ask with DISPATCH.md if you cannot go on without it",
};

/** Brings the answer to the agent; from then on silence counts again. */
function answerFor(
  thread: AgentThread,
  watch: TurnWatch,
  asked: Asked,
  over: AbortSignal,
  answered: () => void,
): void {
  const answer = watch.answer?.(asked, over) ?? Promise.resolve(DENIED);
  answer.then((it) => thread.answer(asked.requestId, it)).catch(() => {}).finally(answered);
}

/** Steers near a soft limit, ends at a hard one. */
function consider(
  thread: AgentThread,
  watch: TurnWatch,
  seen: Watched,
  end: (cause: Cause) => void,
): void {
  if (seen.ended !== null) return;
  const answer = checkLimits(seen.tally, watch.spent, watch.limits);
  if (answer.type === "hard") end({ type: "limit", words: answer.words });
  if (answer.type === "soft") {
    seen.tally = foldTold(seen.tally, answer.which);
    // An agent that cannot be steered meets the hard limit instead.
    thread.steer(answer.advice).catch(() => false);
  }
}

/** Looks at time until the turn is over: limits in minutes, silence, the longest turn. */
async function keepWatch(
  watch: TurnWatch,
  seen: Watched,
  elapsed: () => number,
  end: (cause: Cause) => void,
  look: () => void,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    const due = silenceDueMs(seen.tally, watch.silence);
    const wait = due === null ? WATCH_MS : Math.min(Math.max(due.atMs - elapsed(), 1), WATCH_MS);
    const rested = await watch.clock.sleep(wait, over).then(() => true, () => false);
    if (!rested) return;
    seen.tally = foldTime(seen.tally, elapsed());
    look();
    const error = overdue(watch, seen.tally);
    if (error !== null) end({ type: "error", error });
  }
}

function overdue(watch: TurnWatch, tally: Tally): AgentError | null {
  if (tally.elapsedMs >= watch.turnSeconds * 1000) {
    return {
      kind: "timeout",
      message: `The turn took longer than ${
        duration(watch.turnSeconds * 1000)
      } (limits.turn_seconds)`,
    };
  }
  const due = silenceDueMs(tally, watch.silence);
  if (due === null || tally.elapsedMs < due.atMs) return null;
  return due.why === "network"
    ? {
      kind: "network",
      message: `The agent waited for its network longer than ${
        duration(watch.silence.networkSeconds * 1000)
      } (limits.network_wait_seconds)`,
    }
    : {
      kind: "silent",
      message: `Nothing came from the agent for ${
        duration(watch.silence.silenceSeconds * 1000)
      } (limits.silence_seconds)`,
    };
}

/** Resolves when an agent that was asked to end has not, and its processes have been ended by force. */
async function endInTime(watch: TurnWatch, asked: AbortSignal, over: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onOver = () => resolve();
  over.addEventListener("abort", onOver, { once: true });
  const onAsked = () =>
    watch.clock.sleep(END_WAIT_MS, over).then(() => watch.kill(), () => {}).finally(resolve);
  asked.addEventListener("abort", onAsked, { once: true });
  if (asked.aborted) onAsked();
  await promise;
}

function told(seen: Watched): TurnTold {
  const { cause, ended, usage, lastText } = seen;
  const base = { usage, lastText, limit: null };
  // A turn that finished all the same while it was asked to end has finished.
  if (ended?.result === "completed") return { ...base, result: "completed", error: null };
  if (cause?.type === "limit") {
    return { ...base, result: "interrupted", error: null, limit: cause.words };
  }
  if (cause?.type === "error") return { ...base, result: "failed", error: cause.error };
  if (cause?.type === "asked") {
    return { ...base, result: ended === null ? "lost" : "interrupted", error: null };
  }
  if (ended === null) {
    return {
      ...base,
      result: "lost",
      error: { kind: "crashed", message: "The agent's stream ended without a word" },
    };
  }
  return { ...base, result: ended.result, error: ended.error };
}
