/** So many at once, the others in the order they came. */

export class Slots {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Resolves when it is one's turn, with what gives the slot back (once).
   * @throws the signal's reason when it aborts first.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#taken >= this.#max) await this.#turn(signal);
    else this.#taken++;
    let held = true;
    return () => {
      if (held) this.#free();
      held = false;
    };
  }

  /** Whoever is called has the slot that was freed. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const mine = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = () => {
        const at = this.#waiting.indexOf(mine);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
      };
      this.#waiting.push(mine);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  #free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken--;
    else next();
  }
}
