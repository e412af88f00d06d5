/** One running OpenCode server: calls, and what it tells routed to the threads that listen. */

import type * as z from "zod/mini";
import { systemClock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { settlesWithin } from "../process/ladder.ts";
import { readServerSent } from "../wire/server_sent.ts";
import { type Address, type Call, callServer, Connection, openEvents, Refusal } from "./http.ts";
import type { Program } from "./program.ts";
import { Envelope, type EventName, EVENTS, RESULTS, type ServerEvent } from "./protocol.ts";

/** Before the events are asked for again. */
const RECONNECT_MS = 200;
/** The server says something every 10 s; a connection on which nothing came for this long is dead. */
const HEARTBEAT_MS = 30_000;
/** How long its tools may take to end when the server is asked to let go of them. */
const DISPOSE_MS = 3_000;
/** Between the end of what a program says and its exit lie milliseconds. */
const LAST_BREATH_MS = 1_000;

/** What one session hears. */
export interface SessionListener {
  /** @param isOwn False: it is of an agent that the session's agent started. */
  event(event: ServerEvent, isOwn: boolean): void;
  /** Events may have been lost: the record knows them. */
  gap(): void;
  /** The server has ended; the reason as a sentence. */
  gone(reason: string): void;
}

function isRead(type: string): type is EventName {
  return Object.hasOwn(EVENTS, type);
}

/** The session an event is about. */
function sessionOf({ type, data }: ServerEvent): string | undefined {
  if (type === "message.updated") return data.info.sessionID;
  if (type === "message.part.updated") return data.part.sessionID;
  return type === "session.created" ? data.info.id : data.sessionID;
}

export class OpenCodeServer {
  readonly #program: Program;
  readonly #connection: Connection;
  readonly #log: (text: string) => void;
  readonly #listeners = new Map<string, SessionListener>();
  /** Sessions of agents that an agent started, to the session they work for. */
  readonly #parents = new Map<string, string>();
  readonly #over = new AbortController();
  readonly #feed: Promise<void>;
  #isAlive = true;
  #isConnected = true;
  #version: string | null = null;

  private constructor(program: Program, address: Address, log: (text: string) => void) {
    this.#program = program;
    this.#connection = new Connection(address);
    this.#log = log;
    const connected = Promise.withResolvers<void>();
    this.connected = connected.promise;
    this.#feed = this.#follow(() => connected.resolve());
    void program.ended.then(() => this.#end());
  }

  /** Resolves when the first events arrive. */
  readonly connected: Promise<void>;

  /**
   * Waits until a program that has just been spawned is of use.
   * @param log Takes what does not belong to a turn, one line each.
   * @throws {CarError} `unavailable` with the program's last words; it is stopped then.
   */
  static async greet(
    program: Program,
    startMs: number,
    log: (text: string) => void,
  ): Promise<OpenCodeServer> {
    try {
      const late = new CarError("unavailable", `OpenCode does not listen after ${startMs} ms`);
      const address = await within(program.address, startMs, late);
      const server = new OpenCodeServer(program, address, log);
      await within(server.connected, startMs, late);
      server.#version = (await server.call({ method: "GET", path: "/global/health" }, "health"))
        .version;
      // A broken configuration shows only with the first call that needs it.
      await server.call({ method: "GET", path: "/config", deadlineMs: startMs }, "config");
      return server;
    } catch (thrown) {
      await program.stop();
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new CarError("unavailable", `OpenCode did not start: ${why}; ${await program.ended}`, {
        hint: "Try `opencode serve` by hand, and check the OpenCode configuration.",
        cause: thrown,
      });
    }
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** OpenCode's own version, as it told it. */
  get version(): string | null {
    return this.#version;
  }

  /** @throws {Refusal | CarError} as `callServer` does. */
  async call<Name extends keyof typeof RESULTS>(
    call: Call,
    result: Name,
  ): Promise<z.infer<(typeof RESULTS)[Name]>> {
    const answer = await callServer(this.#connection, call, RESULTS[result]);
    return answer as z.infer<(typeof RESULTS)[Name]>;
  }

  /** Routes what is told of a session and of those that work for it. @returns Ends the listening. */
  listen(sessionId: string, listener: SessionListener): () => void {
    this.#listeners.set(sessionId, listener);
    if (!this.#isAlive) void this.#tellGone([listener]);
    return () => {
      if (this.#listeners.get(sessionId) === listener) this.#listeners.delete(sessionId);
    };
  }

  /** The session that another one works for in the end, or itself. */
  rootOf(sessionId: string): string {
    const parent = this.#parents.get(sessionId);
    return parent === undefined ? sessionId : this.rootOf(parent);
  }

  /** Ends tools, program and what they left; resolves when all is gone. */
  async stop(): Promise<void> {
    if (this.#isAlive) {
      const call: Call = { method: "POST", path: "/global/dispose", deadlineMs: DISPOSE_MS };
      await this.call(call, "nothing").catch(() => {});
    }
    this.#over.abort();
    await this.#program.stop();
    await this.#hangUp();
  }

  async kill(): Promise<void> {
    this.#over.abort();
    await this.#program.kill();
    await this.#hangUp();
  }

  async #hangUp(): Promise<void> {
    this.#isAlive = false;
    await this.#feed;
    if (this.#isConnected) this.#connection.close();
    this.#isConnected = false;
  }

  /** Reads the events for as long as the program lives, over as many connections as it takes. */
  async #follow(onConnected: () => void): Promise<void> {
    let isFirst = true;
    while (!this.#over.signal.aborted) {
      await this.#readEvents(() => {
        onConnected();
        if (!isFirst) { for (const listener of this.#listeners.values()) listener.gap(); }
        isFirst = false;
      }).catch(() => {});
      await systemClock.sleep(RECONNECT_MS, this.#over.signal).catch(() => {});
    }
  }

  async #readEvents(onConnected: () => void): Promise<void> {
    const connection = new AbortController();
    const cut = () => connection.abort();
    const expect = () => setTimeout(cut, HEARTBEAT_MS);
    let watch = expect();
    this.#over.signal.addEventListener("abort", cut, { once: true });
    if (this.#over.signal.aborted) cut();
    try {
      const stream = await openEvents(this.#connection, connection.signal);
      for await (const data of readServerSent(stream)) {
        clearTimeout(watch);
        watch = expect();
        this.#read(data, onConnected);
      }
    } finally {
      clearTimeout(watch);
      this.#over.signal.removeEventListener("abort", cut);
    }
  }

  #read(data: string, onConnected: () => void): void {
    try {
      const { type, properties } = Envelope.parse(JSON.parse(data)).payload;
      if (type === "server.connected") onConnected();
      if (!isRead(type)) return;
      this.#route({ type, data: EVENTS[type].parse(properties) } as ServerEvent);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.#log(`OpenCode told something CAR cannot read: ${why}`);
    }
  }

  #route(event: ServerEvent): void {
    if (event.type === "session.created" && event.data.info.parentID !== undefined) {
      this.#parents.set(event.data.info.id, event.data.info.parentID);
    }
    const sessionId = sessionOf(event);
    if (sessionId === undefined) return;
    const root = this.rootOf(sessionId);
    this.#listeners.get(root)?.event(event, root === sessionId);
  }

  #end(): void {
    this.#isAlive = false;
    this.#over.abort();
    void this.#hangUp();
    void this.#tellGone([...this.#listeners.values()]);
  }

  /** What the program's tools left is ended first; one that ended by itself keeps its reason. */
  async #tellGone(listeners: readonly SessionListener[]): Promise<void> {
    await settlesWithin(this.#program.ended, LAST_BREATH_MS, systemClock);
    await this.#program.stop();
    const reason = `The OpenCode process ended: ${await this.#program.ended}`;
    for (const listener of listeners) listener.gone(reason);
  }
}

/** Whether the server does not know what it was asked for. */
export const isMissing = (thrown: unknown): boolean =>
  thrown instanceof Refusal && thrown.status === 404;

async function within<T>(wanted: Promise<T>, ms: number, late: CarError): Promise<T> {
  const over = new AbortController();
  const timer = systemClock.sleep(ms, over.signal).then(() => {
    throw late;
  });
  try {
    return await Promise.race([wanted, timer]);
  } finally {
    over.abort();
    timer.catch(() => {});
  }
}
