/** One running app-server of Codex: typed calls, and what it tells routed to the threads that listen. */

import type * as z from "zod/mini";
import { systemClock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import type { Answer } from "../../engine/turn.ts";
import { settlesWithin } from "../process/ladder.ts";
import { openRpcPeer, type RpcPeer } from "../wire/jsonrpc.ts";
import { type Asked, askedBy } from "./approvals.ts";
import type { Calls } from "./calls.gen.ts";
import { KNOWN_NOTIFICATIONS, RESULTS } from "./protocol.gen.ts";

/** A start takes 50 ms; a program that needs longer than this is not a Codex that works. */
const INITIALIZE_MS = 10_000;
/** Every other call is answered within milliseconds. */
const CALL_MS = 10_000;

/** Between the end of what a program says and its exit lie milliseconds. */
const LAST_BREATH_MS = 1_000;

/** The program as the server needs it: lines in and out, and an end. */
export interface Program {
  readonly lines: AsyncIterable<string>;
  write(line: string): Promise<void>;
  /** Resolves, never rejects, when it has ended: how, and its last words. */
  readonly ended: Promise<string>;
  /** Ends it politely, then by force; resolves in bounded time. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** What one thread hears. */
export interface ThreadListener {
  notification(method: string, params: unknown): void;
  asked(asked: Asked): Promise<Answer>;
  /** The server has ended; the reason as a sentence. */
  gone(reason: string): void;
}

type Result<Method extends keyof Calls> = z.infer<(typeof RESULTS)[Method]>;

const NO: Answer = { type: "no" };
const known: ReadonlySet<string> = new Set(KNOWN_NOTIFICATIONS);

function threadOf(params: unknown): string | undefined {
  if (typeof params !== "object" || params === null || !("threadId" in params)) return undefined;
  return typeof params.threadId === "string" ? params.threadId : undefined;
}

export class CodexServer {
  readonly #program: Program;
  readonly #peer: RpcPeer;
  readonly #log: (text: string) => void;
  readonly #listeners = new Map<string, ThreadListener>();
  readonly #unknown = new Map<string, number>();
  #isAlive = true;
  #version: string | null = null;

  private constructor(program: Program, log: (text: string) => void) {
    this.#program = program;
    this.#log = log;
    this.#peer = openRpcPeer(program, {
      notification: (method, params) => this.#route(method, params),
      request: (method, params) => this.#answer(method, params),
      problem: log,
    });
    this.#peer.closed.then(() => this.#end());
  }

  /**
   * Greets a program that has just been spawned.
   * @param log Takes what does not belong to a turn, one line each.
   * @throws {CarError} `unavailable` with the program's last words, when it does not answer; it is
   * stopped then.
   */
  static async greet(
    program: Program,
    version: string,
    log: (text: string) => void,
  ): Promise<CodexServer> {
    const server = new CodexServer(program, log);
    try {
      const { userAgent } = await server.call("initialize", {
        clientInfo: { name: "codex-autorunner", title: "CAR", version },
        capabilities: { experimentalApi: true },
      }, INITIALIZE_MS);
      server.#version = /\/(\S+)/.exec(userAgent)?.[1] ?? null;
      server.#peer.notify("initialized");
      return server;
    } catch (thrown) {
      await server.#settle();
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new CarError("unavailable", `Codex did not start: ${await program.ended}`, {
        hint: `Try the command by hand, and check the Codex configuration. (${why})`,
        cause: thrown,
      });
    }
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Codex's own version, as it told it. */
  get version(): string | null {
    return this.#version;
  }

  /** Notifications of no known kind so far, by name. */
  get unknownNotifications(): ReadonlyMap<string, number> {
    return this.#unknown;
  }

  /** Lines so far that were no message. */
  get garbageLines(): number {
    return this.#peer.garbage();
  }

  /**
   * @throws {RpcError} when Codex refuses.
   * @throws {CarError} `timeout`, `unavailable`, or `internal` for an answer of another shape.
   */
  async call<Method extends keyof Calls>(
    method: Method,
    params: Calls[Method],
    deadlineMs: number = CALL_MS,
  ): Promise<Result<Method>> {
    const result = RESULTS[method].safeParse(await this.#peer.call(method, params, deadlineMs));
    if (result.success) return result.data as Result<Method>;
    throw new CarError("internal", `Codex answered "${method}" in a form CAR does not know`, {
      hint: "This version of Codex may be too new or too old for CAR.",
      cause: result.error,
    });
  }

  /** Routes what is told of a thread. @returns Ends the listening. */
  listen(threadId: string, listener: ThreadListener): () => void {
    this.#listeners.set(threadId, listener);
    if (!this.#isAlive) void this.#tellGone([listener]);
    return () => {
      if (this.#listeners.get(threadId) === listener) this.#listeners.delete(threadId);
    };
  }

  /** Ends the program politely, then by force; resolves when it is gone. */
  async stop(): Promise<void> {
    await this.#program.stop();
    this.#peer.close();
  }

  async kill(): Promise<void> {
    await this.#program.kill();
    this.#peer.close();
  }

  #route(method: string, params: unknown): void {
    if (!known.has(method)) {
      this.#unknown.set(method, (this.#unknown.get(method) ?? 0) + 1);
      return;
    }
    const threadId = threadOf(params);
    if (threadId === undefined) {
      for (const listener of this.#listeners.values()) listener.notification(method, params);
    } else {
      this.#listeners.get(threadId)?.notification(method, params);
    }
  }

  /** A thread that nobody listens to, e.g. one that Codex started itself, is answered no. */
  #answer(method: string, params: unknown): Promise<unknown> | undefined {
    const asked = askedBy(method, params);
    if (asked === undefined) return undefined;
    const listener = this.#listeners.get(asked.threadId);
    if (listener === undefined) {
      this.#log(`Codex asked on the unknown thread ${asked.threadId}; answered no.`);
      return Promise.resolve(asked.answer(NO));
    }
    return listener.asked(asked).then((answer) => asked.answer(answer));
  }

  #end(): void {
    this.#isAlive = false;
    void this.#tellGone([...this.#listeners.values()]);
  }

  /** Ends a program that no longer talks, and what it left; one that ended by itself keeps its reason. */
  async #settle(): Promise<void> {
    await settlesWithin(this.#program.ended, LAST_BREATH_MS, systemClock);
    await this.#program.stop();
  }

  async #tellGone(listeners: readonly ThreadListener[]): Promise<void> {
    await this.#settle();
    const reason = `The Codex process ended: ${await this.#program.ended}`;
    for (const listener of listeners) listener.gone(reason);
  }
}
