/** What CAR knows and may do with one process it started: the contract between the room and its users. */

import type { ProcessIdentity } from "../../control/process_identity.ts";
import type { LineOptions } from "./lines.ts";
import type { LadderTimes, Stopped } from "./ladder.ts";

/** Why a process was started: for the record and for people. */
export type Purpose = "agent" | "check" | "git" | "setup" | "tool" | "terminal";

/** A process to start. */
export interface SpawnSpec {
  /** Program and arguments. Never a prompt: 128 KiB an argument is the system's limit, use stdin. */
  readonly argv: readonly [string, ...string[]];
  /** Absolute; checked before the spawn. */
  readonly cwd: string;
  /** Added to the base environment (PATH, HOME, locale, XDG_*, ...); nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names inherited from CAR's own environment in addition to the base. */
  readonly inherit?: readonly string[];
  readonly stdin?: "piped" | "null";
  /** `merged`: both streams arrive in `stdout`, in the order they were written. */
  readonly stderr?: "separate" | "merged";
  readonly purpose: Purpose;
  readonly runId?: string | undefined;
  readonly turnId?: string | undefined;
}

/** How a process ended. */
export interface Exit {
  /** 0 to 255; 128 + number when a signal ended it. */
  readonly code: number;
  /** `SIGKILL`, ...; null when it exited by itself. */
  readonly signal: string | null;
  /** Whether CAR ended it (`stop`, `kill`, a deadline). */
  readonly stopped: boolean;
  /** The last 20 KiB of what it wrote to stderr. */
  readonly stderrTail: string;
  readonly seconds: number;
}

/** A process with its number, birth and command line, as it is recorded. */
export interface SpawnedIdentity extends ProcessIdentity {
  readonly argv: readonly string[];
  readonly owner: string;
  readonly purpose: Purpose;
  readonly runId: string | null;
  readonly turnId: string | null;
}

export interface Child {
  readonly pid: number;
  readonly identity: SpawnedIdentity;
  /**
   * Writes to stdin, one write after the other; waits while the process is slow to read.
   * @throws {CarError} `unavailable` when the process no longer reads: it crashed or closed stdin.
   *   The runtime tells of a closed stdin at the next write only: an answer is the sole receipt.
   */
  write(text: string | Uint8Array): Promise<void>;
  /** Ends stdin. Never throws. */
  closeStdin(): Promise<void>;
  /** Bytes of stdout, read once. Ends at the latest two seconds and a little after the exit. */
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** `stdout` by lines; use either. */
  lines(options?: LineOptions): AsyncGenerator<string, void, void>;
  /** What stderr ended with so far, at most 20 KiB. */
  stderrTail(): string;
  /** Resolves, never rejects, when the process ended and its stderr is read. */
  readonly exit: Promise<Exit>;
  /** Polite, TERM to the group, KILL, then the sweep. @param polite Asks in the process's own words. */
  stop(polite?: () => void | Promise<void>, times?: Partial<LadderTimes>): Promise<Stopped>;
  /** Ends it and all it started, at once. Resolves when it is gone or known to be stuck. */
  kill(): Promise<void>;
}

/** Bytes of stderr that are always kept: a stack trace and what led to it. */
export const STDERR_TAIL_BYTES = 20 * 1024;

const CODE_NOT_EXECUTABLE = 126;
const CODE_NOT_FOUND = 127;
/** 128 + SIGKILL: what a shell answers whose command was killed. */
const CODE_KILLED = 137;

/** How it ended in one sentence for people, without its stderr. */
export function describeExit(exit: Pick<Exit, "code" | "signal" | "stopped">): string {
  if (exit.stopped) return exit.signal === null ? "ended when CAR stopped it" : "stopped by CAR";
  if (exit.signal === "SIGKILL" || exit.code === CODE_KILLED) {
    return "killed (SIGKILL); mostly that is the system running out of memory";
  }
  if (exit.signal !== null) return `ended by signal ${exit.signal}`;
  if (exit.code === CODE_NOT_FOUND) return "exit code 127 (a command was not found)";
  if (exit.code === CODE_NOT_EXECUTABLE) return "exit code 126 (a command is not executable)";
  return `exit code ${exit.code}`;
}
