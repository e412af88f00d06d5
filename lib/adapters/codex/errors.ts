/** Names a failed Codex turn in CAR's words. Pure; the table is research made on the real program. */

import type { AgentError, AgentErrorKind } from "../../engine/turn.ts";
import type { TurnError } from "./protocol.gen.ts";

/** The kinds Codex gives as a plain word. A word that is not here will be refused again. */
const BY_WORD: Readonly<Record<string, AgentErrorKind>> = {
  contextWindowExceeded: "context_full",
  usageLimitExceeded: "quota",
  rateLimitExceeded: "overloaded",
  flexUnavailable: "overloaded",
  serverOverloaded: "overloaded",
  policyCapacityUnavailable: "overloaded",
  internalServerError: "overloaded",
  unauthorized: "auth",
  modelNotFound: "refused",
  badRequest: "refused",
  sandboxError: "refused",
  sessionBudgetExceeded: "refused",
  cyberPolicy: "refused",
  misalignmentPolicyViolation: "refused",
  inferenceHookDenied: "refused",
  tooManyDenials: "refused",
  threadRollbackFailed: "refused",
};

/** For `other` only the message tells. The first row that matches counts. */
const BY_MESSAGE: readonly (readonly [RegExp, AgentErrorKind])[] = [
  [/content_filter/, "refused"],
  [/^stream disconnected before completion/, "network"],
  // The answer was cut at the model's output limit: going on is the cure, as for a cut stream.
  [/^Incomplete response returned, reason: max_output_tokens/, "network"],
  [/^Missing environment variable/, "auth"],
];

/** Where Codex tells a quota's reset only in words, in local time and to the minute. */
const RESET = /try again at (?:(\w{3}) (\d{1,2})\w\w, (\d{4}) )?(\d{1,2}:\d\d [AP]M)/i;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const RETRY_AFTER = /try again in ([\d.]+) ?(ms|s)\b/i;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The kinds Codex gives as `{kind: {httpStatusCode}}`: the status decides, whatever the kind. */
function kindByStatus(status: unknown): AgentErrorKind {
  if (typeof status !== "number") return "network";
  if (status === 401 || status === 403) return "auth";
  return status === 429 || status >= 500 ? "overloaded" : "refused";
}

function kindOf(info: unknown, message: string): AgentErrorKind {
  if (typeof info === "string" && Object.hasOwn(BY_WORD, info)) return BY_WORD[info] ?? "refused";
  if (info === "other") return BY_MESSAGE.find(([text]) => text.test(message))?.[1] ?? "refused";
  if (!isRecord(info)) return "refused";
  const detail = Object.values(info)[0];
  if (!isRecord(detail) || !("httpStatusCode" in detail)) return "refused";
  return kindByStatus(detail.httpStatusCode);
}

/** A body that the service answered becomes its own sentence; other texts stay as they are. */
function sentenceOf(message: string): string {
  try {
    const body: unknown = JSON.parse(message);
    const error = isRecord(body) ? body.error : undefined;
    const text = isRecord(error) ? error.message : undefined;
    return typeof text === "string" && text !== "" ? text : message;
  } catch {
    return message;
  }
}

function retryAfterOf(message: string): { retryAfterMs?: number } {
  const [, amount, unit] = RETRY_AFTER.exec(message) ?? [];
  if (amount === undefined) return {};
  const ms = Math.ceil(Number(amount) * (unit === "ms" ? 1 : 1000));
  return Number.isFinite(ms) ? { retryAfterMs: ms } : {};
}

/** The reset in a quota's message; a time without a date is today's or, when that is over, tomorrow's. */
function resetIn(message: string, nowMs: number): number | null {
  const [, month, day, year, time] = RESET.exec(message) ?? [];
  if (time === undefined) return null;
  const date = month === undefined ? new Date(nowMs).toDateString() : `${month} ${day}, ${year}`;
  const told = Date.parse(`${date} ${time}`);
  if (Number.isNaN(told)) return null;
  // The seconds were cut off: at the minute itself the quota may not be back yet.
  const atMs = told + MINUTE_MS;
  return month === undefined && atMs < nowMs ? atMs + DAY_MS : atMs;
}

/**
 * The failure of a turn.
 * @param resetsAtMs when the account's used-up window resets, as far as Codex has told; else null.
 * @param nowMs wall time, for a reset that is told without its date.
 */
export function agentErrorOf(
  error: TurnError,
  resetsAtMs: number | null,
  nowMs: number,
): AgentError {
  const kind = kindOf(error.codexErrorInfo, error.message);
  const atMs = kind === "quota" ? resetsAtMs ?? resetIn(error.message, nowMs) : null;
  const reset = atMs === null ? {} : { resetsAtMs: atMs };
  return { kind, message: sentenceOf(error.message), ...reset, ...retryAfterOf(error.message) };
}
