import assert from "node:assert/strict";
import { RETRY_AFTER_MS_MAX, retryDelayMs } from "./backoff.ts";
import { randoms } from "../../tests/support/random.ts";

Deno.test("retryDelayMs() doubles up to the maximum", () => {
  const settings = { baseMs: 1000, maxMs: 10_000, jitter: 1 };
  const delays = [1, 2, 3, 4, 5, 6, 1000].map((attempt) => retryDelayMs(attempt, settings));
  assert.deepEqual(delays, [1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
});

Deno.test("retryDelayMs() waits at least as long as the service asked", () => {
  const settings = { baseMs: 1000, maxMs: 10_000, jitter: 0 };
  assert.equal(retryDelayMs(1, settings, 30_000), 30_000);
  assert.equal(retryDelayMs(1, { ...settings, jitter: 1 }, 30_000), 30_500);
  assert.equal(retryDelayMs(1, settings, 100), 500);
  assert.equal(retryDelayMs(1, settings, Infinity), RETRY_AFTER_MS_MAX);
  assert.equal(retryDelayMs(1, settings, -5), 500);
  assert.equal(retryDelayMs(1, settings, NaN), 500);
});

Deno.test("retryDelayMs() answers a whole number of milliseconds for any numbers", () => {
  const odd = [NaN, -1, 0, 0.5, 1, 2, 63, 1e9, Infinity, -Infinity];
  for (const attempt of odd) {
    for (const baseMs of odd) {
      for (const maxMs of odd) {
        const delay = retryDelayMs(attempt, { baseMs, maxMs, jitter: 0.5 });
        assert.ok(Number.isSafeInteger(delay) && delay >= 0, `${attempt} ${baseMs} ${maxMs}`);
      }
    }
  }
});

Deno.test("retryDelayMs() stays in its documented bounds for 2,000 seeds", () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const random = randoms(seed);
    const baseMs = Math.floor(random() * 60_000);
    const maxMs = baseMs + Math.floor(random() * 600_000);
    const attempt = 1 + Math.floor(random() * 12);
    const leastMs = random() < 0.5 ? 0 : Math.floor(random() * 100_000);
    const delay = retryDelayMs(attempt, { baseMs, maxMs, jitter: random() }, leastMs);
    const ceiling = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
    const floor = Math.max(ceiling / 2, leastMs);
    assert.ok(delay >= floor && delay <= Math.ceil(floor + ceiling / 2), `seed ${seed}`);
    assert.ok(delay <= Math.max(maxMs, leastMs + maxMs / 2) + 1, `seed ${seed}`);
  }
});
