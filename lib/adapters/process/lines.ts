/**
 * Lines out of a byte stream, in bounded memory: neither a line without end nor a character split
 * between two chunks is a case its reader must think of.
 */

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Longest line handed on whole. Larger than any message seen of an agent, small enough for many at once. */
export const LINE_BYTES_MAX = 4 * 1024 * 1024;
/** What is kept of each end of a longer line: enough to see what it was. */
export const OVERSIZE_END_BYTES = 4 * 1024;
/** A buffer that one long line made larger is given back after it. */
const IDLE_BUFFER_BYTES = 64 * 1024;

export interface LineOptions {
  /** Longest line handed on whole, in bytes without the line end; at least 4. */
  readonly bytesMax?: number;
  /** Called once for each longer line, with the bytes that were left out of it. */
  readonly onOversize?: (droppedBytes: number) => void;
}

/**
 * The lines of `stream` without `\n` or `\r\n`; a last line without line end counts, an empty rest
 * does not. A line longer than `bytesMax` arrives as its first and last 4 KiB with a mark between
 * that tells how much is missing. Bad UTF-8 becomes U+FFFD: what an agent prints is not a file of
 * the person's. Leaving the loop early cancels the stream.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  options: LineOptions = {},
): AsyncGenerator<string, void, void> {
  const line = new OpenLine(options);
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      line.append(chunk.subarray(from, at));
      yield line.take();
      from = at + 1;
    }
    if (from < chunk.length) line.append(chunk.subarray(from));
  }
  if (!line.empty) yield line.take();
}

/** The line being read. Bytes are joined before they are decoded, so a split character is whole again. */
class OpenLine {
  readonly #bytesMax: number;
  readonly #endBytes: number;
  readonly #onOversize: (droppedBytes: number) => void;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #buffer = new Uint8Array(1024);
  #length = 0;
  /** Bytes forgotten between the head and the tail of an oversize line; its buffer is head + tail. */
  #dropped = 0;

  constructor(options: LineOptions) {
    this.#bytesMax = options.bytesMax ?? LINE_BYTES_MAX;
    // Both ends together stay below the limit, so that there is always room for the next byte.
    this.#endBytes = Math.min(OVERSIZE_END_BYTES, Math.floor(this.#bytesMax / 4));
    this.#onOversize = options.onOversize ?? (() => {});
  }

  get empty(): boolean {
    return this.#length === 0;
  }

  append(bytes: Uint8Array): void {
    let rest = bytes;
    while (this.#length + rest.length > this.#bytesMax) {
      const fits = this.#bytesMax - this.#length;
      this.#store(rest.subarray(0, fits));
      rest = rest.subarray(fits);
      this.#forgetMiddle();
    }
    this.#store(rest);
  }

  take(): string {
    if (this.#dropped > 0) return this.#takeOversize();
    const end = this.#buffer[this.#length - 1] === CARRIAGE_RETURN
      ? this.#length - 1
      : this.#length;
    const text = this.#decoder.decode(this.#buffer.subarray(0, Math.max(0, end)));
    this.#reset();
    return text;
  }

  #takeOversize(): string {
    this.#forgetMiddle();
    const dropped = this.#dropped;
    const head = this.#decoder.decode(this.#buffer.subarray(0, this.#endBytes));
    const tail = this.#decoder.decode(this.#buffer.subarray(this.#endBytes, this.#length));
    this.#reset();
    this.#onOversize(dropped);
    return `${head}[... ${dropped} bytes left out ...]${tail}`;
  }

  #store(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.min(this.#bytesMax, Math.max(needed, 2 * needed)));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }

  #forgetMiddle(): void {
    const kept = 2 * this.#endBytes;
    if (this.#length <= kept) return;
    this.#dropped += this.#length - kept;
    this.#buffer.copyWithin(this.#endBytes, this.#length - this.#endBytes, this.#length);
    this.#length = kept;
  }

  #reset(): void {
    this.#length = 0;
    this.#dropped = 0;
    if (this.#buffer.length > IDLE_BUFFER_BYTES) this.#buffer = new Uint8Array(1024);
  }
}
