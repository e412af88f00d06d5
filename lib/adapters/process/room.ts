/**
 * The process room: everything CAR starts is started here, so that all of it is marked, recorded,
 * bounded in memory and ended, whatever happens to CAR.
 */

import type { Clock } from "../../base/clock.ts";
import { turnOfLoop } from "../../base/loop_turn.ts";
import { bootId, processIdentity } from "../../control/process_identity.ts";
import { type Box, type Marks, RUNS_INSIDE } from "./box.ts";
import type { Child, Exit, SpawnedIdentity, SpawnSpec } from "./child.ts";
import { childEnvironment, type Environment, ownEnvironment } from "./environment.ts";
import { finish, type Finished, type RunOptions } from "./finished.ts";
import { HostedChild, type HostedProcess, type HostedSpec } from "./hosted.ts";
import { Lifeline } from "./lifeline.ts";
import { type Reach, reachOf } from "./reach.ts";
import { canFindByMarker, type SweepTarget } from "./sweep.ts";
import { SpawnedChild } from "./spawned.ts";
import { offerToOomKiller, startProcess } from "./start.ts";

export interface RoomOptions {
  /** The hub or repo CAR works for, absolute. */
  readonly root: string;
  /** Names this start of CAR: a fresh UUID each time, never the root's. */
  readonly owner: string;
  readonly clock: Clock;
  /** What children inherit from; default: CAR's own environment. */
  readonly environment?: Environment;
  /** Where agents and checks run; absent: on this machine, as all else does. */
  readonly box?: Box;
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
  readonly #seesMarkers = canFindByMarker();
  readonly #reach: Reach;
  readonly #children = new Set<SpawnedChild>();
  readonly #hosted = new Set<HostedChild>();
  /** Boxes that are being ended because what started them died. */
  readonly #ending = new Set<Promise<unknown>>();

  /** @throws {CarError} `unavailable` when the lifeline cannot be started. */
  static open(options: RoomOptions): ProcessRoom {
    return new ProcessRoom(options);
  }

  private constructor(options: RoomOptions) {
    this.#options = options;
    this.owner = options.owner;
    this.root = options.root;
    this.#environment = options.environment ?? ownEnvironment();
    this.#lifeline = Lifeline.open({ ...options, box: options.box?.ending });
    this.#reach = reachOf(this.#lifeline, options.clock);
  }

  /**
   * Starts a program. Read its stdout: what is not read makes the program wait.
   * @throws {CarError} `unavailable`: cwd or program missing, not executable, not allowed.
   */
  spawn(spec: SpawnSpec): Child {
    const marker = crypto.randomUUID();
    const marks = this.#marksOf(spec, marker);
    const box = RUNS_INSIDE[spec.purpose] ? this.#options.box : undefined;
    const outer = box?.enter(spec, marks) ?? spec;
    const process = startProcess(outer, this.#environmentOf(outer, marks));
    if (this.#needsWatch(spec)) this.#lifeline.watch(process.pid);
    const target: SweepTarget = { marker: "spawn", value: marker };
    const child = new SpawnedChild(
      process,
      this.#identityOf(outer, process.pid),
      spec.stdin === "piped",
      {
        clock: this.#options.clock,
        signal: (group, name) => this.#reach.signalGroup(group, name),
        sweep: () => box === undefined ? this.#reach.sweep(target) : this.#sweep(target),
      },
    );
    this.#adopt(child);
    if (box !== undefined) this.#endWith(child, target);
    return child;
  }

  /**
   * Takes in a process that `start` starts with exactly this environment, outside of any box. Throws
   * what `start` throws.
   */
  host(spec: HostedSpec, start: (environment: Environment) => HostedProcess): HostedChild {
    const marker = crypto.randomUUID();
    const process = start(this.#environmentOf(spec, this.#marksOf(spec, marker)));
    this.#lifeline.watch(process.pid);
    offerToOomKiller(process.pid);
    const child = new HostedChild(process, this.#identityOf(spec, process.pid), {
      clock: this.#options.clock,
      signal: (group, name) => this.#reach.signalGroup(group, name),
      sweep: () => this.#reach.sweep({ marker: "spawn", value: marker }),
    });
    this.#hosted.add(child);
    this.#record(child);
    void child.exit.then(() => this.#hosted.delete(child));
    return child;
  }

  /** Starts a program, feeds it, and waits for its end or the deadline. Throws as `spawn` does. */
  async run(spec: SpawnSpec, options: RunOptions): Promise<Finished> {
    const stdin = options.stdin === undefined ? "null" : "piped";
    await turnOfLoop();
    return await finish(this.spawn({ ...spec, stdin }), this.#options.clock, options);
  }

  /** Ends all that still runs with this turn's marker. @returns How many; null: cannot be known. */
  async sweepTurn(turnId: string): Promise<number | null> {
    return await this.#sweep({ marker: "turn", value: turnId });
  }

  /** Ends what another, dead start of CAR left in this root. Only while holding the root's lock. */
  async sweepDead(root: string = this.root): Promise<number | null> {
    return await this.#sweep({ dead: { root, owner: this.owner } });
  }

  /** The lifeline's process number, for `doctor`. */
  get lifelinePid(): number {
    return this.#lifeline.pid;
  }

  /** Kills what is left and sends the lifeline home. Stop the agents politely before. */
  async close(): Promise<void> {
    await Promise.all([...this.#children, ...this.#hosted].map((child) => child.kill()));
    await this.#sweep({ marker: "owner", value: this.owner });
    await Promise.all(this.#ending);
    await Promise.all([...this.#children].map((child) => child.discard()));
    await this.#lifeline.close();
  }

  /**
   * Git comes by the dozen for each ticket, lives for milliseconds and keeps its environment, by which
   * the lifeline finds it anyway, where there is one to be seen.
   */
  #needsWatch({ purpose }: SpawnSpec): boolean {
    return purpose !== "git" || !this.#seesMarkers;
  }

  #adopt(child: SpawnedChild): void {
    this.#children.add(child);
    this.#record(child);
    void child.over.then(() => this.#children.delete(child));
  }

  #record(child: SpawnedChild | HostedChild): void {
    this.#options.onSpawn?.(child.identity);
    void child.gone.then(() => this.#lifeline.forget(child.pid));
    void child.exit.then((exit) => this.#options.onExit?.(child.identity, exit));
  }

  /** On this machine first: what started a box must not start another. */
  async #sweep(target: SweepTarget): Promise<number | null> {
    const swept = await this.#reach.sweep(target);
    const { box } = this.#options;
    if (box === undefined) return swept;
    const boxes = await box.sweep(target, (spec, options) => this.run(spec, options));
    return swept === null ? null : swept + boxes;
  }

  /** Whoever kills what started a box leaves the box itself alive. */
  #endWith(child: SpawnedChild, target: SweepTarget): void {
    const ending = child.exit.then(async ({ signal, stopped }) => {
      if (signal !== null && !stopped) await this.#sweep(target);
    });
    this.#ending.add(ending);
    void ending.then(() => this.#ending.delete(ending));
  }

  #marksOf(spec: HostedSpec, spawn: string): Marks {
    return {
      owner: this.owner,
      root: this.root,
      spawn,
      ...(spec.runId === undefined ? {} : { run: spec.runId }),
      ...(spec.turnId === undefined ? {} : { turn: spec.turnId }),
    };
  }

  #environmentOf(spec: HostedSpec, markers: Marks): Environment {
    return childEnvironment(this.#environment, {
      inherit: spec.inherit ?? [],
      extra: spec.env ?? {},
      markers,
    });
  }

  #identityOf(spec: HostedSpec, pid: number): SpawnedIdentity {
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
