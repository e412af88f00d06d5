/**
 * Calls of the OpenCode server. Each connection goes to the server's own port and nowhere else: the
 * proxy of the environment, which fetch would take for loopback too, must not see the password.
 */

import type * as z from "zod/mini";
import { CarError } from "../../base/errors.ts";

/** Every call is answered within milliseconds; a busy machine gets a moment. */
const CALL_MS = 15_000;
/** Largest answer read: the history of a long session is some megabytes. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** How much of an answer nobody understands is told. */
const EXCERPT_CHARS = 300;

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** The repo, absolute: the server keeps one instance for each. */
  readonly directory: string;
}

export interface Call {
  readonly method: "GET" | "POST" | "PATCH";
  /** Without query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly deadlineMs?: number;
}

/** What the server refused, in its own words. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** The way to one server. Close it when the server has ended. */
export class Connection {
  readonly #address: Address;
  readonly #client: Deno.HttpClient;

  constructor(address: Address) {
    this.#address = address;
    const { host, port } = address;
    this.#client = Deno.createHttpClient({ proxy: { transport: "tcp", hostname: host, port } });
  }

  async open(call: Call, signal: AbortSignal): Promise<Response> {
    const { host, port, username, password, directory } = this.#address;
    const query = new URLSearchParams({ ...call.query, directory });
    return await fetch(`http://${host}:${port}${call.path}?${query}`, {
      method: call.method,
      headers: {
        authorization: `Basic ${btoa(`${username}:${password}`)}`,
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      client: this.#client,
      signal,
    });
  }

  close(): void {
    this.#client.close();
  }
}

async function textOf(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) {
      throw new CarError("unavailable", "OpenCode's answer is longer than 64 MiB");
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** @returns The status and the body's text. @throws {CarError} `timeout`, `unavailable`. */
async function exchange(to: Connection, call: Call): Promise<{ status: number; text: string }> {
  const deadlineMs = call.deadlineMs ?? CALL_MS;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), deadlineMs);
  try {
    const answer = await to.open(call, late.signal);
    return { status: answer.status, text: await textOf(answer) };
  } catch (cause) {
    if (cause instanceof CarError) throw cause;
    const what = `${call.method} ${call.path}`;
    throw late.signal.aborted
      ? new CarError("timeout", `OpenCode did not answer ${what} in ${deadlineMs} ms`, { cause })
      : new CarError("unavailable", `OpenCode cannot be reached for ${what}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The server's own sentence in an error's body, which has one of several shapes. */
function sentenceIn(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  if ("data" in body) return sentenceIn(body.data);
  if ("message" in body && typeof body.message === "string") return body.message;
  return "name" in body && typeof body.name === "string" ? body.name : undefined;
}

/**
 * Calls and decodes the answer.
 * @throws {Refusal} when the server refuses.
 * @throws {CarError} `timeout`, `unavailable`, or `internal` for an answer of another shape.
 */
export async function callServer<Schema extends z.ZodMiniType>(
  to: Connection,
  call: Call,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const { status, text } = await exchange(to, call);
  const body = text === "" ? null : decoded(text);
  if (status < 200 || status > 299) {
    throw new Refusal(
      status,
      sentenceIn(body) ?? `HTTP ${status}: ${text.slice(0, EXCERPT_CHARS)}`,
    );
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data as z.infer<Schema>;
  const what = `${call.method} ${call.path}`;
  throw new CarError("internal", `OpenCode answered ${what} in a form CAR does not know`, {
    hint: "This version of OpenCode may be too new or too old for CAR.",
    cause: result.error,
  });
}

/**
 * Opens the stream of events. Leaving the loop over it closes the connection.
 * @throws {CarError} `unavailable`.
 */
export async function openEvents(
  to: Connection,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const call: Call = { method: "GET", path: "/global/event" };
  const answer = await to.open(call, signal).catch((cause) => {
    throw new CarError("unavailable", "OpenCode's events cannot be read", { cause });
  });
  if (answer.ok && answer.body !== null) return chunksUntil(answer.body, signal);
  await answer.body?.cancel();
  throw new CarError("unavailable", `OpenCode refused its events: HTTP ${answer.status}`);
}

/** The runtime does not always end a stream whose request is aborted while nothing comes: this does. */
async function* chunksUntil(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader();
  const { promise: aborted, resolve } = Promise.withResolvers<{ value?: undefined }>();
  const onAbort = () => resolve({});
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    for (;;) {
      const { value } = await Promise.race([aborted, reader.read()]);
      if (value === undefined) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    reader.cancel().catch(() => {});
  }
}
