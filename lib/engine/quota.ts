/**
 * The quota ledger: one entry a provider account, since an exhausted account is the machine's
 * condition and not a ticket's. What the service tells comes first, its errors second, a guess last.
 */

import type { AgentError, RateWindow } from "./turn.ts";

export interface AccountQuota {
  readonly windows: readonly RateWindow[];
  /** Wall time of the last word about this account. */
  readonly updatedAtMs: number;
  readonly source: "told" | "error" | "guess";
  /** Wall time before which nothing is sent; null while the account has quota. */
  readonly untilMs: number | null;
  /** Refusals in a row: a guessed wait grows with them. */
  readonly refusals: number;
}

/** By account name. Plain data: it is kept across restarts. */
export type QuotaLedger = Readonly<Record<string, AccountQuota>>;

export const EMPTY_LEDGER: QuotaLedger = {};

/** The longest window known is a week; what lies further ahead is a misread number. */
export const RESET_AHEAD_MS_MAX = 8 * 24 * 60 * 60 * 1000;
/** First wait when no sane reset time is known; doubles with each refusal. */
export const GUESS_MS = 15 * 60 * 1000;
/** Longest wait that rests on a guess. */
export const GUESS_MS_MAX = 4 * 60 * 60 * 1000;
/** Numbers below are seconds since 1970 (until the year 5138), above milliseconds (from 1973). */
const SECONDS_BELOW = 1e11;

/** A reset time as wall milliseconds; null when it is no number, in the past or too far ahead. */
export function saneResetMs(reset: number | null | undefined, nowMs: number): number | null {
  if (reset === null || reset === undefined || !Number.isFinite(reset) || reset <= 0) return null;
  const ms = reset < SECONDS_BELOW ? reset * 1000 : reset;
  return ms > nowMs && ms - nowMs <= RESET_AHEAD_MS_MAX ? Math.round(ms) : null;
}

const UNKNOWN: AccountQuota = {
  windows: [],
  updatedAtMs: 0,
  source: "guess",
  untilMs: null,
  refusals: 0,
};

const entry = (ledger: QuotaLedger, account: string): AccountQuota =>
  Object.hasOwn(ledger, account) ? ledger[account] ?? UNKNOWN : UNKNOWN;

/** The ledger after the service told its windows. A full window parks the account until its reset. */
export function foldRateLimit(
  ledger: QuotaLedger,
  told: { readonly account: string; readonly windows: readonly RateWindow[] },
  nowMs: number,
): QuotaLedger {
  const before = entry(ledger, told.account);
  const windows = mergeWindows(before.windows, told.windows, nowMs);
  const full = windows.filter((window) => window.usedPercent >= 100);
  const resets = full.map((window) => window.resetsAtMs ?? guessMs(1, nowMs));
  const next: AccountQuota = {
    windows,
    updatedAtMs: nowMs,
    source: "told",
    untilMs: full.length === 0 ? keptUntil(before) : Math.max(...resets),
    refusals: before.refusals,
  };
  return { ...ledger, [told.account]: next };
}

/** Windows that say there is room do not lift what a refusal has said: the refusal knows more. */
const keptUntil = (before: AccountQuota): number | null =>
  before.source === "told" ? null : before.untilMs;

function mergeWindows(
  before: readonly RateWindow[],
  told: readonly RateWindow[],
  nowMs: number,
): readonly RateWindow[] {
  const byName = new Map(before.map((window) => [window.name, window]));
  for (const window of told) {
    const usedPercent = Number.isFinite(window.usedPercent) ? Math.max(0, window.usedPercent) : 0;
    const resetsAtMs = saneResetMs(window.resetsAtMs, nowMs);
    byName.set(window.name, { ...window, usedPercent, resetsAtMs });
  }
  return [...byName.values()].filter((window) => !isOver(window, nowMs));
}

/** A window whose reset has passed tells nothing any more. */
const isOver = (window: RateWindow, nowMs: number): boolean =>
  window.resetsAtMs !== null && window.resetsAtMs <= nowMs;

/** The ledger after the account was refused. Without a sane reset time the wait is a growing guess. */
export function foldQuotaError(
  ledger: QuotaLedger,
  account: string,
  error: AgentError,
  nowMs: number,
): QuotaLedger {
  const before = entry(ledger, account);
  const refusals = before.refusals + 1;
  const said = saneResetMs(error.resetsAtMs, nowMs) ?? fullWindowReset(before, nowMs);
  const next: AccountQuota = {
    ...before,
    updatedAtMs: nowMs,
    source: said === null ? "guess" : "error",
    untilMs: said ?? guessMs(refusals, nowMs),
    refusals,
  };
  return { ...ledger, [account]: next };
}

function fullWindowReset(quota: AccountQuota, nowMs: number): number | null {
  const resets = quota.windows
    .filter((window) => window.usedPercent >= 100)
    .flatMap((window) => saneResetMs(window.resetsAtMs, nowMs) ?? []);
  return resets.length === 0 ? null : Math.max(...resets);
}

const guessMs = (refusals: number, nowMs: number): number =>
  nowMs + Math.min(GUESS_MS_MAX, GUESS_MS * 2 ** Math.min(refusals - 1, 20));

/** The ledger after a turn of this account went through. */
export function foldWorked(ledger: QuotaLedger, account: string, nowMs: number): QuotaLedger {
  const before = entry(ledger, account);
  if (before.untilMs === null && before.refusals === 0) return ledger;
  return { ...ledger, [account]: { ...before, updatedAtMs: nowMs, untilMs: null, refusals: 0 } };
}

export interface Park {
  readonly account: string;
  readonly untilMs: number;
  /** No reset time is known: CAR tries again then. */
  readonly guessed: boolean;
}

/** Until when nothing is sent to this account; null when it may be used. */
export function parkedUntil(ledger: QuotaLedger, account: string, nowMs: number): Park | null {
  const quota = entry(ledger, account);
  const { untilMs } = quota;
  // Beyond the longest window the clock has jumped back: better try than wait for weeks.
  if (untilMs === null || untilMs <= nowMs || untilMs - nowMs > RESET_AHEAD_MS_MAX) return null;
  return { account, untilMs, guessed: quota.source === "guess" };
}

/**
 * The agent to take over while `agent` is parked: the first candidate on another account that has
 * quota, or null.
 *
 * @param candidates The ticket's fallback first, then the config's.
 * @param accountOf The account an agent uses; agents without one are never parked.
 */
export function chooseFallback(
  agent: string,
  candidates: readonly (string | null)[],
  accountOf: (agent: string) => string | null,
  ledger: QuotaLedger,
  nowMs: number,
): string | null {
  const own = accountOf(agent);
  const fits = (name: string | null): name is string => {
    if (name === null || name === agent) return false;
    const account = accountOf(name);
    return account === null || (account !== own && parkedUntil(ledger, account, nowMs) === null);
  };
  return candidates.find(fits) ?? null;
}
