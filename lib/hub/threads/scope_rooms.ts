/**
 * Where chat agents live: for each folder that threads work in one process room with its agents, opened
 * with the first message and closed when nobody has talked to them for a while.
 */

import { ProcessRoom } from "../../adapters/process/room.ts";
import type { Clock } from "../../base/clock.ts";
import type { RepoConfig } from "../../control/config.ts";
import { AgentPool, type AgentSurroundings } from "../agents.ts";

/** What a chat needs of an agent pool; tests bring their own. */
export type ChatAgents = Pick<
  AgentPool,
  "get" | "refusal" | "posture" | "closeAll" | "killAll"
>;

export interface ScopeRoomOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  readonly safe: boolean;
  /** The folder of the threads: part of the marks, so that no run takes a chat's agent for its own. */
  readonly threads: string;
  /** The config of a folder, as it stands now. @throws {CarError} `invalid`. */
  readonly configOf: (root: string) => Promise<RepoConfig>;
  readonly openAgents?: (given: AgentSurroundings) => ChatAgents;
  /** Takes what an agent says outside of answers, and CAR's own remarks. */
  readonly log: (text: string) => void;
}

/** A room while it is in use. */
export interface ScopeRoom {
  readonly config: RepoConfig;
  readonly agents: ChatAgents;
  /** The start of CAR as these processes are marked. */
  readonly owner: string;
  /** Ends all of one answer's processes. */
  sweepTurn(turn: string): Promise<void>;
  /** Ends what a dead start of CAR left. @param owner As it was written with its message. */
  sweepDead(owner: string): Promise<void>;
}

/** The mark of a room: it tells one start of CAR from another. */
const markOf = (threads: string, owner: string) => `${threads}/of-${owner}`;

class Room implements ScopeRoom {
  readonly config: RepoConfig;
  readonly agents: ChatAgents;
  readonly owner: string;
  readonly #room: ProcessRoom;
  readonly #threads: string;
  uses = 0;
  idle: AbortController | null = null;

  constructor(root: string, config: RepoConfig, options: ScopeRoomOptions) {
    const { threads, clock, environment, safe, log } = options;
    this.config = config;
    this.owner = crypto.randomUUID();
    this.#threads = threads;
    const mark = markOf(threads, this.owner);
    this.#room = ProcessRoom.open({ root: mark, owner: this.owner, clock, environment });
    const openAgents = options.openAgents ?? ((given) => new AgentPool(given));
    this.agents = openAgents({
      root,
      config,
      room: this.#room,
      environment,
      safe,
      log: (agent, text) => log(`${agent}: ${text}`),
      remark: log,
    });
  }

  async sweepTurn(turn: string): Promise<void> {
    await this.#room.sweepTurn(turn);
  }

  async sweepDead(owner: string): Promise<void> {
    await this.#room.sweepDead(markOf(this.#threads, owner));
  }

  async close(): Promise<void> {
    await this.agents.closeAll().catch(() => {});
    await this.#room.close();
  }
}

export class ScopeRooms {
  readonly #options: ScopeRoomOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #closing = new Set<Promise<void>>();

  constructor(options: ScopeRoomOptions) {
    this.#options = options;
  }

  /**
   * Does something with the room of a folder, which stays open for it and a while longer.
   * @throws {CarError} for a config that cannot be used.
   */
  async within<T>(root: string, body: (room: ScopeRoom) => Promise<T>): Promise<T> {
    const config = await this.#options.configOf(root);
    const room = this.#roomFor(root, config);
    room.uses++;
    room.idle?.abort();
    room.idle = null;
    try {
      return await body(room);
    } finally {
      room.uses--;
      if (room.uses === 0) this.#rest(root, room);
    }
  }

  /** Ends all agents. */
  async close(): Promise<void> {
    for (const [root, room] of this.#rooms) this.#discard(root, room);
    await Promise.all(this.#closing);
  }

  /** The open one, unless its config has changed since. */
  #roomFor(root: string, config: RepoConfig): Room {
    const known = this.#rooms.get(root);
    if (known !== undefined) {
      const same = JSON.stringify(known.config) === JSON.stringify(config);
      if (same || known.uses > 0) return known;
      this.#discard(root, known);
    }
    const made = new Room(root, config, this.#options);
    this.#rooms.set(root, made);
    return made;
  }

  #rest(root: string, room: Room): void {
    const idle = new AbortController();
    room.idle = idle;
    const waitMs = room.config.chat.idle_seconds * 1000;
    this.#options.clock.sleep(waitMs, idle.signal).then(
      () => this.#discard(root, room),
      () => {},
    );
  }

  #discard(root: string, room: Room): void {
    room.idle?.abort();
    if (this.#rooms.get(root) === room) this.#rooms.delete(root);
    const closing = room.close().catch(() => {});
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }
}
