/** One running ACP agent: greeted, its calls with deadlines, and what it tells and asks handed on. */

import { systemClock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { settlesWithin } from "../process/ladder.ts";
import { openRpcPeer, type RpcPeer } from "../wire/jsonrpc.ts";
import type { Program } from "./program.ts";
import { type Fields, fieldsOf, inside, listAt, numberAt, textAt } from "./reading.ts";

/** The only version there is; the next one is a draft in which turns end otherwise. */
const PROTOCOL_VERSION = 1;
/** A start takes up to a second, and many times that on a busy machine. */
export const INITIALIZE_MS = 60_000;
/** Between the end of what a program says and its exit lie milliseconds. */
const LAST_BREATH_MS = 1_000;

/** What the agent said of itself. */
export interface AgentInfo {
  readonly name: string | null;
  readonly version: string | null;
  /** Names of the ways to log in. */
  readonly logins: readonly string[];
  readonly canLoad: boolean;
  readonly canResume: boolean;
}

/** Who hears the agent: one session at a time. */
export interface ConnectionListener {
  update(update: unknown): void;
  /** The answer to what it asks; undefined: not known here. */
  asked(method: string, params: unknown): Promise<unknown> | undefined;
  /** The agent has ended; the reason as a sentence. */
  gone(reason: string): void;
}

export interface GreetOptions {
  /** CAR's version, told to the agent. */
  readonly version: string;
  /** Whether it may have CAR read and write files and run commands for it. */
  readonly offersClient: boolean;
  readonly initializeMs: number;
  /** Takes what belongs to no turn, one line each. */
  readonly log: (text: string) => void;
}

const METHOD_UPDATE = "session/update";
/** The updates of some agents, and all that others may invent, come with this prefix or another. */
const QUIET = /^(_|\$\/)/;

export class AcpConnection {
  readonly #program: Program;
  readonly #peer: RpcPeer;
  readonly #log: (text: string) => void;
  #listener: ConnectionListener | null = null;
  #isAlive = true;
  #info: AgentInfo = { name: null, version: null, logins: [], canLoad: false, canResume: false };

  private constructor(program: Program, log: (text: string) => void) {
    this.#program = program;
    this.#log = log;
    this.#peer = openRpcPeer(program, {
      notification: (method, params) => this.#tell(method, params),
      request: (method, params) => this.#listener?.asked(method, params),
      problem: log,
    });
    this.#peer.closed.then(() => this.#end());
  }

  /**
   * Greets a program that has just been spawned.
   * @throws {CarError} `timeout` when it does not answer in time, `unavailable` with its last words
   * when it ended or speaks another version; it is stopped then.
   */
  static async greet(program: Program, options: GreetOptions): Promise<AcpConnection> {
    const connection = new AcpConnection(program, options.log);
    try {
      const greeting = greetingOf(options);
      const answer = await connection.call("initialize", greeting, options.initializeMs);
      connection.#info = infoOf(fieldsOf(answer));
      return connection;
    } catch (thrown) {
      await connection.#settle();
      throw startError(thrown, await program.ended);
    }
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get info(): AgentInfo {
    return this.#info;
  }

  /** Throws as `RpcPeer.call` does. */
  async call(method: string, params: unknown, deadlineMs: number): Promise<Fields> {
    return fieldsOf(await this.#peer.call(method, params, deadlineMs));
  }

  notify(method: string, params: unknown): void {
    this.#peer.notify(method, params);
  }

  /** From now on this one hears the agent. @returns Ends the listening. */
  listen(listener: ConnectionListener): () => void {
    this.#listener = listener;
    if (!this.#isAlive) void this.#tellGone(listener);
    return () => {
      if (this.#listener === listener) this.#listener = null;
    };
  }

  /** Ends the agent politely, then by force; resolves when it is gone and what it told is heard. */
  async stop(): Promise<void> {
    await this.#program.stop();
    await settlesWithin(this.#peer.closed, LAST_BREATH_MS, systemClock);
    this.#peer.close();
  }

  async kill(): Promise<void> {
    await this.#program.kill();
    this.#peer.close();
  }

  #tell(method: string, params: unknown): void {
    // A process has one session at a time, so an update without a session's id is clear enough.
    if (method === METHOD_UPDATE) return this.#listener?.update(fieldsOf(params)["update"]);
    if (!QUIET.test(method)) this.#log(`The agent told "${method}", which CAR does not know.`);
  }

  #end(): void {
    this.#isAlive = false;
    if (this.#listener !== null) void this.#tellGone(this.#listener);
  }

  /** Ends a program that no longer talks, and what it left; one that ended by itself keeps its reason. */
  async #settle(): Promise<void> {
    await settlesWithin(this.#program.ended, LAST_BREATH_MS, systemClock);
    await this.#program.stop();
    this.#peer.close();
  }

  async #tellGone(listener: ConnectionListener): Promise<void> {
    await this.#settle();
    listener.gone(`The agent's process ended: ${await this.#program.ended}`);
  }
}

function greetingOf(options: GreetOptions) {
  const { version, offersClient } = options;
  return {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: {
      fs: { readTextFile: offersClient, writeTextFile: offersClient },
      terminal: offersClient,
      // One family of agents then tells failures as such, not as words of the model.
      _meta: { jetbrains: { air: { version: 1, capabilities: ["sessionFailure"] } } },
    },
    clientInfo: { name: "codex-autorunner", title: "CAR", version },
  };
}

/** @throws {CarError} `unavailable` for another version of the protocol. */
function infoOf(answer: Fields): AgentInfo {
  const version = numberAt(answer, "protocolVersion") ?? PROTOCOL_VERSION;
  if (version !== PROTOCOL_VERSION) {
    throw new CarError("unavailable", `The agent speaks version ${version} of the protocol`, {
      hint: `CAR speaks version ${PROTOCOL_VERSION}; use an agent, or a version of it, that does.`,
    });
  }
  const can = inside(answer, "agentCapabilities");
  const about = inside(answer, "agentInfo");
  const resume = inside(can, "sessionCapabilities")["resume"];
  return {
    name: textAt(about, "title") ?? textAt(about, "name") ?? null,
    version: textAt(about, "version") ?? null,
    logins: listAt(answer, "authMethods").flatMap((method) =>
      textAt(method, "name") ?? textAt(method, "id") ?? []
    ),
    canLoad: can["loadSession"] === true,
    canResume: resume !== undefined && resume !== null && resume !== false,
  };
}

function startError(thrown: unknown, end: string): CarError {
  if (thrown instanceof CarError && thrown.code === "timeout") {
    return new CarError("timeout", `The agent did not start: ${thrown.message}`, {
      hint: "Try the command by hand: it must speak ACP on its stdin and stdout.",
      cause: thrown,
    });
  }
  if (thrown instanceof CarError && thrown.hint !== undefined) return thrown;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new CarError("unavailable", `The agent did not start: ${end}`, {
    hint: `Try the command by hand, and check its own configuration. (${why})`,
    cause: thrown,
  });
}
