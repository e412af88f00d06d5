/** Server-sent events out of a byte stream: what each says, and nothing of what it means. */

/** Longest event handed on, in characters: far above any tool's output, small enough for many at once. */
export const EVENT_CHARS_MAX = 16 * 1024 * 1024;

/**
 * The data of each event, its lines joined by `\n`. Comments, names and ids are passed over, and an
 * event that the stream's end cuts off is none. One longer than `charsMax` is left out whole.
 */
export async function* readServerSent(
  stream: AsyncIterable<Uint8Array>,
  charsMax: number = EVENT_CHARS_MAX,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  const event = new OpenEvent(charsMax);
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    // A line without end must not grow for ever; what is cut here is too long to be handed on.
    if (rest.length > charsMax) rest = event.overflow();
    for (const line of lines) {
      const data = event.take(line.endsWith("\r") ? line.slice(0, -1) : line);
      if (data !== undefined) yield data;
    }
  }
}

const DATA = /^data: ?/;

/** The event being read. */
class OpenEvent {
  readonly #charsMax: number;
  #data: string[] = [];
  #chars = 0;

  constructor(charsMax: number) {
    this.#charsMax = charsMax;
  }

  /** Marks the event as too long. @returns What is kept of its line. */
  overflow(): string {
    this.#chars = Infinity;
    return "";
  }

  /** The data of the event that this line ends, if it ends one. */
  take(line: string): string | undefined {
    if (line === "") return this.#end();
    if (DATA.test(line)) this.#add(line.replace(DATA, ""));
    return undefined;
  }

  #add(data: string): void {
    this.#chars += data.length;
    if (this.#chars <= this.#charsMax) this.#data.push(data);
  }

  #end(): string | undefined {
    const data = this.#data.join("\n");
    const isWhole = this.#data.length > 0 && this.#chars <= this.#charsMax;
    this.#data = [];
    this.#chars = 0;
    return isWhole ? data : undefined;
  }
}
