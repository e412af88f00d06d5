/**
 * A process that another room started by its own means, such as on a terminal: marked, recorded and
 * ended as all others are.
 */

import type { Exit, SpawnedIdentity, SpawnSpec } from "./child.ts";
import { LADDER_TIMES, type LadderTimes, settlesWithin, stopByLadder } from "./ladder.ts";
import type { Stopped } from "./ladder.ts";
import type { Surroundings } from "./spawned.ts";

/** What is to be started. Its pipes are the starter's business. */
export type HostedSpec = Omit<SpawnSpec, "stdin" | "stderr">;

/** How the process itself ended. */
export interface HostedEnd {
  /** 0 to 255; 128 + number when a signal ended it. */
  readonly code: number;
  /** `SIGKILL`, ...; null when it exited by itself. */
  readonly signal: string | null;
}

/** What the starter tells of it: it leads a process group of its own. */
export interface HostedProcess {
  readonly pid: number;
  /** Resolves once it ended and was waited for: its number may be another's from then on. */
  readonly gone: Promise<HostedEnd>;
}

export class HostedChild {
  readonly identity: SpawnedIdentity;
  /** Resolves, never rejects, when the process itself is gone. */
  readonly gone: Promise<HostedEnd>;
  readonly exit: Promise<Exit>;
  readonly #room: Surroundings;
  #reaped = false;
  #stopped = false;

  constructor(process: HostedProcess, identity: SpawnedIdentity, room: Surroundings) {
    this.identity = identity;
    this.#room = room;
    const startedMs = room.clock.elapsed();
    this.gone = process.gone.then((end) => {
      this.#reaped = true;
      return end;
    });
    this.exit = this.gone.then((end) => ({
      ...end,
      stopped: this.#stopped,
      stderrTail: "",
      seconds: (room.clock.elapsed() - startedMs) / 1000,
    }));
  }

  get pid(): number {
    return this.identity.pid;
  }

  /** Polite, TERM to the group, KILL, then the sweep: nothing it started is left. */
  async stop(
    polite: () => void | Promise<void>,
    times: Partial<LadderTimes> = {},
  ): Promise<Stopped> {
    this.#stopped ||= !this.#reaped;
    const signal = (name: "SIGTERM" | "SIGCONT" | "SIGKILL") => this.#signal(name);
    const target = { gone: this.gone, polite, signal, sweep: () => this.#room.sweep() };
    return await stopByLadder(target, this.#room.clock, times);
  }

  /** Ends it and all it started, at once. Resolves when it is gone or known to be stuck. */
  async kill(): Promise<void> {
    this.#stopped ||= !this.#reaped;
    await this.#signal("SIGKILL");
    await this.#room.sweep();
    await settlesWithin(this.gone, LADDER_TIMES.killMs, this.#room.clock);
  }

  /** Never after the leader was reaped: its number may name another's group by then. */
  async #signal(name: "SIGTERM" | "SIGCONT" | "SIGKILL"): Promise<void> {
    if (!this.#reaped) await this.#room.signal(this.pid, name);
  }
}
