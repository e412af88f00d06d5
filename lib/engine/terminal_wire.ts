/**
 * What a page and a terminal say to each other over a websocket. Binary frames are the terminal's
 * bytes, both ways, cut anywhere. Text frames are one of the messages below, as JSON.
 */

/** From the page. */
export type ClientMessage =
  /** In characters: the page's own size, when it was opened, changed, or is used again. */
  | { readonly type: "resize"; readonly cols: number; readonly rows: number }
  /** All bytes before this place in the stream are drawn. Sent at least every `ACK_EVERY_BYTES`. */
  | { readonly type: "offset"; readonly offset: number }
  | { readonly type: "ping" };

/** From the terminal. */
export type ServerMessage =
  /**
   * The place in the stream of the next byte that comes. A page counts from here, and names the
   * place it has come to when it connects again. Bytes before the first of these are not counted.
   */
  | { readonly type: "offset"; readonly offset: number }
  /** The size the program draws for: the page shows just that. */
  | { readonly type: "resize"; readonly cols: number; readonly rows: number }
  /** The program does not read: what was typed last is lost. */
  | { readonly type: "input_full" }
  /** The program ended: nothing follows. `signal`: `SIGHUP`, ...; null when it exited by itself. */
  | { readonly type: "exit"; readonly code: number; readonly signal: string | null }
  | { readonly type: "pong" };

/** How often a page tells how far it has drawn; the terminal lets it lag by a few of these. */
export const ACK_EVERY_BYTES = 32 * 1024;
/** A page splits a longer paste. */
export const INPUT_FRAME_BYTES_MAX = 64 * 1024;
/** All messages are short. */
export const TEXT_FRAME_MAX = 256;
/** Smaller than this nothing can be drawn; larger no screen is, and memory is asked for each place. */
export const SIZE_MIN = 2;
export const SIZE_MAX = 1_000;

/** Why the terminal closes a socket: the code and the words of the close frame. */
export const CLOSINGS = {
  /** The page did not draw as fast as others, or not at all: it may connect again at once. */
  slow: { code: 4001, reason: "too slow" },
  /** The terminal was taken off the list. */
  removed: { code: 4002, reason: "removed" },
  /** What came was no frame of this protocol. */
  garbled: { code: 4003, reason: "not understood" },
  /** CAR stops. */
  stopping: { code: 4004, reason: "stopping" },
} as const satisfies Record<string, { code: number; reason: string }>;

export type Closing = keyof typeof CLOSINGS;

type Fields = Readonly<Record<string, unknown>>;

const isSize = (found: unknown): found is number =>
  typeof found === "number" && Number.isInteger(found) && found >= SIZE_MIN && found <= SIZE_MAX;
const isOffset = (found: unknown): found is number =>
  typeof found === "number" && Number.isSafeInteger(found) && found >= 0;
const isCode = (found: unknown): found is number =>
  typeof found === "number" && Number.isInteger(found) && found >= 0 && found <= 255;
const isSignal = (found: unknown): found is string | null =>
  found === null || (typeof found === "string" && /^[A-Za-z0-9 ]{1,32}$/.test(found));

type Reader<M> = (fields: Fields) => M | null;

const readResize: Reader<ClientMessage & ServerMessage & { type: "resize" }> = ({ cols, rows }) =>
  isSize(cols) && isSize(rows) ? { type: "resize", cols, rows } : null;

const readOffset: Reader<ClientMessage & ServerMessage & { type: "offset" }> = ({ offset }) =>
  isOffset(offset) ? { type: "offset", offset } : null;

const CLIENT_READERS: { readonly [T in ClientMessage["type"]]: Reader<ClientMessage> } = {
  resize: readResize,
  offset: readOffset,
  ping: () => ({ type: "ping" }),
};

const SERVER_READERS: { readonly [T in ServerMessage["type"]]: Reader<ServerMessage> } = {
  offset: readOffset,
  resize: readResize,
  input_full: () => ({ type: "input_full" }),
  exit: ({ code, signal }) =>
    isCode(code) && isSignal(signal) ? { type: "exit", code, signal } : null,
  pong: () => ({ type: "pong" }),
};

/** The text frame of a message. */
export const encodeMessage = (message: ClientMessage | ServerMessage): string =>
  JSON.stringify(message);

/** What a page's text frame says; null when it is no message of this protocol. Never throws. */
export const decodeClientMessage = (frame: string): ClientMessage | null =>
  decode(frame, CLIENT_READERS);

/** What a terminal's text frame says; null when it is no message of this protocol. Never throws. */
export const decodeServerMessage = (frame: string): ServerMessage | null =>
  decode(frame, SERVER_READERS);

function decode<M>(frame: string, readers: Readonly<Record<string, Reader<M>>>): M | null {
  const fields = frame.length <= TEXT_FRAME_MAX ? parse(frame) : null;
  const type = fields?.["type"];
  if (fields === null || typeof type !== "string" || !Object.hasOwn(readers, type)) return null;
  return readers[type]?.(fields) ?? null;
}

function parse(frame: string): Fields | null {
  try {
    const found: unknown = JSON.parse(frame);
    const isRecord = typeof found === "object" && found !== null && !Array.isArray(found);
    return isRecord ? { ...found } : null;
  } catch {
    return null;
  }
}

/** A size that can be shown: whole numbers within the bounds. */
export const fitSize = (size: { readonly cols: number; readonly rows: number }) => ({
  cols: fit(size.cols),
  rows: fit(size.rows),
});

const fit = (wanted: number): number =>
  Number.isFinite(wanted) ? Math.min(SIZE_MAX, Math.max(SIZE_MIN, Math.floor(wanted))) : SIZE_MIN;

/** What was typed or pasted, in frames that are taken. */
export function* inputFrames(
  bytes: Uint8Array<ArrayBuffer>,
): Generator<Uint8Array<ArrayBuffer>, void, void> {
  for (let at = 0; at < bytes.length; at += INPUT_FRAME_BYTES_MAX) {
    yield bytes.subarray(at, at + INPUT_FRAME_BYTES_MAX);
  }
}
