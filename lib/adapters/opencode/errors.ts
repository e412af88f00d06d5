/** Names a failed OpenCode turn in CAR's words. Pure; the tables are research made on the real program. */

import type { AgentError, AgentErrorKind } from "../../engine/turn.ts";
import type { NamedError, Status } from "./protocol.ts";

/** OpenCode's own kinds. One that is not here is judged by its status and words. */
const BY_NAME: Readonly<Record<string, AgentErrorKind>> = {
  ProviderAuthError: "auth",
  ContextOverflowError: "context_full",
  ContentFilterError: "refused",
  StructuredOutputError: "refused",
  // The answer was cut at the model's output limit: going on is the cure, as for a cut stream.
  MessageOutputLengthError: "network",
};

/** What services write when an account, and not just the moment, is used up. */
const QUOTA =
  /insufficient_quota|exceeded your current quota|usage.?limit|credit balance|payment required|limit reached/i;

/** For errors without a status only the words tell. The first row that matches counts. */
const BY_WORDS: readonly (readonly [RegExp, AgentErrorKind])[] = [
  [QUOTA, "quota"],
  [/api key|unauthori[sz]ed|authenticat/i, "auth"],
  [/429|rate.?limit|too many requests|overloaded|exhausted|at capacity/i, "overloaded"],
  [
    /50[0-4]|524|unavailable|internal (server )?error|server error|provider returned/i,
    "overloaded",
  ],
  [
    /terminated|fetch failed|socket|connect|network|getaddrinfo|timed? ?out|econn|stream/i,
    "network",
  ],
  [/not found/i, "refused"],
];

/** How an answer that is none ended, in the service's word. */
const BY_FINISH: Readonly<Record<string, AgentError>> = {
  length: { kind: "network", message: "The answer was cut at the model's output limit." },
  "content-filter": { kind: "refused", message: "The service's content filter cut the answer." },
  error: { kind: "network", message: "The model's answer broke off." },
};

/** OpenCode's own attempts after which CAR takes over: its later waits are longer than CAR's. */
const ATTEMPTS_MAX = 3;
/** A service that asks for more patience than this is out of quota: a person can see when it is back. */
const PATIENCE_MS = 2 * 60_000;
const SECOND_MS = 1000;

const byWords = (text: string): AgentErrorKind | undefined =>
  BY_WORDS.find(([words]) => words.test(text))?.[1];

function byStatus(status: number, text: string): AgentErrorKind {
  if (status === 402 || QUOTA.test(text)) return "quota";
  if (status === 401 || status === 403) return "auth";
  return status === 408 || status === 429 || status >= 500 ? "overloaded" : "refused";
}

function kindOf(error: NamedError): AgentErrorKind {
  const known = Object.hasOwn(BY_NAME, error.name) ? BY_NAME[error.name] : undefined;
  if (known !== undefined) return known;
  const { message = "", responseBody = "", statusCode } = error.data ?? {};
  if (statusCode !== undefined) return byStatus(statusCode, `${message} ${responseBody}`);
  return byWords(message) ?? (error.name === "APIError" ? "network" : "refused");
}

/** The wait a service asks for in its headers. */
function waitIn(headers: Readonly<Record<string, string>> | undefined): number | undefined {
  const ms = Number(headers?.["retry-after-ms"] ?? Number.NaN);
  if (Number.isFinite(ms)) return ms;
  const seconds = Number(headers?.["retry-after"] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * SECOND_MS : undefined;
}

/** The first line: OpenCode appends stack traces of its own. */
const sentenceOf = (error: NamedError): string =>
  (error.data?.message ?? "").split("\n")[0]?.trim() || error.name;

/** Whether the message was ended by an abort, which is no failure of its own. */
export const isAborted = (error: NamedError): boolean => error.name === "MessageAbortedError";

/** The failure of a turn. @param nowMs Wall time, for a quota's reset. */
export function agentErrorOf(error: NamedError, nowMs: number): AgentError {
  const kind = kindOf(error);
  const waitMs = waitIn(error.data?.responseHeaders);
  const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  const reset = kind === "quota" && waitMs !== undefined ? { resetsAtMs: nowMs + waitMs } : {};
  return { kind, message: sentenceOf(error), ...wait, ...reset };
}

/** The failure behind the word with which the model's answer ended, or its lack; null: it ended well. */
export function finishError(finish: string = "error"): AgentError | null {
  return Object.hasOwn(BY_FINISH, finish) ? BY_FINISH[finish] ?? null : null;
}

/** Why CAR gives up waiting where OpenCode would try again; null: it waits. */
export function patienceEnds(status: Status, nowMs: number): AgentError | null {
  const message = status.message ?? "The model's service asks for patience";
  const nextMs = status.next ?? nowMs;
  if (nextMs - nowMs > PATIENCE_MS) return { kind: "quota", message, resetsAtMs: nextMs };
  if ((status.attempt ?? 0) <= ATTEMPTS_MAX) return null;
  return { kind: byWords(message) ?? "overloaded", message };
}
