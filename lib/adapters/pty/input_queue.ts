/** What was typed and not yet taken by the program, bounded. */

/** A big paste. What a program does not read may not fill CAR's memory. */
export const INPUT_BYTES_MAX = 1024 * 1024;

export class InputQueue {
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** All of it or nothing. @returns Whether there was room. */
  add(bytes: Uint8Array): boolean {
    if (this.#bytes + bytes.length > INPUT_BYTES_MAX) return false;
    if (bytes.length > 0) this.#waiting.push(bytes.slice());
    this.#bytes += bytes.length;
    return true;
  }

  /** Hands over in order until not all of a piece is taken. @param take answers how many it took. */
  drain(take: (bytes: Uint8Array<ArrayBuffer>) => number): void {
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined) return;
      const taken = take(first);
      this.#bytes -= taken;
      if (taken < first.length) {
        this.#waiting[0] = first.subarray(taken);
        return;
      }
      this.#waiting.shift();
    }
  }

  clear(): void {
    this.#waiting = [];
    this.#bytes = 0;
  }
}
