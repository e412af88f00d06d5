/** One program on a terminal of its own, from its start to the end of everything it started. */

import { constants } from "node:os";
import type { Clock } from "../../base/clock.ts";
import type { HostedChild, HostedEnd } from "../process/hosted.ts";
import { type LadderTimes, settlesWithin, type Stopped } from "../process/ladder.ts";
import type { ProcessRoom } from "../process/room.ts";
import { onPtyHost, type PtyHost, type Watched } from "./host.ts";
import { InputQueue } from "./input_queue.ts";
import { checkFolder, programPath, startError } from "./program.ts";
import type { Master, ReapedEnd, TerminalSize } from "./system.ts";

export interface PtyOptions {
  readonly room: ProcessRoom;
  readonly clock: Clock;
  /** The program by path or name, and its arguments. */
  readonly argv: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
  /** Added to what every child of the room gets; `PATH` in it is searched for the program. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of CAR's own variables that it gets too. */
  readonly inherit: readonly string[];
  readonly size: TerminalSize;
  /**
   * Called with what the program wrote, at most 64 KiB a time, cut anywhere. Must not throw. Whoever
   * cannot keep up calls `pause`.
   */
  readonly onData: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** How a terminal ended. */
export interface PtyEnd extends HostedEnd {
  /** Whether CAR ended it. */
  readonly stopped: boolean;
}

/** What one look brings at most. */
const READ_BYTES_MAX = 64 * 1024;
/** After so much a terminal is left alone for a moment, so that a flood leaves time for all else. */
const SPELL_BYTES = 64 * 1024;
const REST_MS = 2;
/** What was on its way when the program ended arrives at once; a loaded machine gets a moment. */
const DRAIN_MS = 500;
/** An editor in front of a shell saves what it can when the terminal goes away. */
const FRONT_MS = 2_000;
const LOOK_AGAIN_MS = 20;
/** A shell ends at once when its terminal goes away; what does not is deaf. */
const TERMINAL_TIMES: Partial<LadderTimes> = { politeMs: 4_000, termMs: 2_000 };

const KILLED: PtyEnd = { code: 137, signal: "SIGKILL", stopped: true };

const { SIGHUP, SIGCONT } = constants.signals;
const SIGNAL_NAMES = new Map<number, string>(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

export class Pty {
  readonly #options: PtyOptions;
  readonly #host: PtyHost;
  readonly #child: HostedChild;
  readonly #watched: Watched;
  readonly #input = new InputQueue();
  readonly #buffer = new Uint8Array(READ_BYTES_MAX);
  /** Ends the wait for a process that does not even die of KILL. */
  readonly #stuck = Promise.withResolvers<PtyEnd>();
  readonly #drained = Promise.withResolvers<void>();
  readonly #rest = new AbortController();
  #paused = false;
  #resting = false;
  /** Read since the last rest. */
  #spellBytes = 0;
  #blocked = false;
  /** Nobody waits for a reader any more: what comes is taken as it comes. */
  #ending = false;
  #atEnd = false;
  #reaped = false;
  /** The file is closed, or about to be. */
  #closed = false;
  /** Resolves, never rejects, when everything of it is gone and all it wrote was handed over. */
  readonly exit: Promise<PtyEnd>;

  /** @throws {CarError} `unavailable`, `invalid`: no terminals here, no such program or folder. */
  static async open(options: PtyOptions): Promise<Pty> {
    return await onPtyHost((host) => startOn(host, options));
  }

  constructor(options: PtyOptions, host: PtyHost, master: Master, started: Started) {
    this.#options = options;
    this.#host = host;
    this.#child = started.child;
    this.#watched = this.#watch(master.fd, started);
    this.exit = this.#live();
    host.watch(this.#watched);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** All of it or nothing. @returns False when the program has not read a mebibyte before it. */
  write(bytes: Uint8Array): boolean {
    if (this.#closed) return true;
    const room = this.#input.add(bytes);
    if (!this.#blocked) this.#flush();
    return room;
  }

  /** The program is told, and draws anew. */
  resize(size: TerminalSize): void {
    if (!this.#closed) this.#host.system.setSize(this.#watched.fd, size);
  }

  /** Stops taking what the program writes; it waits when it has written a few pages more. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#host.wake();
  }

  /** Takes the terminal away, then TERM, then KILL; whatever was started in it ends too. */
  async end(times: Partial<LadderTimes> = {}): Promise<Stopped> {
    this.#takeAll();
    const stopped = await this.#child.stop(() => this.#hangUp(), { ...TERMINAL_TIMES, ...times });
    this.#stuck.resolve(KILLED);
    await this.exit;
    return stopped;
  }

  /** Ends everything at once. */
  async kill(): Promise<void> {
    this.#takeAll();
    await this.#child.kill();
    this.#stuck.resolve(KILLED);
    await this.exit;
  }

  #takeAll(): void {
    this.#ending = true;
    this.#host.wake();
  }

  #watch(fd: number, { pid, gone }: Started): Watched {
    return {
      fd,
      wantsRead: () => !this.#atEnd && (this.#ending || !(this.#paused || this.#resting)),
      wantsWrite: () => this.#blocked,
      onReadable: () => this.#read(),
      onWritable: () => this.#flush(),
      onChildEnded: () => {
        const end = this.#reaped ? null : this.#host.system.reap(pid);
        if (end === null) return;
        this.#reaped = true;
        gone.resolve(endOf(end));
      },
    };
  }

  async #live(): Promise<PtyEnd> {
    const exit = await Promise.race([this.#child.exit, this.#stuck.promise]);
    this.#takeAll();
    // What it left running goes with it, and lets go of the terminal.
    await this.#child.kill();
    await settlesWithin(this.#drained.promise, DRAIN_MS, this.#options.clock);
    this.#closed = true;
    this.#input.clear();
    this.#rest.abort();
    await this.#host.leave(this.#watched);
    return exit;
  }

  #read(): void {
    const { system } = this.#host;
    let filled = 0;
    while (filled < READ_BYTES_MAX) {
      const count = system.read(this.#watched.fd, this.#buffer.subarray(filled));
      if (count < 0) this.#atEnd = true;
      if (count <= 0) break;
      filled += count;
    }
    if (filled > 0) this.#options.onData(this.#buffer.slice(0, filled));
    if (this.#atEnd) this.#drained.resolve();
    else if ((this.#spellBytes += filled) >= SPELL_BYTES) this.#restAWhile();
  }

  #restAWhile(): void {
    this.#resting = true;
    this.#spellBytes = 0;
    const awake = () => {
      this.#resting = false;
      this.#host.wake();
    };
    this.#options.clock.sleep(REST_MS, this.#rest.signal).then(awake, () => {});
  }

  #flush(): void {
    const { fd } = this.#watched;
    this.#input.drain((bytes) => {
      const taken = this.#host.system.write(fd, bytes);
      // Nobody reads any more: the end of the program tells why.
      return taken < 0 ? bytes.length : taken;
    });
    const wasBlocked = this.#blocked;
    this.#blocked = !this.#input.isEmpty;
    if (this.#blocked && !wasBlocked) this.#host.wake();
  }

  /** First what is in front, then who started it: a shell takes its jobs with it. */
  async #hangUp(): Promise<void> {
    if (this.#closed) return;
    const { system } = this.#host;
    const front = system.foreground(this.#watched.fd);
    if (front !== null && front !== this.pid) {
      system.signal(-front, SIGHUP);
      system.signal(-front, SIGCONT);
      await this.#untilGone(front);
    }
    if (this.#reaped) return;
    system.signal(-this.pid, SIGHUP);
    system.signal(-this.pid, SIGCONT);
  }

  async #untilGone(group: number): Promise<void> {
    const { clock } = this.#options;
    const until = clock.elapsed() + FRONT_MS;
    while (!this.#closed && this.#host.system.signal(-group, 0) && clock.elapsed() < until) {
      await clock.sleep(LOOK_AGAIN_MS);
    }
  }
}

/** The program that was just started, and the promise of its end, which the terminal keeps. */
interface Started {
  readonly pid: number;
  readonly gone: PromiseWithResolvers<HostedEnd>;
  readonly child: HostedChild;
}

function startOn(host: PtyHost, options: PtyOptions): Pty {
  const { system } = host;
  const [program] = options.argv;
  try {
    checkFolder(options.cwd);
    const master = system.openMaster();
    try {
      system.setSize(master.fd, options.size);
      return new Pty(options, host, master, spawnOn(host, options, master));
    } catch (thrown) {
      system.close(master.fd);
      throw thrown;
    }
  } catch (thrown) {
    throw startError(program, thrown);
  }
}

function spawnOn(host: PtyHost, options: PtyOptions, { slave }: Master): Started {
  const { argv, cwd, env, inherit } = options;
  const gone = Promise.withResolvers<HostedEnd>();
  let pid = 0;
  const child = options.room.host(
    { argv, cwd, env, inherit, purpose: "terminal" },
    (environment) => {
      const path = programPath(argv[0], cwd, environment["PATH"]);
      pid = host.system.spawn({ path, argv, cwd, environment, slave });
      return { pid, gone: gone.promise };
    },
  );
  return { pid, gone, child };
}

const endOf = ({ code, signal }: ReapedEnd): HostedEnd => ({
  code,
  signal: signal === null ? null : SIGNAL_NAMES.get(signal) ?? `signal ${signal}`,
});
