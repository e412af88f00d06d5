/**
 * The process room: everything CAR starts is started here, so that all of it is marked, recorded,
 * bounded in memory and ended, whatever happens to CAR.
 */

import type { Clock } from "../../base/clock.ts";
import { bootId, processIdentity } from "../../control/process_identity.ts";
import type { Child, Exit, SpawnedIdentity, SpawnSpec } from "./child.ts";
import { childEnvironment, type Environment, ownEnvironment } from "./environment.ts";
import { finish, type Finished, type RunOptions } from "./finished.ts";
import { Lifeline } from "./lifeline.ts";
import { type Reach, reachOf } from "./reach.ts";
import { SpawnedChild } from "./spawned.ts";
import { startProcess } from "./start.ts";

export interface RoomOptions {
  /** The hub or repo CAR works for, absolute. */
  readonly root: string;
  /** Names this start of CAR: a fresh UUID each time, never the root's. */
  readonly owner: string;
  readonly clock: Clock;
  /** What children inherit from; default: CAR's own environment. */
  readonly environment?: Environment;
  /** Called at each start and end, for the record. Must not throw. */
  readonly onSpawn?: (identity: SpawnedIdentity) => void;
  readonly onExit?: (identity: SpawnedIdentity, exit: Exit) => void;
}

/** Opened once per CAR process, before anything is started; closed last. */
export class ProcessRoom {
  readonly owner: string;
  readonly root: string;
  readonly #options: RoomOptions;
  readonly #environment: Environment;
  readonly #lifeline: Lifeline;
  readonly #reach: Reach;
  readonly #children = new Set<SpawnedChild>();

  /** @throws {CarError} `unavailable` when the lifeline cannot be started. */
  static open(options: RoomOptions): ProcessRoom {
    return new ProcessRoom(options);
  }

  private constructor(options: RoomOptions) {
    this.#options = options;
    this.owner = options.owner;
    this.root = options.root;
    this.#environment = options.environment ?? ownEnvironment();
    this.#lifeline = Lifeline.open(options);
    this.#reach = reachOf(this.#lifeline, options.clock);
  }

  /**
   * Starts a program. Read its stdout: what is not read makes the program wait.
   * @throws {CarError} `unavailable`: cwd or program missing, not executable, not allowed.
   */
  spawn(spec: SpawnSpec): Child {
    const marker = crypto.randomUUID();
    const process = startProcess(spec, this.#environmentOf(spec, marker));
    this.#lifeline.watch(process.pid);
    const child = new SpawnedChild(
      process,
      this.#identityOf(spec, process.pid),
      spec.stdin === "piped",
      {
        clock: this.#options.clock,
        signal: (group, name) => this.#reach.signalGroup(group, name),
        sweep: () => this.#reach.sweep({ marker: "spawn", value: marker }),
      },
    );
    this.#adopt(child);
    return child;
  }

  /** Starts a program, feeds it, and waits for its end or the deadline. Throws as `spawn` does. */
  async run(spec: SpawnSpec, options: RunOptions): Promise<Finished> {
    const stdin = options.stdin === undefined ? "null" : "piped";
    return await finish(this.spawn({ ...spec, stdin }), this.#options.clock, options);
  }

  /** Ends all that still runs with this turn's marker. @returns How many; null: cannot be known. */
  async sweepTurn(turnId: string): Promise<number | null> {
    return await this.#reach.sweep({ marker: "turn", value: turnId });
  }

  /** Ends what another, dead start of CAR left in this root. Only while holding the root's lock. */
  async sweepDead(root: string = this.root): Promise<number | null> {
    return await this.#reach.sweep({ dead: { root, owner: this.owner } });
  }

  /** The lifeline's process number, for `doctor`. */
  get lifelinePid(): number {
    return this.#lifeline.pid;
  }

  /** Kills what is left and sends the lifeline home. Stop the agents politely before. */
  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.kill()));
    await this.#reach.sweep({ marker: "owner", value: this.owner });
    await Promise.all([...this.#children].map((child) => child.discard()));
    await this.#lifeline.close();
  }

  #adopt(child: SpawnedChild): void {
    this.#children.add(child);
    this.#options.onSpawn?.(child.identity);
    void child.gone.then(() => this.#lifeline.forget(child.pid));
    void child.exit.then((exit) => this.#options.onExit?.(child.identity, exit));
    void child.over.then(() => this.#children.delete(child));
  }

  #environmentOf(spec: SpawnSpec, marker: string): Environment {
    return childEnvironment(this.#environment, {
      inherit: spec.inherit ?? [],
      extra: spec.env ?? {},
      markers: {
        owner: this.owner,
        root: this.root,
        spawn: marker,
        ...(spec.runId === undefined ? {} : { run: spec.runId }),
        ...(spec.turnId === undefined ? {} : { turn: spec.turnId }),
      },
    });
  }

  #identityOf(spec: SpawnSpec, pid: number): SpawnedIdentity {
    return {
      // One that ended at once has no start any more; nothing will be looked for by it.
      ...(processIdentity(pid) ?? { pid, start: "", boot: bootId() }),
      owner: this.owner,
      argv: spec.argv,
      purpose: spec.purpose,
      runId: spec.runId ?? null,
      turnId: spec.turnId ?? null,
    };
  }
}
