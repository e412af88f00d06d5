/** A terminal for tests: answers are given beforehand, what is written is kept. */

import { type Clock, systemClock } from "../../lib/base/clock.ts";
import { UNCONFINED } from "../../lib/base/permissions.ts";
import { decideColour, type Io } from "../../lib/cli/io.ts";

export interface MemoryIoOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** All three streams; false is a pipe. */
  readonly terminal?: boolean;
  readonly columns?: number;
  /** Lines a person types; after the last comes the end of input. */
  readonly answers?: readonly string[];
  /** What comes down a pipe. */
  readonly stdin?: string | Uint8Array;
  readonly clock?: Clock;
}

export interface MemoryIo extends Io {
  /** All that was written so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** From now on nobody reads stdout. */
  readonly hangUp: () => void;
}

export function memoryIo(options: MemoryIoOptions = {}): MemoryIo {
  const closing = new AbortController();
  const isTerminal = options.terminal ?? false;
  const env = (name: string) => options.env?.[name];
  const answers = [...(options.answers ?? [])];
  let out = "";
  let err = "";
  return {
    stdout(text) {
      if (closing.signal.aborted) return false;
      out += text;
      return true;
    },
    stderr(text) {
      err += text;
      return true;
    },
    closed: closing.signal,
    isTerminal: { in: isTerminal, out: isTerminal, err: isTerminal },
    columns: () => options.columns ?? 80,
    colour: decideColour(isTerminal, env),
    env,
    environment: () => options.env ?? {},
    cwd: options.cwd ?? "/",
    readLine(prompt) {
      err += prompt;
      return Promise.resolve(answers.shift() ?? null);
    },
    readAll: () =>
      Promise.resolve(
        typeof options.stdin === "string"
          ? new TextEncoder().encode(options.stdin)
          : options.stdin ?? new Uint8Array(),
      ),
    quit: () => {},
    clock: options.clock ?? systemClock,
    confinement: UNCONFINED,
    out: () => out,
    err: () => err,
    hangUp: () => closing.abort(),
  };
}
