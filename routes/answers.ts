/** The kinds of what a route may answer with, and the type of value its handler returns for each. */

import type * as z from "zod/mini";
import type { EventSource } from "./sse.ts";

/** JSON with another status than 200: `created(schema)`, `accepted(schema)`. */
export interface JsonAnswer<S extends z.core.$ZodType> {
  readonly kind: "json";
  readonly status: 200 | 201 | 202;
  readonly schema: S;
}

export interface EmptyAnswer {
  readonly kind: "empty";
}

export interface TextAnswer {
  readonly kind: "text";
  readonly type: string;
}

export interface BytesAnswer {
  readonly kind: "bytes";
  /** The type where the handler names none. */
  readonly type: string;
}

export interface SseAnswer {
  readonly kind: "sse";
  /** The shape of `data` by the name of the event. */
  readonly events: Readonly<Record<string, z.core.$ZodType>>;
}

export interface UpgradeAnswer {
  readonly kind: "upgrade";
  /** What is spoken on the socket, in words. */
  readonly protocol: string;
}

export type Answer =
  | JsonAnswer<z.core.$ZodType>
  | EmptyAnswer
  | TextAnswer
  | BytesAnswer
  | SseAnswer
  | UpgradeAnswer;

/** A file or a part of one. */
export interface Bytes {
  readonly bytes: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The content type, when it is not that of the row. */
  readonly type?: string;
  /** Offered as a file of this name instead of being shown. */
  readonly fileName?: string;
  /** A fingerprint of the bytes, for If-None-Match. */
  readonly etag?: string;
}

/** Takes the socket of a call that has been let in. Called once, before any message is read. */
export type SocketTaker = (socket: WebSocket) => void;

export type DeepReadonly<T> = T extends readonly (infer U)[] ? readonly DeepReadonly<U>[]
  : T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
  : T;

/** What a handler returns for an answer. */
export type AnswerValue<A> = A extends z.core.$ZodType ? DeepReadonly<z.input<A>>
  : A extends JsonAnswer<infer S> ? DeepReadonly<z.input<S>>
  : A extends EmptyAnswer ? void
  : A extends TextAnswer ? string
  : A extends BytesAnswer ? Bytes
  : A extends SseAnswer ? EventSource
  : A extends UpgradeAnswer ? SocketTaker
  : never;

/** JSON with status 201: something new is there. */
export const created = <S extends z.core.$ZodType>(schema: S): JsonAnswer<S> => ({
  kind: "json",
  status: 201,
  schema,
});

/** JSON with status 202: it has begun and is not over. */
export const accepted = <S extends z.core.$ZodType>(schema: S): JsonAnswer<S> => ({
  kind: "json",
  status: 202,
  schema,
});

/** Status 204, no body. */
export const empty = (): EmptyAnswer => ({ kind: "empty" });

export const text = (type = "text/plain; charset=utf-8"): TextAnswer => ({ kind: "text", type });

export const bytes = (type = "application/octet-stream"): BytesAnswer => ({ kind: "bytes", type });

/** A stream of events that stays open. */
export const sse = (events: Readonly<Record<string, z.core.$ZodType>>): SseAnswer => ({
  kind: "sse",
  events,
});

/** A websocket. The caller brings a one-use ticket of `/api/ws-ticket`, since browsers set no header. */
export const upgrade = (protocol: string): UpgradeAnswer => ({ kind: "upgrade", protocol });
