/** The last bytes of a stream, in constant memory. */

const decoder = new TextDecoder();

/** Keeps the newest `capacity` bytes of all that was pushed. */
export class ByteRing {
  readonly #buffer: Uint8Array;
  /** Where the next byte goes. */
  #next = 0;
  #total = 0;

  constructor(capacity: number) {
    this.#buffer = new Uint8Array(capacity);
  }

  /** Bytes pushed so far, kept or not. */
  get total(): number {
    return this.#total;
  }

  push(chunk: Uint8Array): void {
    const capacity = this.#buffer.length;
    this.#total += chunk.length;
    if (capacity === 0) return;
    const kept = chunk.length > capacity ? chunk.subarray(chunk.length - capacity) : chunk;
    const first = Math.min(kept.length, capacity - this.#next);
    this.#buffer.set(kept.subarray(0, first), this.#next);
    this.#buffer.set(kept.subarray(first), 0);
    this.#next = (this.#next + kept.length) % capacity;
  }

  /** A copy of what is kept, oldest byte first. */
  bytes(): Uint8Array<ArrayBuffer> {
    const capacity = this.#buffer.length;
    if (this.#total < capacity) return this.#buffer.slice(0, this.#total);
    const ordered = new Uint8Array(capacity);
    ordered.set(this.#buffer.subarray(this.#next), 0);
    ordered.set(this.#buffer.subarray(0, this.#next), capacity - this.#next);
    return ordered;
  }

  /** What is kept as text for people: a character cut at the front is left out, bad UTF-8 is U+FFFD. */
  text(): string {
    const bytes = this.bytes();
    let start = 0;
    if (this.#total > bytes.length) {
      while (start < Math.min(3, bytes.length) && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
    }
    return decoder.decode(bytes.subarray(start));
  }
}
