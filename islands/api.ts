/** Asks the server: with the token, in JSON, and with failures as `Problem`. */

import { Problem } from "./problem.ts";
import { bearer, forgetToken } from "./session.ts";

export interface Ask {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly etag?: string;
  readonly signal?: AbortSignal;
}

export interface Answered<T> {
  readonly value: T;
  readonly etag: string | null;
}

/** @throws {Problem} what the server said, or that it does not answer. */
export async function ask<T>(path: string, options: Ask = {}): Promise<Answered<T>> {
  const { method = "GET", body, etag, signal } = options;
  const response = await fetch(path, {
    method,
    credentials: "omit",
    headers: {
      accept: "application/json",
      ...bearer(),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(etag === undefined ? {} : { [method === "GET" ? "if-none-match" : "if-match"]: etag }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((thrown) => {
    throw thrown instanceof DOMException ? thrown : Problem.of(thrown);
  });
  if (response.status === 401) forgetToken();
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
