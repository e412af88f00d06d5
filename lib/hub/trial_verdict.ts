/** What a trial turn of an agent says of it, in words. Pure. */

import { duration, oneLine, plural } from "../base/text.ts";
import type { Posture } from "../engine/ports.ts";
import { AGENT_ERROR_POLICY } from "../engine/recovery.ts";
import type { AgentError, AgentErrorKind, Usage } from "../engine/turn.ts";
import type { TurnTold } from "./turn_runner.ts";

/** What the agent is asked for, and what its answer must hold. */
export const TRIAL_WORD = "ready";
/** Enough of a wrong answer to see what it is. */
const ANSWER_CHARACTERS_MAX = 200;

/** A trial as far as it went. */
export interface Tried {
  readonly agent: string;
  /** Null when it was not even opened. */
  readonly posture: Posture | null;
  readonly seconds: number;
  readonly usage: Usage | null;
}

export interface Trial extends Tried {
  readonly works: boolean;
  /** For people. */
  readonly verdict: string;
  /** What a person can do about it; null when nothing has to be done. */
  readonly next: string | null;
}

/** `interrupted`: a person broke it off. */
export interface Failure extends Omit<AgentError, "kind"> {
  readonly kind: AgentErrorKind | "interrupted";
  /** The agent's own advice. */
  readonly hint?: string;
}

/** Why a turn was no answer; null when it completed. @param seconds The time it had. */
export function failureOf(told: TurnTold, seconds: number, asked: boolean): Failure | null {
  if (told.result === "completed" && told.error === null) return null;
  if (asked) return { kind: "interrupted", message: "It was broken off before it answered" };
  if (told.error?.kind === "timeout") {
    return { kind: "timeout", message: `It did not answer within ${duration(seconds * 1000)}` };
  }
  return told.error ?? { kind: "crashed", message: `The turn was ${told.result}` };
}

export function failed(tried: Tried, { kind, message, hint }: Failure): Trial {
  const why = MEANS[kind] === null ? "" : `${MEANS[kind]}. `;
  const head = kind === "interrupted" ? "was not tried to the end" : "does not work";
  return {
    ...tried,
    works: false,
    verdict: `${tried.agent} ${head}: ${why}${message.replace(/[.]?$/, ".")}`,
    next: hint ?? NEXT[kind],
  };
}

/** In front of the agent's own sentence, where that does not say it all. */
const MEANS = {
  auth: AGENT_ERROR_POLICY.auth.means,
  quota: AGENT_ERROR_POLICY.quota.means,
  overloaded: AGENT_ERROR_POLICY.overloaded.means,
  context_full: AGENT_ERROR_POLICY.context_full.means,
  network: AGENT_ERROR_POLICY.network.means,
  silent: AGENT_ERROR_POLICY.silent.means,
  timeout: null,
  crashed: AGENT_ERROR_POLICY.crashed.means,
  protocol: AGENT_ERROR_POLICY.protocol.means,
  refused: null,
  interrupted: null,
} as const satisfies Record<Failure["kind"], string | null>;

/** What to do, where no run waits for it. */
const NEXT = {
  auth: "Log in with the agent's own program, then try again.",
  quota: "Wait for the reset, or use another agent.",
  overloaded: "Try again later.",
  context_full: "Give the agent a model with room for more than one sentence.",
  network: "Check the network and the address of the model's service.",
  silent: "Try again with more time: --seconds.",
  timeout: "Try again with more time: --seconds.",
  crashed: "Start the agent's program by hand and see what it says.",
  protocol: 'Check the agent\'s version with "car agents".',
  refused: 'Mend the agent\'s settings: "car config show --origin" tells where they stand.',
  interrupted: null,
} as const satisfies Record<Failure["kind"], string | null>;

/** @param said All that the agent wrote. @param files How many it left in its empty folder. */
export function judged(tried: Tried, said: string, files: number): Trial {
  const { agent, seconds } = tried;
  if (!new RegExp(`\\b${TRIAL_WORD}\\b`, "i").test(said)) {
    const answer = said.trim() === ""
      ? "its turn completed without a word"
      : `it answered "${oneLine(said, ANSWER_CHARACTERS_MAX)}"`;
    return {
      ...tried,
      works: false,
      verdict: `${agent} can be reached, but ${answer} where "${TRIAL_WORD}" was asked for.`,
      next: "See whether that is a message about its login or its model.",
    };
  }
  const left = files === 0
    ? ""
    : ` It left ${plural(files, "file")} although it was told to change nothing.`;
  const after = duration(seconds * 1000);
  const verdict = `${agent} works: it answered "${TRIAL_WORD}" after ${after}.${left}`;
  return { ...tried, works: true, verdict, next: null };
}
