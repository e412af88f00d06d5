/**
 * A log file: lines added as they come, set aside between runs when it has grown, bounded within one.
 * It is for reading only and must never be the reason that work fails: what cannot be written is lost.
 */

import type { Clock } from "../base/clock.ts";
import { isWanted, type LogFields, type LogLevel, logLine } from "../base/log.ts";
import { moveFile, openForAppending, removeFile } from "./files.ts";

export interface LogOptions {
  /** Absolute. */
  readonly path: string;
  /** The size at which it is set aside, in bytes; between two chances for that it grows by as much at most. */
  readonly maxBytes: number;
  /** Logs set aside that are kept: `PATH.1` is the newest. */
  readonly backups: number;
  readonly level: LogLevel;
  /** Takes secrets out of every text. */
  readonly clean: (text: string) => string;
  readonly clock: Pick<Clock, "now">;
}

export class LogFile {
  readonly #options: LogOptions;
  #file: Deno.FsFile | null = null;
  #bytesLeft = 0;
  #isFull = false;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  /** Between runs: sets the log aside when it has grown to its size. */
  async rotate(): Promise<void> {
    const { path, maxBytes, backups } = this.#options;
    this.#bytesLeft = maxBytes;
    this.#isFull = false;
    // Another writer of the same log may have set it aside.
    if (this.#file !== null && !isAt(this.#file, path)) this.close();
    if (sizeOf(path) < maxBytes) return;
    this.close();
    try {
      if (backups === 0) return await removeFile(path);
      for (let number = backups; number > 0; number--) {
        const from = number === 1 ? path : `${path}.${number - 1}`;
        if (sizeOf(from) >= 0) await moveFile(from, `${path}.${number}`);
      }
    } catch {
      // Then it grows on; the next rotation tries again.
    }
  }

  write(level: LogLevel, fields: LogFields): void {
    const { level: least, clean, clock } = this.#options;
    if (!isWanted(level, least) || this.#isFull) return;
    const bytes = encoder.encode(logLine(clock.now(), level, cleaned(fields, clean)));
    if (bytes.length <= this.#bytesLeft) return this.#append(bytes);
    this.#isFull = true;
    this.#append(encoder.encode(logLine(clock.now(), "warning", { msg: FULL })));
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  #append(bytes: Uint8Array): void {
    this.#bytesLeft -= bytes.length;
    try {
      this.#file ??= openForAppending(this.#options.path);
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    } catch {
      // See the head of this file.
    }
  }
}

const encoder = new TextEncoder();
const FULL = "The log is full; what comes now is left out until the next run";

function cleaned(fields: LogFields, clean: (text: string) => string): LogFields {
  const pairs = Object.entries(fields).map(([key, value]) => [
    key,
    typeof value === "string" ? clean(value) : value,
  ]);
  return { ...fields, ...Object.fromEntries(pairs) };
}

/** Whether the open file is the one of that name. */
function isAt(file: Deno.FsFile, path: string): boolean {
  try {
    return file.statSync().ino === Deno.statSync(path).ino;
  } catch {
    return false;
  }
}

/** In bytes; -1 when there is no such file. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return -1;
  }
}
