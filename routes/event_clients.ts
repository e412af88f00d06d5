/** The clients of all streams of one server: each bounded, none waited for, all ended with it. */

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
  #heart: ReturnType<typeof setInterval> | undefined;
  #isClosed = false;

  get size(): number {
    return this.#clients.size;
  }

  /** A stream that `source` fills until the caller goes, is too slow, or all are ended. */
  open(source: EventSource, options: StreamOptions): ReadableStream<Frame> {
    const client = new Client(options.after, () => this.#forget(client));
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

class Client implements EventClient {
  readonly after: string | null;
  readonly stream: ReadableStream<Frame>;
  readonly #ending = new AbortController();
  readonly #onEnd: () => void;
  #roomed: PromiseWithResolvers<boolean> | null = null;
  #to: ReadableStreamDefaultController<Frame> | undefined;

  constructor(after: string | null, onEnd: () => void) {
    this.after = after;
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
    const isFull = (this.#to.desiredSize ?? 0) < part.length;
    this.#to.enqueue(isFull ? TOO_SLOW : part);
    if (isFull) this.end();
    return !isFull;
  }

  async room(): Promise<boolean> {
    if (this.#ending.signal.aborted || this.#hasRoom()) return !this.#ending.signal.aborted;
    this.#roomed ??= Promise.withResolvers<boolean>();
    return await this.#roomed.promise;
  }

  #hasRoom(): boolean {
    return (this.#to?.desiredSize ?? 0) >= CLIENT_BYTES_MAX / 2;
  }

  #tellRoom(): void {
    if (!this.#hasRoom()) return;
    const isHere = true;
    this.#roomed?.resolve(isHere);
    this.#roomed = null;
  }

  end(): void {
    if (this.#ending.signal.aborted) return;
    this.#to?.close();
    this.#leave();
  }

  #leave(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    const isHere = false;
    this.#roomed?.resolve(isHere);
    this.#onEnd();
  }
}
