/**
 * How fast one child may talk for long. What it prints faster waits in its pipe, and the child with it:
 * an agent without end would else keep the collector of garbage busy and every other repo waiting. Pure.
 */

/** At once, in bytes: more than any sound command prints. */
const BURST_BYTES = 64 * 1024 * 1024;
/** From then on, in bytes a millisecond: 32 MB a second. */
const BYTES_PER_MS = 32 * 1000;

export class FloodPace {
  #level = 0;
  #lastMs = 0;

  /** Bytes were read at this time. */
  took(bytes: number, nowMs: number): void {
    const drained = (nowMs - this.#lastMs) * BYTES_PER_MS;
    this.#level = Math.max(0, this.#level - drained) + bytes;
    this.#lastMs = nowMs;
  }

  /** How long the next read has to wait, in milliseconds; 0 mostly. */
  waitMs(nowMs: number): number {
    const over = this.#level - BURST_BYTES - (nowMs - this.#lastMs) * BYTES_PER_MS;
    return Math.max(0, over / BYTES_PER_MS);
  }
}
