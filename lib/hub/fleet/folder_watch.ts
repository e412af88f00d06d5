/** Watches many folders with one watcher of the system, and tells which of them changed, once for a burst. */

import type { Clock } from "../../base/clock.ts";
import { isTempName } from "../../control/files.ts";

export interface FolderWatchOptions {
  readonly clock: Clock;
  /** Told with the folders as they were given to `watch`. */
  readonly onChange: (folders: readonly string[]) => void;
}

/** An atomic write is six events: the rest of a burst is waited for, in milliseconds. */
const BURST_MS = 50;

interface Watching {
  readonly watcher: Deno.FsWatcher;
  readonly folders: ReadonlySet<string>;
  readonly reading: Promise<void>;
}

export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #over = new AbortController();
  readonly #changed = new Set<string>();
  #watching: Watching | null = null;
  #telling: Promise<void> | null = null;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /**
   * Watches these folders and no others, not what lies in folders below them. What happened between the
   * old watcher and the new one is not told: look once afterwards.
   *
   * @throws when the system cannot watch as much: then nothing is watched.
   */
  async watch(folders: readonly string[]): Promise<void> {
    await this.#end();
    if (folders.length === 0 || this.#over.signal.aborted) return;
    const watcher = Deno.watchFs([...folders], { recursive: false });
    const known = new Set(folders);
    this.#watching = { watcher, folders: known, reading: this.#read(watcher, known) };
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#end();
    await this.#telling;
  }

  async #end(): Promise<void> {
    const watching = this.#watching;
    this.#watching = null;
    if (watching === null) return;
    watching.watcher.close();
    await watching.reading;
  }

  async #read(watcher: Deno.FsWatcher, folders: ReadonlySet<string>): Promise<void> {
    try {
      for await (const { kind, paths } of watcher) {
        if (kind !== "access") { for (const path of paths) this.#note(path, folders); }
      }
    } catch {
      // The watcher is gone; the folders are looked through now and then besides.
    }
  }

  #note(path: string, folders: ReadonlySet<string>): void {
    const cut = path.lastIndexOf("/");
    if (isTempName(path.slice(cut + 1))) return;
    const folder = folders.has(path) ? path : path.slice(0, cut);
    if (!folders.has(folder)) return;
    this.#changed.add(folder);
    this.#telling ??= this.#tell().finally(() => this.#telling = null);
  }

  async #tell(): Promise<void> {
    await this.#options.clock.sleep(BURST_MS, this.#over.signal).catch(() => {});
    const changed = [...this.#changed];
    this.#changed.clear();
    if (!this.#over.signal.aborted) this.#options.onChange(changed);
  }
}
