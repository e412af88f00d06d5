/**
 * Where chat agents live: for each folder that threads work in one process room with its agents, opened
 * with the first message and closed when nobody has talked to them for a while.
 */

import { ProcessRoom } from "../../adapters/process/room.ts";
import type { Clock } from "../../base/clock.ts";
import type { RepoConfig } from "../../control/config.ts";
import type { Destination } from "../../control/destination.ts";
import { AgentPool, type AgentSurroundings } from "../agents.ts";
import { boxFor } from "../repo_box.ts";

type Box = Awaited<ReturnType<typeof boxFor>>;

/** What a chat needs of an agent pool; tests bring their own. */
export type ChatAgents = Pick<
  AgentPool,
  "get" | "refusal" | "posture" | "secrets" | "closeAll" | "killAll"
>;

export interface ScopeRoomOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  readonly safe: boolean;
  /** The folder of the threads: part of the marks, so that no run takes a chat's agent for its own. */
  readonly threads: string;
  /** This start of CAR, as it stands in the locks of its threads. */
  readonly owner: string;
  /** Told when the agents of a folder are gone. */
  readonly onClosed: (root: string) => void;
  /** The config of a folder, as it stands now. @throws {CarError} `invalid`. */
  readonly configOf: (root: string) => Promise<RepoConfig>;
  /** Where the hub's manifest says that a folder's agents run; absent: only the config says. */
  readonly destinationOf?: (root: string) => Destination | undefined;
  readonly openAgents?: (given: AgentSurroundings) => ChatAgents;
  /** Takes what an agent says outside of answers, and CAR's own remarks. */
  readonly log: (text: string) => void;
}

/** A room while it is in use. */
export interface ScopeRoom {
  readonly config: RepoConfig;
  readonly agents: ChatAgents;
  /** Ends all of one answer's processes. */
  sweepTurn(turn: string): Promise<void>;
  /** Ends what a dead start of CAR left. @param owner As it stands in the lock it had. */
  sweepDead(owner: string): Promise<void>;
}

/** The mark of all rooms of one start of CAR. */
const markOf = (threads: string, owner: string) => `${threads}/of-${owner}`;

class Room implements ScopeRoom {
  readonly config: RepoConfig;
  readonly agents: ChatAgents;
  readonly #room: ProcessRoom;
  readonly #threads: string;
  readonly #box: Box;
  #ready: Promise<void> | undefined;
  uses = 0;
  idle: AbortController | null = null;

  constructor(root: string, config: RepoConfig, box: Box, options: ScopeRoomOptions) {
    const { threads, clock, environment, safe, log } = options;
    this.config = config;
    this.#threads = threads;
    this.#box = box;
    this.#room = ProcessRoom.open({
      root: markOf(threads, options.owner),
      // Its own, so that closing it leaves those of other folders alone.
      owner: crypto.randomUUID(),
      clock,
      environment,
      ...(box === null ? {} : { box }),
    });
    const openAgents = options.openAgents ?? ((given) => new AgentPool(given));
    this.agents = openAgents({
      root,
      config,
      room: this.#room,
      environment,
      safe,
      container: box?.destination ?? null,
      log: (agent, text) => log(`${agent}: ${text}`),
      remark: log,
    });
  }

  /** Looks once whether the container can be had. @throws {CarError} `unavailable`. */
  ready(): Promise<void> {
    return this.#ready ??= this.#prepare();
  }

  async #prepare(): Promise<void> {
    if (this.#box === null) return;
    // Nothing that the repo chose runs before a person's word, which is asked for with the message.
    const names = Object.keys(this.config.agents);
    const trial = names.every((name) => this.agents.posture(name) === "yolo");
    await this.#box.prepare((spec, limits) => this.#room.run(spec, limits), { trial });
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
  /** Rooms that are being closed, by their folder. */
  readonly #closing = new Map<string, Promise<void>>();

  constructor(options: ScopeRoomOptions) {
    this.#options = options;
  }

  /**
   * Does something with the room of a folder, which stays open for it and a while longer.
   * @throws {CarError} for a config that cannot be used.
   */
  async within<T>(root: string, body: (room: ScopeRoom) => Promise<T>): Promise<T> {
    const { configOf, destinationOf, environment } = this.#options;
    // Two processes of an agent must not have one conversation.
    await this.#closing.get(root);
    const config = await configOf(root);
    const destination = destinationOf?.(root);
    const box = await boxFor({ root, config, environment, destination });
    const room = await this.#roomFor(root, config, box);
    room.uses++;
    room.idle?.abort();
    room.idle = null;
    try {
      await room.ready();
      return await body(room);
    } finally {
      room.uses--;
      if (room.uses === 0) this.#rest(root, room);
    }
  }

  /** Whether the agents of a folder are there. */
  isOpen(root: string): boolean {
    return this.#rooms.has(root);
  }

  /** Ends all agents. */
  async close(): Promise<void> {
    for (const [root, room] of this.#rooms) void this.#discard(root, room);
    await Promise.all(this.#closing.values());
  }

  /** The open one, unless its config has changed since. */
  async #roomFor(root: string, config: RepoConfig, box: Box): Promise<Room> {
    const known = this.#rooms.get(root);
    if (known !== undefined) {
      const same = JSON.stringify(known.config) === JSON.stringify(config);
      if (same || known.uses > 0) return known;
      await this.#discard(root, known);
      // Another message may have opened the next one meanwhile.
      return await this.#roomFor(root, config, box);
    }
    const made = new Room(root, config, box, this.#options);
    this.#rooms.set(root, made);
    return made;
  }

  #rest(root: string, room: Room): void {
    const idle = new AbortController();
    room.idle = idle;
    const waitMs = room.config.chat.idle_seconds * 1000;
    this.#options.clock.sleep(waitMs, idle.signal).then(
      () => void this.#discard(root, room),
      () => {},
    );
  }

  #discard(root: string, room: Room): Promise<void> {
    room.idle?.abort();
    if (this.#rooms.get(root) === room) this.#rooms.delete(root);
    const closing = room.close().catch(() => {}).then(() => {
      if (this.#closing.get(root) === closing) this.#closing.delete(root);
      this.#options.onClosed(root);
    });
    this.#closing.set(root, closing);
    return closing;
  }
}
