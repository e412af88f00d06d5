/** What a terminal needs of the operating system: the contract of linux.ts and darwin.ts. */

/** In characters. */
export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

export interface Master {
  readonly fd: number;
  /** Where programs find the other end, e.g. `/dev/pts/7`. */
  readonly slave: string;
}

/** A program to start as the leader of a session whose terminal is `slave`. All paths absolute. */
export interface TerminalSpawn {
  readonly path: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly slave: string;
}

export interface Wish {
  readonly fd: number;
  readonly wantsRead: boolean;
  readonly wantsWrite: boolean;
}

export interface Readiness {
  /** Also when the other end is closed. */
  readonly read: boolean;
  readonly write: boolean;
}

/** How a process ended, in the system's own numbers. */
export interface ReapedEnd {
  readonly code: number;
  /** Number of the signal that ended it. */
  readonly signal: number | null;
}

/** No call waits, `wait` aside. */
export interface PtySystem {
  /** @throws {SystemError} */
  openMaster(): Master;
  /** @returns The process number. @throws {SystemError} */
  spawn(call: TerminalSpawn): number;
  setSize(fd: number, size: TerminalSize): void;
  /** @returns Bytes read, 0 when there are none now, -1 when nobody can write any more. */
  read(fd: number, into: Uint8Array<ArrayBuffer>): number;
  /** @returns Bytes taken, 0 when none are now, -1 when nobody can read any more. */
  write(fd: number, bytes: Uint8Array<ArrayBuffer>): number;
  close(fd: number): void;
  /** Read end, write end. @throws {SystemError} */
  pipe(): readonly [number, number];
  /** Until one is ready or the time is over; in the order of the wishes. */
  wait(wishes: readonly Wish[], ms: number): Promise<readonly Readiness[]>;
  /** Null while it runs. It is waited for: its number may be another's afterwards. */
  reap(pid: number): ReapedEnd | null;
  /** The process group that the terminal's keys go to; null when there is none. */
  foreground(fd: number): number | null;
  /** To a process, or to the group `-pid`. @returns Whether there was one. */
  signal(pid: number, signal: number): boolean;
  /** Gives the library back. Nothing may be called afterwards. */
  unload(): void;
}

/** A call of the system that failed. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  readonly call: string;
  readonly errno: number;

  constructor(call: string, errno: number) {
    super(`${call}: errno ${errno}`);
    this.call = call;
    this.errno = errno;
  }
}
