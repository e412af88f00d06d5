/** Streams of events to many clients: encoded once, bounded for each, nobody waited for. */

/** One event as bytes, ready to send to any number of clients. */
export type Frame = Uint8Array<ArrayBuffer>;

/** A client of a stream. What is sent after it has gone is dropped. */
export interface EventClient {
  /**
   * The id after which it wants to go on: `Last-Event-ID`, else `?after=`; null for one that has
   * nothing yet.
   */
  readonly after: string | null;
  /** Aborted when it is gone, was dropped, or the server ends. */
  readonly signal: AbortSignal;
  /** False: it was too slow and has been dropped, or is gone. */
  send(frame: Frame): boolean;
  /**
   * Until it has read most of what it was sent: for those who send more at once than a client may
   * leave unread, such as everything that happened. @returns false when it is gone.
   */
  room(): Promise<boolean>;
  /** Ends the stream in order. */
  end(): void;
}

/** Begins to send to a client. What it waits for ends by the client's signal. */
export type EventSource = (client: EventClient) => void | Promise<void>;

const encoder = new TextEncoder();

export interface EventFacts {
  /** The name of the event; none for `message`. */
  readonly event?: string;
  /** Where a client goes on from. One line. */
  readonly id?: string | number;
  /** Sent as JSON. */
  readonly data: unknown;
}

/**
 * An event as it goes over the wire. JSON has no line ends of its own, so one data line is enough.
 * @param clean Takes secrets out of the data.
 */
export function frame({ event, id, data }: EventFacts, clean = asItIs): Frame {
  const head = (event === undefined ? "" : `event: ${event}\n`) +
    (id === undefined ? "" : `id: ${id}\n`);
  return encoder.encode(`${head}data: ${clean(JSON.stringify(data))}\n\n`);
}

const asItIs = (text: string): string => text;

/**
 * Makes a frame of a fact the first time it is asked for it, and gives the same bytes ever after.
 * @param encode pure.
 */
export function framed<T extends object>(encode: (it: T) => Frame): (it: T) => Frame {
  const made = new WeakMap<T, Frame>();
  return (it) => {
    let found = made.get(it);
    if (found === undefined) made.set(it, found = encode(it));
    return found;
  };
}

/** Frames as one piece, in their order. */
export function joined(frames: readonly Frame[]): Frame {
  const whole = new Uint8Array(frames.reduce((sum, it) => sum + it.length, 0));
  let at = 0;
  for (const part of frames) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
