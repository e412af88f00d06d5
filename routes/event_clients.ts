/** The clients of all streams of one server: each bounded, none waited for, all ended with it. */

import { EventPace, type Paced } from "./event_pace.ts";
import { type EventClient, type EventSource, type Frame, frame } from "./sse.ts";

/** What a client may leave unread before it is dropped, in bytes. */
export const CLIENT_BYTES_MAX = 1024 * 1024;
/** Shorter than the time after which proxies and phones give up on a silent connection. */
const HEARTBEAT_MS = 15_000;
/** When a browser tries again by itself, in milliseconds. */
const RETRY_MS = 1_000;

const HELLO: Frame = new TextEncoder().encode(`retry: ${RETRY_MS}\n\n`);
const HEARTBEAT: Frame = new TextEncoder().encode(":\n\n");
/** It reads too slowly: it asks anew from where it is, which the journal has. */
const TOO_SLOW: Frame = frame({ event: "reset", data: { reason: "slow" } });

export const EVENT_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // Proxies that hold back an answer until it is whole would hold back all of it.
  "x-accel-buffering": "no",
} as const;

export interface StreamOptions {
  readonly after: string | null;
  /** Aborted when the caller is gone. */
  readonly gone: AbortSignal;
  /** Told when the source fails: the stream then just ends. */
  readonly onFailure: (thrown: unknown) => void;
}

export class EventClients {
  readonly #clients = new Set<Client>();
  readonly #pace = new EventPace(() => this.#clients.size);
  #heart: ReturnType<typeof setInterval> | undefined;
  #isClosed = false;

  get size(): number {
    return this.#clients.size;
  }

  /** A stream that `source` fills until the caller goes, is too slow, or all are ended. */
  open(source: EventSource, options: StreamOptions): ReadableStream<Frame> {
    const client = new Client(options.after, this.#pace, () => this.#forget(client));
    if (this.#isClosed || options.gone.aborted) {
      client.end();
      return client.stream;
    }
    this.#clients.add(client);
    options.gone.addEventListener("abort", () => client.end(), {
      once: true,
      signal: client.signal,
    });
    this.#heart ??= setInterval(() => {
      for (const each of this.#clients) each.send(HEARTBEAT);
    }, HEARTBEAT_MS);
    client.send(HELLO);
    void fill(client, source, options);
    return client.stream;
  }

  /** Ends all streams; later ones end at once. */
  close(): void {
    this.#isClosed = true;
    for (const client of this.#clients) client.end();
  }

  #forget(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    clearInterval(this.#heart);
    this.#heart = undefined;
  }
}

async function fill(client: Client, source: EventSource, options: StreamOptions): Promise<void> {
  try {
    await source(client);
  } catch (thrown) {
    if (!client.signal.aborted) options.onFailure(thrown);
    client.end();
  }
}

class Client implements EventClient, Paced {
  readonly after: string | null;
  readonly stream: ReadableStream<Frame>;
  readonly #ending = new AbortController();
  readonly #pace: EventPace;
  readonly #onEnd: () => void;
  #roomed: PromiseWithResolvers<boolean> | null = null;
  /** Sent, and not in the stream yet. */
  #gathered: Frame[] = [];
  #gatheredBytes = 0;
  #to: ReadableStreamDefaultController<Frame> | undefined;

  constructor(after: string | null, pace: EventPace, onEnd: () => void) {
    this.after = after;
    this.#pace = pace;
    this.#onEnd = onEnd;
    this.stream = new ReadableStream<Frame>({
      start: (to) => {
        this.#to = to;
      },
      pull: () => this.#tellRoom(),
      cancel: () => this.#leave(),
    }, { highWaterMark: CLIENT_BYTES_MAX, size: (part) => part.length });
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  send(part: Frame): boolean {
    if (this.#ending.signal.aborted || this.#to === undefined) return false;
    const isFull = this.#free() < part.length;
    this.#gathered.push(isFull ? TOO_SLOW : part);
    this.#gatheredBytes += part.length;
    if (isFull) this.end();
    else this.#pace.soon(this);
    return !isFull;
  }

  /** Puts into the stream what was gathered, as one piece. */
  flush(): void {
    const [first, ...more] = this.#gathered;
    if (first === undefined) return;
    this.#to?.enqueue(more.length === 0 ? first : joined(this.#gathered));
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  #free(): number {
    return (this.#to?.desiredSize ?? 0) - this.#gatheredBytes;
  }

  async room(): Promise<boolean> {
    if (this.#ending.signal.aborted || this.#hasRoom()) return !this.#ending.signal.aborted;
    this.#roomed ??= Promise.withResolvers<boolean>();
    return await this.#roomed.promise;
  }

  #hasRoom(): boolean {
    return this.#free() >= CLIENT_BYTES_MAX / 2;
  }

  #tellRoom(): void {
    if (!this.#hasRoom()) return;
    const isHere = true;
    this.#roomed?.resolve(isHere);
    this.#roomed = null;
  }

  end(): void {
    if (this.#ending.signal.aborted) return;
    this.flush();
    this.#to?.close();
    this.#leave();
  }

  #leave(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#gathered = [];
    this.#pace.forget(this);
    const isHere = false;
    this.#roomed?.resolve(isHere);
    this.#onEnd();
  }
}

function joined(parts: readonly Frame[]): Frame {
  const whole = new Uint8Array(parts.reduce((sum, it) => sum + it.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
