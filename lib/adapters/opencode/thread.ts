/** One conversation with OpenCode: a session, whose commands carry the marks of the turn they run in. */

import { systemClock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { type ThreadId, threadId, type TurnId } from "../../engine/ids.ts";
import type { AgentThread, OpenOptions, TurnInput } from "../../engine/ports.ts";
import type { AgentError, Answer, TurnEvent, TurnRecord } from "../../engine/turn.ts";
import { MARKERS } from "../process/environment.ts";
import { type Call, Refusal } from "./http.ts";
import { messageIdOf } from "./message_id.ts";
import { contextOf, type ModelChoice } from "./models.ts";
import { OpenRequests } from "./open_requests.ts";
import { POSTURES } from "./posture.ts";
import type { Provider } from "./protocol.ts";
import { recordOf } from "./record.ts";
import { isMissing, type OpenCodeServer } from "./server.ts";
import { promptMetadata } from "./turn_env.ts";
import { TurnRun } from "./turn_run.ts";

/** What a thread needs of its agent. */
export interface ThreadHost {
  /** Environment of every command, CAR's marks among it. */
  readonly commandEnv: Readonly<Record<string, string>>;
  /** A running server, started when there is none. */
  server(): Promise<OpenCodeServer>;
  /** Ends what still runs with this turn's mark. */
  sweep(turn: TurnId): Promise<void>;
}

/** What was settled when the thread was opened. */
export interface OpenedSession {
  readonly id: string;
  /** Null: OpenCode's own choice. */
  readonly model: ModelChoice | null;
  readonly providers: readonly Provider[];
}

export class OpenCodeThread implements AgentThread {
  readonly id: ThreadId;
  readonly #host: ThreadHost;
  readonly #options: OpenOptions;
  readonly #session: OpenedSession;
  #requests: OpenRequests;
  #server: OpenCodeServer | null = null;
  readonly #closing = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(host: ThreadHost, options: OpenOptions, session: OpenedSession) {
    this.id = threadId(session.id);
    this.#host = host;
    this.#options = options;
    this.#session = session;
    this.#requests = new OpenRequests(POSTURES[options.posture].answer);
  }

  /** A second turn waits for the first: OpenCode would mix its prompt into the running one. */
  async *turn(input: TurnInput, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      yield* this.#turn(input, AbortSignal.any([signal, this.#closing.signal]));
    } finally {
      resolve();
    }
  }

  async *#turn(input: TurnInput, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const server = await this.#serverWithin(signal);
    if ("type" in server) return yield server;
    this.#server = server;
    this.#requests = new OpenRequests(POSTURES[this.#options.posture].answer);
    const messageId = messageIdOf(input.turnId, systemClock.now());
    const run = new TurnRun({
      server,
      sessionId: this.id,
      messageId,
      input,
      prompt: this.#prompt(input, messageId),
      signal,
      requests: this.#requests,
      contextOf: (provider, model) => contextOf(this.#session.providers, provider, model),
      sweep: () => this.#host.sweep(input.turnId),
    });
    yield* run.events();
  }

  /** A running server, unless the turn is asked to end meanwhile. */
  async #serverWithin(signal: AbortSignal): Promise<OpenCodeServer | TurnEvent> {
    const { promise, resolve } = Promise.withResolvers<TurnEvent>();
    const onAbort = () => resolve({ type: "ended", result: "interrupted", error: null });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([promise, this.#liveServer().catch(startFailure)]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** A server that died since the last turn is noticed only when it does not answer. */
  async #liveServer(): Promise<OpenCodeServer> {
    const server = await this.#host.server();
    const call: Call = { method: "GET", path: "/global/health" };
    const isDead = await server.call(call, "health").then(() => false, () => true);
    if (!isDead) return server;
    await server.stop();
    return await this.#host.server();
  }

  #prompt(input: TurnInput, messageID: string): Call {
    const { profile, reasoning } = this.#options;
    const env = { ...input.env, ...this.#host.commandEnv, [MARKERS.turn]: input.turnId };
    return {
      method: "POST",
      path: `/session/${this.id}/prompt_async`,
      body: {
        messageID,
        ...(this.#session.model === null ? {} : { model: this.#session.model }),
        ...(profile === null ? {} : { agent: profile }),
        ...(reasoning === null ? {} : { variant: reasoning }),
        parts: [{ type: "text", text: input.prompt, metadata: promptMetadata(env) }],
      },
    };
  }

  /** OpenCode takes no word into a running turn; it would answer it in a turn of its own. */
  steer(): Promise<boolean> {
    const isTaken = false;
    return Promise.resolve(isTaken);
  }

  async answer(requestId: string, answer: Answer): Promise<void> {
    const call = this.#requests.answer(requestId, answer);
    try {
      await this.#server?.call(call, "nothing");
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      throw new CarError("not_found", `OpenCode asks "${requestId}" no more: ${thrown.message}`, {
        hint: "It was answered elsewhere, or its turn is over.",
        cause: thrown,
      });
    }
  }

  async record(turnId: TurnId): Promise<TurnRecord> {
    try {
      const server = await this.#host.server();
      const statuses = await server.call({ method: "GET", path: "/session/status" }, "statuses");
      const history: Call = { method: "GET", path: `/session/${this.id}/message` };
      const messages = await server.call(history, "messages");
      return recordOf(messages, turnId, statuses[this.id] !== undefined);
    } catch (thrown) {
      return isMissing(thrown) ? { prompt: "absent" } : { prompt: "unknown" };
    }
  }

  /** Ends a running turn first. The session stays in OpenCode's record. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
  }
}

/** The end of a turn that could not begin. */
function startFailure(thrown: unknown): TurnEvent {
  return { type: "ended", result: "failed", error: startError(thrown) };
}

function startError(thrown: unknown): AgentError {
  if (!(thrown instanceof CarError)) {
    return { kind: "protocol", message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  const hint = thrown.hint === undefined ? "" : ` ${thrown.hint}`;
  return { kind: "crashed", message: `${thrown.message}.${hint}` };
}
