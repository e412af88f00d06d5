/** The terminal as a port: what a command may read, write and know of its surroundings. */

import { type Clock, systemClock } from "../base/clock.ts";
import { CarError } from "../base/errors.ts";
import { type Confinement, UNCONFINED } from "../base/permissions.ts";

export interface Io {
  /** Writes as it is. False: nobody reads any more, and nothing was written. */
  stdout(text: string): boolean;
  /** As `stdout`, for messages to the person. */
  stderr(text: string): boolean;
  /** Aborted when the reader of stdout is gone (`car log -f | head -1`): streams end on it. */
  readonly closed: AbortSignal;
  readonly isTerminal: { readonly in: boolean; readonly out: boolean; readonly err: boolean };
  /** Cells of the terminal; asked afresh, since windows are resized. */
  columns(): number;
  /** Whether stdout may carry colour. */
  readonly colour: boolean;
  env(name: string): string | undefined;
  /** All variables, for the settings among them. */
  environment(): Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
  /** Asks on stderr, answers without the line end; null at the end of input. */
  readLine(prompt: string): Promise<string | null>;
  /** Stdin up to its end. @throws {CarError} `invalid` when it is longer than `bytesMax`. */
  readAll(bytesMax: number): Promise<Uint8Array>;
  /** Ends the program although a line is still being read, which nothing else ends. */
  quit(code: number): void;
  readonly clock: Clock;
  /** What this process is held to. */
  readonly confinement: Confinement;
}

/** What a restricted process is told, since it cannot find it out by itself. */
export interface Surroundings {
  /** Absolute. */
  readonly cwd: string;
  /** The variables it may read. */
  readonly names: readonly string[];
  readonly confinement: Confinement;
}

/** Used when the terminal does not tell its width, and for help in a pipe. */
export const COLUMNS_DEFAULT = 80;

/** How long to wait before trying a full non-blocking pipe again, in milliseconds. */
const FULL_PIPE_MS = 5;

/** Colour by the customs of the terminal: NO_COLOR, TERM=dumb and pipes have none. */
export function decideColour(
  isTerminal: boolean,
  env: (name: string) => string | undefined,
): boolean {
  return isTerminal && !env("NO_COLOR") && env("TERM") !== "dumb";
}

/** An `Io` on this process's own terminal. @param told For a restricted process. */
export function systemIo(told: Surroundings | null = null): Io {
  const closing = new AbortController();
  const isTerminal = {
    in: Deno.stdin.isTerminal(),
    out: Deno.stdout.isTerminal(),
    err: Deno.stderr.isTerminal(),
  };
  const lines = new LineReader(Deno.stdin);
  return {
    stdout(text) {
      if (closing.signal.aborted) return false;
      if (writeWhole(Deno.stdout, text)) return true;
      closing.abort();
      return false;
    },
    stderr: (text) => writeWhole(Deno.stderr, text),
    closed: closing.signal,
    isTerminal,
    columns: () => consoleColumns() ?? COLUMNS_DEFAULT,
    colour: decideColour(isTerminal.out, variable),
    env: variable,
    environment: () => told === null ? allVariables() : variables(told.names),
    get cwd() {
      return told?.cwd ?? workingFolder();
    },
    async readLine(prompt) {
      writeWhole(Deno.stderr, prompt);
      return await lines.next();
    },
    readAll: (bytesMax) => readUpTo(Deno.stdin, bytesMax),
    // A confined thread is ended by the one that started it.
    quit: (code) => told === null ? Deno.exit(code) : undefined,
    clock: systemClock,
    confinement: told?.confinement ?? UNCONFINED,
  };
}

function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    // A safe posture may hide it; then it is not there.
    return undefined;
  }
}

function allVariables(): Readonly<Record<string, string>> {
  try {
    return Deno.env.toObject();
  } catch {
    return {};
  }
}

function variables(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = variable(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

function workingFolder(): string {
  try {
    return Deno.cwd();
  } catch (thrown) {
    throw new CarError("not_found", "The working folder no longer exists.", {
      hint: "Go into a folder that exists, e.g. `cd ~`.",
      cause: thrown,
    });
  }
}

function consoleColumns(): number | undefined {
  try {
    const { columns } = Deno.consoleSize();
    return columns > 0 ? columns : undefined;
  } catch {
    return undefined;
  }
}

interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

/** @returns false when nobody reads. */
function writeWhole(to: SyncWriter, text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += to.writeSync(bytes.subarray(at));
    } catch (thrown) {
      if (thrown instanceof Deno.errors.WouldBlock) pause(FULL_PIPE_MS);
      else if (isClosed(thrown)) return false;
      else throw outputError(thrown);
    }
  }
  return true;
}

const CLOSED_CODES: readonly string[] = ["EPIPE", "EBADF"];

function isClosed(thrown: unknown): boolean {
  if (thrown instanceof Deno.errors.BrokenPipe || thrown instanceof Deno.errors.BadResource) {
    return true;
  }
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" &&
    CLOSED_CODES.includes(thrown.code);
}

function outputError(thrown: unknown): CarError {
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new CarError("unavailable", `Cannot write the output: ${words}.`, {
    hint: "Send it somewhere with room.",
    cause: thrown,
  });
}

/** Blocks the thread: the writes of a command line are in order and at once. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

interface Reader {
  read(into: Uint8Array): Promise<number | null>;
}

async function readUpTo(from: Reader, bytesMax: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  const buffer = new Uint8Array(65_536);
  for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
    total += count;
    if (total > bytesMax) {
      throw new CarError("invalid", `The input has more than ${bytesMax} bytes.`, {
        hint: "Send less.",
      });
    }
    parts.push(buffer.slice(0, count));
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The longest line a person types, in bytes: more is a paste gone wrong. */
const LINE_BYTES_MAX = 65_536;

/** Lines of stdin, one at a time, what follows a line kept for the next. */
class LineReader {
  #rest = new Uint8Array();
  readonly #from: Reader;

  constructor(from: Reader) {
    this.#from = from;
  }

  async next(): Promise<string | null> {
    const buffer = new Uint8Array(4096);
    for (;;) {
      const end = this.#rest.indexOf(0x0a);
      if (end >= 0) return this.#take(end, end + 1);
      const count = await this.#from.read(buffer);
      if (count === null) {
        return this.#rest.length === 0 ? null : this.#take(this.#rest.length, this.#rest.length);
      }
      const joined = new Uint8Array(this.#rest.length + count);
      joined.set(this.#rest);
      joined.set(buffer.subarray(0, count), this.#rest.length);
      this.#rest = joined;
      if (joined.length > LINE_BYTES_MAX) {
        throw new CarError("invalid", `A line has more than ${LINE_BYTES_MAX} bytes.`);
      }
    }
  }

  #take(end: number, next: number): string {
    const bytes = this.#rest.subarray(0, end);
    this.#rest = this.#rest.slice(next);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r$/, "");
    } catch (thrown) {
      throw new CarError("invalid", "The answer is not UTF-8 text.", { cause: thrown });
    }
  }
}
