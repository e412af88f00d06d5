/** Time as an argument, so that the engine has none and tests can hold it still. */

export interface Clock {
  /** Wall time, milliseconds since 1970: for display and for quota resets only. */
  now(): number;
  /** Monotonic milliseconds: for deadlines and durations. The wall clock may jump. */
  elapsed(): number;
  /** Resolves after `ms`, or rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest delay a timer takes (2^31 - 1 ms, almost 25 days): a longer one fires at once. */
const TIMER_MS_MAX = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, Math.min(Math.max(ms, 0), TIMER_MS_MAX));
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
};
