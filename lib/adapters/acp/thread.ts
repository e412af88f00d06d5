/**
 * One conversation with an ACP agent. Each turn has a process of its own, so that its commands carry
 * the turn's marks and all of it ends with the turn; only an agent that cannot take up a session
 * again is kept from turn to turn.
 */

import { type ThreadId, threadId, type TurnId } from "../../engine/ids.ts";
import type { AgentThread, OpenOptions, TurnInput } from "../../engine/ports.ts";
import type { Answer, TurnEvent, TurnRecord } from "../../engine/turn.ts";
import { RpcError } from "../wire/jsonrpc.ts";
import { Approvals } from "./approvals.ts";
import type { AcpConnection, ConnectionListener } from "./connection.ts";
import { agentErrorOf, NOT_FOUND } from "./errors.ts";
import { contentOf } from "./events.ts";
import { CLIENT_POSTURES } from "./posture.ts";
import type { AcpRoom } from "./program.ts";
import { fieldsOf } from "./reading.ts";
import { openSession, replaySession, type Session, type Settings } from "./session.ts";
import { markOf, TurnRun } from "./turn_run.ts";

/** What a thread needs of its agent. */
export interface ThreadHost {
  /** Absolute. */
  readonly repo: string;
  readonly room: AcpRoom;
  /** Starts a process; for a turn with its marks, without one for a look at the record. */
  connect(turn: TurnInput | null): Promise<AcpConnection>;
  /** The thread is closed. */
  closed(): void;
}

interface Attached {
  readonly connection: AcpConnection;
  readonly session: Session;
}

/** Hears nothing: what a session replays of earlier turns is no news. */
const DEAF: ConnectionListener = { update() {}, asked: () => undefined, gone() {} };

const continues = ({ info }: AcpConnection): boolean => info.canLoad || info.canResume;

export class AcpThread implements AgentThread {
  readonly #host: ThreadHost;
  readonly #options: OpenOptions;
  readonly #settings: Settings;
  readonly #approvals: Approvals;
  readonly #closing = new AbortController();
  /** Turns of this thread that ended while CAR looked on. */
  readonly #endedTurns = new Set<TurnId>();
  #id: ThreadId;
  /** The process of an agent that has to be kept, with its session. */
  #kept: Attached | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(host: ThreadHost, options: OpenOptions, settings: Settings) {
    this.#host = host;
    this.#options = options;
    this.#settings = settings;
    this.#id = options.resume ?? threadId("");
    this.#approvals = new Approvals(CLIENT_POSTURES[options.posture].answer);
  }

  /** Empty until the first turn of a new thread has told its first event. */
  get id(): ThreadId {
    return this.#id;
  }

  /** A second turn waits for the first: agents differ in what they do with two prompts at once. */
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
    const attached = await this.#attachWithin(input, signal);
    if (!("connection" in attached)) return yield attached;
    const { connection, session } = attached;
    const isKept = !continues(connection);
    // Told before the prompt is sent, so that the caller can note the thread's id first.
    if (session.isNew) {
      yield { type: "status", text: `Session ${this.#id} started`, waiting: false };
    }
    for (const text of session.notices) yield { type: "notice", text };
    const run = new TurnRun({
      connection,
      sessionId: session.id,
      input,
      posture: this.#options.posture,
      repo: this.#host.repo,
      room: this.#host.room,
      signal,
      approvals: this.#approvals,
      isKept,
    });
    this.#kept = isKept ? { connection, session: { ...session, isNew: false, notices: [] } } : null;
    for await (const event of run.events()) {
      if (event.type === "ended" && event.result === "completed") {
        this.#endedTurns.add(input.turnId);
      }
      yield event;
    }
  }

  /** Attaches, unless the turn is asked to end meanwhile; a process that started is ended then. */
  async #attachWithin(input: TurnInput, signal: AbortSignal): Promise<Attached | TurnEvent> {
    const { promise, resolve } = Promise.withResolvers<TurnEvent>();
    const onAbort = () => resolve({ type: "ended", result: "interrupted", error: null });
    if (signal.aborted) return { type: "ended", result: "interrupted", error: null };
    signal.addEventListener("abort", onAbort, { once: true });
    const attaching = this.#attach(input);
    try {
      const first = await Promise.race([promise, attaching.catch(failed)]);
      if (!("connection" in first)) {
        await this.#host.room.sweepTurn(input.turnId);
        await attaching.then(({ connection }) => connection.kill(), () => {});
      }
      return first;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #attach(input: TurnInput): Promise<Attached> {
    if (this.#kept?.connection.isAlive) return this.#kept;
    const connection = await this.#host.connect(input);
    try {
      connection.listen(DEAF);
      const resume = this.#id === "" ? null : this.#id;
      const session = await openSession(connection, this.#host.repo, resume, this.#settings);
      this.#id = threadId(session.id);
      return { connection, session };
    } catch (thrown) {
      await connection.stop();
      throw new AttachError(thrown, connection.info.logins);
    }
  }

  /** The protocol has no way to say something into a running turn. */
  steer(_text: string): Promise<boolean> {
    const isTaken = false;
    return Promise.resolve(isTaken);
  }

  answer(requestId: string, answer: Answer): Promise<void> {
    return Promise.try(() => this.#approvals.answer(requestId, answer));
  }

  /** Asks for what the agent replays of the session: the prompt carries the turn's id. */
  async record(turnId: TurnId): Promise<TurnRecord> {
    if (this.#endedTurns.has(turnId)) return { prompt: "arrived", ended: true };
    if (this.#id === "") return { prompt: "absent" };
    try {
      const connection = await this.#host.connect(null);
      try {
        const words: string[] = [];
        connection.listen({
          ...DEAF,
          update: (update) => {
            const { sessionUpdate, content } = fieldsOf(update);
            if (sessionUpdate === "user_message_chunk") words.push(contentOf(content));
          },
        });
        const isReplayed = await replaySession(connection, this.#host.repo, this.#id);
        if (words.join("").includes(markOf(turnId))) return { prompt: "arrived", ended: false };
        // One that replays nothing at all has lost it, or only pretends to have loaded it.
        return { prompt: isReplayed && words.length > 0 ? "absent" : "unknown" };
      } finally {
        await connection.stop();
      }
    } catch (thrown) {
      const isAbsent = thrown instanceof RpcError && thrown.code === NOT_FOUND;
      return { prompt: isAbsent ? "absent" : "unknown" };
    }
  }

  /** Ends a running turn first. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
    const kept = this.#kept;
    this.#kept = null;
    await kept?.connection.stop();
    this.#host.closed();
  }
}

/** Why a turn could not begin, with the ways to log in that the agent had named. */
class AttachError extends Error {
  readonly thrown: unknown;
  readonly logins: readonly string[];

  constructor(thrown: unknown, logins: readonly string[]) {
    super("The turn could not begin");
    this.thrown = thrown;
    this.logins = logins;
  }
}

function failed(thrown: unknown): TurnEvent {
  const error = thrown instanceof AttachError
    ? agentErrorOf(thrown.thrown, thrown.logins)
    : agentErrorOf(thrown, []);
  return { type: "ended", result: "failed", error };
}
