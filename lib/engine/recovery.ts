/** What to do when an agent fails, when CAR itself died, and when a turn was cut off. */

import { plural } from "../base/text.ts";
import { retryDelayMs } from "./backoff.ts";
import type { AgentError, AgentErrorKind, TurnRecord } from "./turn.ts";

export type FailureAction = "retry" | "fresh" | "park" | "pause";

export interface FailurePolicy {
  readonly action: FailureAction;
  /**
   * How often `action` is tried in a row for this kind before a person is asked; never more often than
   * `FailureSettings.attemptsMax` for all kinds together. Infinity: that alone counts.
   */
  readonly attemptsMax: number;
  /** Whether the failed turn counts against the turn limits: did the agent get to work at all? */
  readonly countsAsTurn: boolean;
  /** What went wrong, in front of the agent's own sentence. */
  readonly means: string;
  /** What the person does once CAR has given up. */
  readonly next: string;
}

const GO_ON = 'then use "car resume".';

/** One row for each way a turn can fail. */
export const AGENT_ERROR_POLICY = {
  auth: {
    action: "pause",
    attemptsMax: 0,
    countsAsTurn: false,
    means: "The agent's login is missing or refused",
    next: `Log in with the agent's own program (see "car agents"), ${GO_ON}`,
  },
  quota: {
    action: "park",
    attemptsMax: Infinity,
    countsAsTurn: false,
    means: "The account is out of quota",
    next: `Wait for the reset or choose another agent, ${GO_ON}`,
  },
  overloaded: {
    action: "retry",
    attemptsMax: Infinity,
    countsAsTurn: false,
    means: "The model's service is overloaded",
    next: `Wait until the service has recovered, ${GO_ON}`,
  },
  context_full: {
    action: "fresh",
    attemptsMax: 1,
    countsAsTurn: true,
    means: "The conversation does not fit the model, not even begun anew",
    next: `Shorten the ticket or its context, or split the ticket, ${GO_ON}`,
  },
  network: {
    action: "retry",
    attemptsMax: Infinity,
    countsAsTurn: false,
    means: "There is no connection to the model's service",
    next: `Check the network, ${GO_ON}`,
  },
  silent: {
    action: "retry",
    attemptsMax: 2,
    countsAsTurn: true,
    means: "The agent fell silent",
    next: `Look at the last turn with "car log", ${GO_ON}`,
  },
  timeout: {
    action: "retry",
    attemptsMax: 1,
    countsAsTurn: true,
    means: "The turn took too long",
    next: `Split the ticket or raise "limits.turn_seconds", ${GO_ON}`,
  },
  crashed: {
    action: "retry",
    attemptsMax: 2,
    countsAsTurn: true,
    means: "The agent's process ended",
    next: `Look at the agent's last lines with "car log" and at "car doctor", ${GO_ON}`,
  },
  protocol: {
    action: "retry",
    attemptsMax: 2,
    countsAsTurn: true,
    means: "The agent's answers make no sense to CAR",
    next: `Check the agent's version with "car agents", ${GO_ON}`,
  },
  refused: {
    action: "pause",
    attemptsMax: 0,
    countsAsTurn: false,
    means: "The agent cannot work like this",
    next:
      `Mend the ticket, or the agent's model or settings (see "car config show --origin"), ${GO_ON}`,
  },
} as const satisfies Record<AgentErrorKind, FailurePolicy>;

export interface FailureHistory {
  /** Failed turns in a row on this ticket, of any kind, this one included. */
  readonly attempts: number;
  /** Of these the last ones that failed in the same way; `attempts` when not given. */
  readonly sameKindInARow?: number;
}

export interface FailureSettings {
  /** Failed turns in a row, of any kind, after which a person is asked. */
  readonly attemptsMax: number;
  readonly baseMs: number;
  readonly maxMs: number;
  /** Chance, 0 to 1. */
  readonly jitter: number;
}

export type FailureDecision =
  | { readonly type: "retry"; readonly delayMs: number }
  /** A new thread; `feedback` is for its first prompt. */
  | { readonly type: "fresh_thread"; readonly feedback: string }
  /** `untilMs` is what the agent said, unchecked: the quota ledger knows better. */
  | { readonly type: "park"; readonly untilMs: number | null }
  | { readonly type: "pause"; readonly detail: string; readonly next: string };

const FRESH_FEEDBACK =
  "The conversation before this one grew too long and was closed. What was done is in the tree: look there first, " +
  "then go on. Read only what you need.";

/** What follows a failed turn. */
export function decideFailure(
  error: AgentError,
  history: FailureHistory,
  settings: FailureSettings,
): FailureDecision {
  const policy: FailurePolicy = AGENT_ERROR_POLICY[error.kind];
  const same = history.sameKindInARow ?? history.attempts;
  if (policy.action === "park") return { type: "park", untilMs: error.resetsAtMs ?? null };
  if (same > policy.attemptsMax || history.attempts > settings.attemptsMax) {
    return {
      type: "pause",
      detail: failureText(policy, error, history.attempts),
      next: policy.next,
    };
  }
  if (policy.action === "fresh") return { type: "fresh_thread", feedback: FRESH_FEEDBACK };
  return { type: "retry", delayMs: retryDelayMs(history.attempts, settings, error.retryAfterMs) };
}

function failureText(policy: FailurePolicy, error: AgentError, attempts: number): string {
  const tries = attempts > 1 ? ` (${plural(attempts, "failed turn")} in a row)` : "";
  const said = error.message.trim();
  return said === "" ? `${policy.means}${tries}` : `${policy.means}: ${said}${tries}`;
}

/** Crashes older than this belong to another trouble. */
export const CRASH_WINDOW_MS = 10 * 60 * 1000;

/**
 * Whether a ticket that was in flight when CAR died may be tried again.
 *
 * @param crashes Wall times of the deaths in a row, since a turn last ended in order.
 * @param settings `limit`: so many in a row, or so many in CRASH_WINDOW_MS of `recent`, pause the run.
 * @param recent Wall times of all deaths of late, in whatever ticket; `crashes` when not given.
 */
export function decideCrash(
  crashes: readonly number[],
  nowMs: number,
  settings: { readonly limit: number },
  recent: readonly number[] = crashes,
): { readonly type: "go_on" } | { readonly type: "pause"; readonly detail: string } {
  const limit = Math.max(1, settings.limit);
  const window = `${CRASH_WINDOW_MS / 60_000} minutes`;
  if (crashes.length >= limit) {
    return { type: "pause", detail: `CAR ended ${plural(crashes.length, "time")} in a row in it` };
  }
  // A clock that jumped back must not make an old crash last: hence the distance, not the order.
  const near = recent.filter((atMs) => Math.abs(nowMs - atMs) <= CRASH_WINDOW_MS);
  if (near.length >= limit) {
    return { type: "pause", detail: `CAR ended ${plural(near.length, "time")} within ${window}` };
  }
  return { type: "go_on" };
}

/**
 * What to do with the turn that was in flight when CAR died.
 *
 * @param record What the agent's own record says; null when the thread is not known to it.
 * @param ticketDone The ticket claims to be done: then the claim is checked, whatever the record says.
 * @returns `resend` the same prompt under the same turn id; `continue`: the prompt had arrived.
 */
export function decideRecord(
  record: TurnRecord | null,
  ticketDone: boolean,
): "gate" | "resend" | "continue" {
  if (ticketDone) return "gate";
  return record?.prompt === "arrived" ? "continue" : "resend";
}
