/** One conversation with Codex: opened on the server for each turn, so that its commands carry the turn's marks. */

import { CarError } from "../../base/errors.ts";
import { type ThreadId, threadId, type TurnId } from "../../engine/ids.ts";
import type { AgentThread, OpenOptions, TurnInput } from "../../engine/ports.ts";
import type { AgentError, Answer, TurnEvent, TurnRecord } from "../../engine/turn.ts";
import { MARKERS } from "../process/environment.ts";
import { RpcError } from "../wire/jsonrpc.ts";
import type { ThreadStartParams } from "./calls.gen.ts";
import { POSTURES } from "./posture.ts";
import { Questions } from "./questions.ts";
import type { CodexServer } from "./server.ts";
import { TurnRun } from "./turn_run.ts";

/** How many turns of the record are searched for one of ours. A thread of a ticket has few. */
const RECORD_TURNS = 50;
/** What Codex says of a thread it has no file of: it never had a turn, or lies in another home. */
const NO_THREAD = /no rollout found|thread not loaded|thread not found/;
/** The environment of a turn's commands, as a key of Codex's configuration. */
const COMMAND_ENV = "shell_environment_policy.set.";

/** What a thread needs of its agent. */
export interface ThreadHost {
  readonly repo: string;
  /** CAR's marks on a process, beside the turn's; a person's configuration may have dropped them. */
  readonly marks: Readonly<Record<string, string>>;
  /** A running server, started when there is none. */
  server(): Promise<CodexServer>;
  /** What the agent shall know of the repo, or null. */
  instructions(): Promise<string | null>;
  /** Ends what still runs with this turn's mark. */
  sweep(turn: TurnId): Promise<void>;
}

type Attached = { readonly server: CodexServer; readonly isNew: boolean };

const isUnavailable = (thrown: unknown): boolean =>
  thrown instanceof CarError && thrown.code === "unavailable";
const hasNoThread = (thrown: unknown): boolean =>
  thrown instanceof RpcError && NO_THREAD.test(thrown.text);

/**
 * Asks Codex for a thread that is to be continued. Codex names a thread before it writes its file: a
 * kill between the two leaves no file, or one without its head, and no resume ever takes that one.
 *
 * @throws {CarError} `not_found` when Codex has no such thread or cannot read it; the turn then needs
 * a new one, with the whole prompt.
 */
export async function requireThread(server: CodexServer, id: ThreadId): Promise<void> {
  try {
    await server.call("thread/turns/list", { threadId: id, limit: 1, itemsView: "summary" });
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    throw new CarError("not_found", `Codex cannot continue the thread "${id}": ${thrown.text}`, {
      hint: "It never had a turn, was cut off while Codex began its file, or lies in another home.",
      cause: thrown,
    });
  }
}

export class CodexThread implements AgentThread {
  readonly #host: ThreadHost;
  readonly #options: OpenOptions;
  readonly #questions: Questions;
  #id: ThreadId;
  /** The server that has the thread loaded. */
  #loadedBy: CodexServer | null = null;
  #run: TurnRun | null = null;
  readonly #closing = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(host: ThreadHost, options: OpenOptions) {
    this.#host = host;
    this.#options = options;
    this.#id = options.resume ?? threadId("");
    this.#questions = new Questions(POSTURES[options.posture].answer);
  }

  /** Empty until the first turn of a new thread has told its first event. */
  get id(): ThreadId {
    return this.#id;
  }

  /** A second turn waits for the first: Codex would take its prompt as a word into the running one. */
  async *turn(input: TurnInput, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      yield* this.#turn(input, AbortSignal.any([signal, this.#closing.signal]));
    } finally {
      this.#run = null;
      resolve();
    }
  }

  async *#turn(input: TurnInput, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const attached = await this.#attachWithin(input, signal);
    if (!("server" in attached)) return yield attached;
    // Told before the prompt is sent, so that the caller can note the thread's id first.
    if (attached.isNew) {
      yield { type: "status", text: `Codex thread ${this.#id} started`, waiting: false };
    }
    this.#run = new TurnRun({
      server: attached.server,
      threadId: this.#id,
      input,
      effort: this.#options.reasoning,
      signal,
      questions: this.#questions,
      sweep: () => this.#host.sweep(input.turnId),
    });
    yield* this.#run.events();
  }

  /** Attaches, unless the turn is asked to end meanwhile. */
  async #attachWithin(input: TurnInput, signal: AbortSignal): Promise<Attached | TurnEvent> {
    const { promise, resolve } = Promise.withResolvers<TurnEvent>();
    const onAbort = () => resolve({ type: "ended", result: "interrupted", error: null });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      // A server that died since the last turn is noticed only now; nothing was sent yet.
      const attaching = this.#attach(input).catch((thrown) => {
        if (!isUnavailable(thrown)) throw thrown;
        return this.#attach(input);
      }).catch(attachFailure);
      return await Promise.race([promise, attaching]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Loads the thread on a running server with this turn's environment, or starts it. */
  async #attach(input: TurnInput): Promise<Attached> {
    const server = await this.#host.server();
    try {
      const params = await this.#params(input);
      const isNew = this.#id === "" || !await this.#resume(server, params);
      if (isNew) this.#id = threadId((await server.call("thread/start", params)).thread.id);
      this.#loadedBy = server;
      return { server, isNew };
    } catch (thrown) {
      // A server that is deaf is of no use to the next turn either.
      if (thrown instanceof CarError && thrown.code === "timeout") await server.stop();
      throw thrown;
    }
  }

  /** @returns False: Codex has no such thread, because it never had a turn. */
  async #resume(server: CodexServer, params: ThreadStartParams): Promise<boolean> {
    // A loaded thread keeps its old environment: it has to be let go first.
    if (this.#loadedBy === server) {
      await server.call("thread/unsubscribe", { threadId: this.#id });
    }
    try {
      const resume = { threadId: this.#id, excludeTurns: true, ...params };
      await server.call("thread/resume", resume);
      return true;
    } catch (thrown) {
      if (hasNoThread(thrown)) return false;
      throw thrown;
    }
  }

  async #params(input: TurnInput): Promise<ThreadStartParams> {
    const { approvalPolicy, sandbox } = POSTURES[this.#options.posture];
    const env = { ...input.env, ...this.#host.marks, [MARKERS.turn]: input.turnId };
    const config = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [COMMAND_ENV + name, value]),
    );
    const developerInstructions = await this.#host.instructions();
    return {
      cwd: this.#host.repo,
      approvalPolicy,
      sandbox,
      config,
      ...(this.#options.model === null ? {} : { model: this.#options.model }),
      ...(developerInstructions === null ? {} : { developerInstructions }),
    };
  }

  async steer(text: string): Promise<boolean> {
    const turn = this.#run?.turnId ?? null;
    if (turn === null || this.#loadedBy === null) return false;
    const input = [{ type: "text", text }] as const;
    const params = { threadId: this.#id, expectedTurnId: turn, input };
    return await this.#loadedBy.call("turn/steer", params).then(() => true, () => false);
  }

  answer(requestId: string, answer: Answer): Promise<void> {
    return Promise.try(() => this.#questions.answer(requestId, answer));
  }

  async record(turnId: TurnId): Promise<TurnRecord> {
    if (this.#id === "") return { prompt: "absent" };
    try {
      const server = await this.#host.server();
      const { data } = await server.call("thread/turns/list", {
        threadId: this.#id,
        limit: RECORD_TURNS,
        itemsView: "full",
      });
      const turn = data.find((it) => it.items.some((item) => item.clientId === turnId));
      if (turn === undefined) return { prompt: "absent" };
      const ended = turn.status === "completed" || turn.status === "failed";
      return { prompt: "arrived", ended };
    } catch (thrown) {
      return hasNoThread(thrown) ? { prompt: "absent" } : { prompt: "unknown" };
    }
  }

  /** Ends a running turn first. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
    const server = this.#loadedBy;
    this.#loadedBy = null;
    if (server === null || !server.isAlive) return;
    await server.call("thread/unsubscribe", { threadId: this.#id }).catch(() => {});
  }
}

/** The end of a turn that could not begin. */
function attachFailure(thrown: unknown): TurnEvent {
  return { type: "ended", result: "failed", error: attachError(thrown) };
}

function attachError(thrown: unknown): AgentError {
  if (thrown instanceof RpcError) return { kind: "refused", message: thrown.text };
  if (thrown instanceof CarError) {
    const hint = thrown.hint === undefined ? "" : ` ${thrown.hint}`;
    const kind = thrown.code === "timeout" ? "silent" : "crashed";
    return { kind, message: `${thrown.message}.${hint}` };
  }
  return { kind: "protocol", message: thrown instanceof Error ? thrown.message : String(thrown) };
}
