/**
 * Who changed what, from where: one JSON line for every call that may change something, also for the
 * refused. For people who ask afterwards; CAR reads none of it.
 */

import { moveFile, openForAppending, removeFile } from "../../control/files.ts";

/** One line. Nothing in it comes from a body. */
export interface AuditLine {
  readonly atMs: number;
  readonly requestId: string;
  /** Who the caller says it is; null when it brought no token. */
  readonly by: string | null;
  readonly from: string;
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly status: number;
  /** What else there is to know, in words. */
  readonly note?: string;
}

export interface AuditOptions {
  readonly path: string;
  /** The size at which the log is set aside, in bytes. */
  readonly bytesMax: number;
  /** Logs set aside that are kept: `PATH.1` is the newest. */
  readonly backups: number;
  /** Takes secrets out of a line. */
  readonly clean: (text: string) => string;
  /** Told once when lines cannot be written any more, with why. */
  readonly onLoss: (thrown: unknown) => void;
}

export class AuditLog {
  readonly #options: AuditOptions;
  #file: Deno.FsFile | null = null;
  #bytes = 0;
  /** Lines that came while the log was being set aside. */
  #waiting: string[] | null = null;
  #settingAside: Promise<void> = Promise.resolve();
  #isLossTold = false;

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  write(line: AuditLine): void {
    const { atMs, ...facts } = line;
    const text = JSON.stringify({ at: new Date(atMs).toISOString(), ...facts });
    const whole = `${this.#options.clean(text)}\n`;
    if (this.#waiting !== null) {
      this.#waiting.push(whole);
      return;
    }
    this.#append(whole);
    if (this.#bytes >= this.#options.bytesMax) this.#settingAside = this.#setAside();
  }

  /** Until all that was given is in the file. */
  async close(): Promise<void> {
    await this.#settingAside;
    this.#file?.close();
    this.#file = null;
  }

  #append(text: string): void {
    try {
      this.#file ??= this.#open();
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
      this.#bytes += bytes.length;
    } catch (thrown) {
      if (!this.#isLossTold) this.#options.onLoss(thrown);
      this.#isLossTold = true;
    }
  }

  #open(): Deno.FsFile {
    const file = openForAppending(this.#options.path);
    this.#bytes = file.statSync().size;
    return file;
  }

  async #setAside(): Promise<void> {
    const { path, backups } = this.#options;
    this.#waiting = [];
    this.#file?.close();
    this.#file = null;
    try {
      for (let number = backups; number > 1; number--) {
        await moveFile(`${path}.${number - 1}`, `${path}.${number}`).catch(() => {});
      }
      if (backups > 0) await moveFile(path, `${path}.1`);
      else await removeFile(path);
    } catch (thrown) {
      this.#options.onLoss(thrown);
    }
    const waiting = this.#waiting;
    this.#waiting = null;
    for (const text of waiting) this.#append(text);
  }
}
