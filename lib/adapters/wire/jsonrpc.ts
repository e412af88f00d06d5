/**
 * One end of a JSON-RPC 2.0 conversation in lines, both sides of which may ask. Knows nothing of
 * processes and of what the methods mean. The two sides number their requests apart, a line that
 * is no message is counted and passed over, and nothing a handler does can stop the reading.
 */

import { CarError } from "../../base/errors.ts";

/** What the other side answered with `error`. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly method: string;
  readonly code: number;
  /** The other side's words, without the method. */
  readonly text: string;
  readonly data: unknown;

  constructor(method: string, code: number, text: string, data: unknown) {
    super(`${method}: ${text} (${code})`);
    this.method = method;
    this.code = code;
    this.text = text;
    this.data = data;
  }
}

/** Two streams of lines, without their line ends. */
export interface LineStreams {
  readonly lines: AsyncIterable<string>;
  /** Resolves when the line is handed on; rejects when the other side no longer reads. */
  write(line: string): Promise<void>;
}

/** What to do with what the other side starts. Each may throw: it harms only its own message. */
export interface RpcHandlers {
  notification(method: string, params: unknown): void;
  /** The answer to a request; undefined: this method is not known here. */
  request(method: string, params: unknown): Promise<unknown> | undefined;
  /** A line that is no message, a stray answer, or a handler that threw; for the log. */
  problem(text: string): void;
}

export interface RpcPeer {
  /**
   * Asks and returns the result.
   * @throws {RpcError} when the other side answers with an error.
   * @throws {CarError} `timeout` after `deadlineMs`, `unavailable` when the conversation is over.
   */
  call(method: string, params: unknown, deadlineMs: number): Promise<unknown>;
  /** Tells; never throws. What the other side no longer reads is dropped. */
  notify(method: string, params?: unknown): void;
  /** Lines so far that were no message. */
  garbage(): number;
  /** Resolves, never rejects, when the other side's lines have ended or `close` was called. */
  readonly closed: Promise<void>;
  /** Ends the conversation from here; open calls are rejected. Closing the streams is the caller's. */
  close(): void;
}

const METHOD_NOT_FOUND = -32601;
const INTERNAL_ERROR = -32603;
/** How much of a strange line is told. */
const QUOTE_CHARS_MAX = 200;

type Id = string | number;

interface OpenCall {
  readonly method: string;
  resolve(result: unknown): void;
  reject(reason: Error): void;
}

type Message = Readonly<Record<string, unknown>>;

const isMessage = (value: unknown): value is Message =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is Id =>
  typeof value === "string" || typeof value === "number";
const textOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

function parse(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isMessage(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

class Peer implements RpcPeer {
  readonly closed: Promise<void>;
  readonly #streams: LineStreams;
  readonly #handlers: RpcHandlers;
  readonly #open = new Map<Id, OpenCall>();
  readonly #over = Promise.withResolvers<void>();
  #isOver = false;
  #nextId = 1;
  #garbage = 0;

  constructor(streams: LineStreams, handlers: RpcHandlers) {
    this.#streams = streams;
    this.#handlers = handlers;
    this.closed = this.#over.promise;
    void this.#read();
  }

  garbage(): number {
    return this.#garbage;
  }

  call(method: string, params: unknown, deadlineMs: number): Promise<unknown> {
    if (this.#isOver) return Promise.reject(gone(method));
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const seconds = Math.round(deadlineMs / 1000);
    const timer = setTimeout(
      () => reject(new CarError("timeout", `No answer to "${method}" within ${seconds} s`)),
      deadlineMs,
    );
    this.#open.set(id, { method, resolve, reject });
    this.#send({ id, method, params });
    return promise.finally(() => {
      clearTimeout(timer);
      this.#open.delete(id);
    });
  }

  notify(method: string, params?: unknown): void {
    this.#send({ method, params });
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { method, reject } of this.#open.values()) reject(gone(method));
    this.#over.resolve();
  }

  async #read(): Promise<void> {
    try {
      for await (const line of this.#streams.lines) {
        if (this.#isOver) return;
        if (line.trim() !== "") this.#receive(line);
      }
    } catch (thrown) {
      this.#handlers.problem(`Reading ended: ${textOf(thrown)}`);
    } finally {
      this.close();
    }
  }

  #receive(line: string): void {
    const message = parse(line);
    const { method } = message ?? {};
    const id = message === undefined ? undefined : this.#idOf(message);
    if (message === undefined || (typeof method !== "string" && !isId(id))) {
      this.#garbage++;
      this.#handlers.problem(`Not a message: ${line.slice(0, QUOTE_CHARS_MAX)}`);
    } else if (typeof method !== "string") {
      if (isId(id)) this.#settle(id, message);
    } else if (isId(id)) {
      void this.#answer(id, method, message.params);
    } else {
      this.#tell(method, message.params);
    }
  }

  /** A result without an id is that of the only open request: some programs forget it. */
  #idOf(message: Message): unknown {
    const { id } = message;
    if (isId(id) || !Object.hasOwn(message, "result") || this.#open.size !== 1) return id;
    return [...this.#open.keys()][0];
  }

  #settle(id: Id, message: Message): void {
    // Ours are numbers; some programs answer with the number as text.
    const call = this.#open.get(id) ?? this.#open.get(Number(id));
    if (call === undefined) {
      return this.#handlers.problem(`An answer to no open request: ${String(id)}`);
    }
    if (!isMessage(message.error)) return call.resolve(message.result);
    const { code, message: text, data } = message.error;
    const number = typeof code === "number" ? code : INTERNAL_ERROR;
    call.reject(new RpcError(call.method, number, String(text ?? "no reason given"), data));
  }

  #tell(method: string, params: unknown): void {
    try {
      this.#handlers.notification(method, params);
    } catch (thrown) {
      this.#handlers.problem(`The handler of "${method}" failed: ${textOf(thrown)}`);
    }
  }

  /** Every request is answered, whatever the handler does: the other side may wait for ever. */
  async #answer(id: Id, method: string, params: unknown): Promise<void> {
    try {
      const answer = this.#handlers.request(method, params);
      if (answer === undefined) {
        const message = `Unknown method "${method}"`;
        return this.#send({ id, error: { code: METHOD_NOT_FOUND, message } });
      }
      this.#send({ id, result: await answer ?? null });
    } catch (thrown) {
      this.#handlers.problem(`The handler of "${method}" failed: ${textOf(thrown)}`);
      this.#send({ id, error: { code: INTERNAL_ERROR, message: textOf(thrown) } });
    }
  }

  #send(message: Message): void {
    if (this.#isOver) return;
    const line = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#streams.write(line).catch((thrown) => {
      if (!this.#isOver) this.#handlers.problem(`Writing failed: ${textOf(thrown)}`);
      this.close();
    });
  }
}

const gone = (method: string): CarError =>
  new CarError("unavailable", `No answer to "${method}": the connection is closed`);

/** Starts reading at once. */
export function openRpcPeer(streams: LineStreams, handlers: RpcHandlers): RpcPeer {
  return new Peer(streams, handlers);
}
