/** How long to wait before trying again. Chance is an argument. */

export interface BackoffSettings {
  /** Wait after the first failure, before jitter. */
  readonly baseMs: number;
  /** The doubling stops here. */
  readonly maxMs: number;
  /** Chance from 0 to 1, given by the caller: spreads those that failed together. */
  readonly jitter: number;
}

/** A service that asks for more than this is out of quota, not overloaded; its wish is cut to it. */
export const RETRY_AFTER_MS_MAX = 60 * 60 * 1000;

const within = (value: number, min: number, max: number): number =>
  Number.isNaN(value) ? min : Math.min(Math.max(value, min), max);

/**
 * With `c = min(maxMs, baseMs * 2^(attempt-1))` and `f = max(c/2, leastMs)`, the answer lies in
 * `[f, f + c/2]`, whole milliseconds: never under `leastMs`, never over `max(maxMs, leastMs + maxMs/2)`.
 *
 * @param attempt 1 after the first failure; less or no number counts as 1.
 * @param leastMs What the service asked for (`AgentError.retryAfterMs`), at most RETRY_AFTER_MS_MAX of it.
 */
export function retryDelayMs(attempt: number, settings: BackoffSettings, leastMs = 0): number {
  const maxMs = within(settings.maxMs, 0, Number.MAX_SAFE_INTEGER / 4);
  const doublings = within(Math.floor(attempt) - 1, 0, 60);
  const ceiling = Math.min(maxMs, within(settings.baseMs, 0, maxMs) * 2 ** doublings);
  const floor = Math.max(ceiling / 2, within(leastMs, 0, RETRY_AFTER_MS_MAX));
  return Math.ceil(floor + within(settings.jitter, 0, 1) * (ceiling / 2));
}
