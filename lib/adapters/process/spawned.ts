/** One process CAR started, from its spawn to the end of its pipes. */

import type { Clock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { type Child, type Exit, type SpawnedIdentity, STDERR_TAIL_BYTES } from "./child.ts";
import {
  LADDER_TIMES,
  type LadderTimes,
  settlesWithin,
  stopByLadder,
  type Stopped,
} from "./ladder.ts";
import { type LineOptions, readLines } from "./lines.ts";
import { ChildPipe } from "./pipe.ts";
import type { GroupSignal } from "./reach.ts";
import { ByteRing } from "./ring.ts";

/** How long a grandchild that holds the pipes may go on writing after its parent's end. */
export const DRAIN_MS = 2_000;

/** What a child needs of the room it lives in. */
export interface Surroundings {
  readonly clock: Clock;
  signal(group: number, name: GroupSignal): Promise<void>;
  /** Ends everything that carries this child's marker. */
  sweep(): Promise<unknown>;
}

const encoder = new TextEncoder();

export class SpawnedChild implements Child {
  readonly identity: SpawnedIdentity;
  readonly exit: Promise<Exit>;
  /** Resolves when the process itself is gone, its pipes aside. */
  readonly gone: Promise<Deno.CommandStatus>;
  readonly #process: Deno.ChildProcess;
  readonly #room: Surroundings;
  readonly #out: ChildPipe;
  readonly #err: ChildPipe;
  readonly #stderr = new ByteRing(STDERR_TAIL_BYTES);
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #startedMs: number;
  #reaped = false;
  #stopped = false;
  #drained: Promise<void> = Promise.resolve();

  constructor(
    process: Deno.ChildProcess,
    identity: SpawnedIdentity,
    stdinPiped: boolean,
    room: Surroundings,
  ) {
    this.#process = process;
    this.identity = identity;
    this.#room = room;
    this.#startedMs = room.clock.elapsed();
    this.#out = new ChildPipe(process.stdout, room.clock);
    this.#err = new ChildPipe(process.stderr, room.clock);
    this.#writer = stdinPiped ? process.stdin.getWriter() : undefined;
    this.gone = process.status.then((status) => {
      this.#reaped = true;
      return status;
    });
    this.exit = this.#live();
  }

  get pid(): number {
    return this.identity.pid;
  }

  /** Resolves when the process is gone and both its pipes are at their end. */
  get over(): Promise<unknown> {
    return this.exit.then(() => Promise.all([this.#out.ended, this.#drained]));
  }

  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#out.stream;
  }

  lines(options: LineOptions = {}): AsyncGenerator<string, void, void> {
    return readLines(this.#out.stream, options);
  }

  stderrTail(): string {
    return this.#stderr.text();
  }

  async write(text: string | Uint8Array): Promise<void> {
    try {
      if (this.#writer === undefined) throw new Error("stdin is not piped");
      await this.#writer.write(typeof text === "string" ? encoder.encode(text) : text);
    } catch (cause) {
      throw new CarError("unavailable", `${this.#name()} does not read its input any more.`, {
        hint: "It crashed or closed its input; its last words are in the log.",
        cause,
      });
    }
  }

  async closeStdin(): Promise<void> {
    await this.#writer?.close().catch(() => {});
  }

  async stop(
    polite?: () => void | Promise<void>,
    times: Partial<LadderTimes> = {},
  ): Promise<Stopped> {
    this.#stopped ||= !this.#reaped;
    return await stopByLadder(this.#stoppable(polite), this.#room.clock, times);
  }

  async kill(): Promise<void> {
    this.#stopped ||= !this.#reaped;
    await this.#signal("SIGKILL");
    await this.#room.sweep();
    await settlesWithin(this.gone, LADDER_TIMES.killMs, this.#room.clock);
    if (!this.stdout.locked) await this.#out.cancel();
  }

  /** Closes what is still open of its pipes: for the room's end. */
  async discard(): Promise<void> {
    await this.#out.cancel();
    await this.#err.cancel();
    await this.exit;
    await this.#drained;
  }

  #stoppable(polite: (() => void | Promise<void>) | undefined) {
    return {
      gone: this.gone,
      polite,
      signal: (name: GroupSignal) => this.#signal(name),
      sweep: () => this.#room.sweep(),
    };
  }

  /** Never after the leader was reaped: its number may name another's group by then. */
  async #signal(name: GroupSignal): Promise<void> {
    if (!this.#reaped) await this.#room.signal(this.pid, name);
  }

  async #live(): Promise<Exit> {
    const stderr = this.#readStderr();
    const status = await this.gone;
    const seconds = (this.#room.clock.elapsed() - this.#startedMs) / 1000;
    await this.#writer?.abort().catch(() => {});
    this.#drained = this.#drain();
    await stderr;
    return {
      code: status.code,
      signal: status.signal,
      stopped: this.#stopped,
      stderrTail: this.#stderr.text(),
      seconds,
    };
  }

  async #readStderr(): Promise<void> {
    for await (const chunk of this.#err.stream) this.#stderr.push(chunk);
  }

  /** Whoever still holds a pipe that is read dies of the sweep, or is left alone with it. */
  async #drain(): Promise<void> {
    const ended = Promise.all([this.#out.ended, this.#err.ended]);
    if (await settlesWithin(ended, DRAIN_MS, this.#room.clock)) return;
    if (this.#out.waiting || this.#err.waiting) await this.#room.sweep();
    this.#out.expire();
    this.#err.expire();
  }

  #name(): string {
    return `"${this.identity.argv[0] ?? ""}" (process ${this.pid})`;
  }
}
