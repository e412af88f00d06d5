/** Asks the server: with the token, in JSON, and with failures as `Problem`. */

import { Problem } from "./problem.ts";
import { bearer, forgetToken } from "./session.ts";

export interface Ask {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: unknown;
  /** What a write stands on. */
  readonly etag?: string;
  /** What is shown already: answered once more when it is still so. */
  readonly known?: Answered<unknown> | null;
  readonly signal?: AbortSignal;
}

export interface Answered<T> {
  readonly value: T;
  readonly etag: string | null;
}

/** @throws {Problem} what the server said, or that it does not answer. */
export async function ask<T>(path: string, options: Ask = {}): Promise<Answered<T>> {
  const { method = "GET", signal } = options;
  const ahead = method === "GET" ? takeAhead(path) : null;
  if (ahead === null) return await send<T>(path, options);
  const answered = await ahead;
  signal?.throwIfAborted();
  return answered as Answered<T>;
}

/** What was asked for longer ago than this may be old, in milliseconds. */
const AHEAD_MS = 5_000;

/** By path: what was asked for while the page still loaded. */
const asked = new Map<string, { atMs: number; answer: Promise<Answered<unknown>> }>();

/** Asks for what the page will ask for in a moment, which then gets this answer, once. */
export function askAhead(paths: readonly string[]): void {
  for (const path of paths) {
    const answer = send(path);
    // Asked for again by whoever wants it: by then it may go well, and he is told if not.
    answer.catch(() => asked.delete(path));
    asked.set(path, { atMs: performance.now(), answer });
  }
}

function takeAhead(path: string): Promise<Answered<unknown>> | null {
  const found = asked.get(path);
  asked.delete(path);
  return found === undefined || performance.now() - found.atMs > AHEAD_MS ? null : found.answer;
}

async function send<T>(path: string, options: Ask = {}): Promise<Answered<T>> {
  const { method = "GET", body, etag, known, signal } = options;
  const response = await fetch(path, {
    method,
    credentials: "omit",
    headers: {
      accept: "application/json",
      ...bearer(),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(etag === undefined ? {} : { "if-match": etag }),
      ...(known?.etag ? { "if-none-match": known.etag } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((thrown) => {
    throw thrown instanceof DOMException ? thrown : Problem.of(thrown);
  });
  if (response.status === 401) forgetToken();
  if (response.status === 304 && known) return known as Answered<T>;
  const value = await read(response);
  if (!response.ok) throw Problem.ofAnswer(response.status, value);
  return { value: value as T, etag: response.headers.get("etag") };
}

/** Only what was asked for. @throws {Problem} */
export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await ask<T>(path, signal === undefined ? {} : { signal })).value;

/** @throws {Problem} */
export const post = async <T>(path: string, body: unknown = {}): Promise<T> =>
  (await ask<T>(path, { method: "POST", body })).value;

async function read(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (response.status === 204) return null;
  return type.includes("json") ? await response.json() : await response.text();
}
