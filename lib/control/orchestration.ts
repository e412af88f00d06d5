/**
 * orchestration.sqlite3: what a hub, or a repo without one, keeps beside the journals of its runs.
 * Several processes may have it open; no other file opens it.
 */

import type { DatabaseSync } from "node:sqlite";
import { CarError } from "../base/errors.ts";
import { ensureDir, exists, moveFile } from "./files.ts";
import { ORCHESTRATION_MIGRATIONS } from "./orchestration_schema.ts";
import { migrate, openDatabase, quickCheck, sqliteError, transaction } from "./sqlite.ts";

/** Where it lies, in a hub's state folder or a repo's. */
export interface OrchestrationPaths {
  /** `.codex-autorunner` */
  readonly state: string;
  readonly database: string;
  /** One folder a thread: its lock, and the files of its messages. */
  readonly threads: string;
  /** State that could not be read, by date. */
  readonly damaged: string;
}

/** @param state The state folder of a hub, or of a repo without one. */
export const orchestrationPaths = (state: string): OrchestrationPaths => ({
  state,
  database: `${state}/orchestration.sqlite3`,
  threads: `${state}/threads`,
  damaged: `${state}/archive/damaged`,
});

export class Orchestration {
  readonly path: string;
  readonly #db: DatabaseSync;

  private constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.path = path;
  }

  /** Opens and migrates the file. @throws {CarError} `damaged`, `unavailable`, `conflict`. */
  static open(path: string): Orchestration {
    const db = openDatabase(path);
    try {
      migrate(db, ORCHESTRATION_MIGRATIONS, path);
    } catch (thrown) {
      db.close();
      throw sqliteError(thrown, path);
    }
    return new Orchestration(db, path);
  }

  /** The connection, for the modules of its tables. */
  get db(): DatabaseSync {
    return this.#db;
  }

  /** Changes when another process has committed. */
  dataVersion(): number {
    return Number(this.#db.prepare("pragma data_version").get()?.["data_version"] ?? 0);
  }

  check(): string {
    return this.read(() => quickCheck(this.#db));
  }

  /** @throws {CarError} for what SQLite throws. */
  read<T>(body: () => T): T {
    try {
      return body();
    } catch (thrown) {
      throw sqliteError(thrown, this.path);
    }
  }

  /** One transaction; a throw takes all of it back. @throws {CarError} for what SQLite throws. */
  write<T>(body: () => T): T {
    return this.read(() => transaction(this.#db, body));
  }

  close(): void {
    this.#db.close();
  }
}

export interface OpenedOrchestration {
  readonly store: Orchestration;
  /** What a person should know: a damaged file that was set aside. */
  readonly finding: string | null;
}

/**
 * Opens the file, or sets a damaged one aside under its name and begins a new one.
 * @throws {CarError} `unavailable`, `conflict`.
 */
export async function openOrchestration(
  paths: OrchestrationPaths,
  nowMs: number,
): Promise<OpenedOrchestration> {
  try {
    return { store: Orchestration.open(paths.database), finding: null };
  } catch (thrown) {
    if (!(thrown instanceof CarError) || thrown.code !== "damaged") throw thrown;
    const folder = await setAside(paths, nowMs);
    const finding = `${thrown.message}. It was set aside in ${folder}; the threads begin anew.`;
    return { store: Orchestration.open(paths.database), finding };
  }
}

async function setAside(paths: OrchestrationPaths, nowMs: number): Promise<string> {
  const stamp = new Date(nowMs).toISOString().replaceAll(":", "-").replace(/\.\d+Z$/, "Z");
  const folder = `${paths.damaged}/${stamp}`;
  await ensureDir(folder);
  for (const suffix of ["", "-wal", "-shm"]) {
    const from = paths.database + suffix;
    if (await exists(from)) await moveFile(from, `${folder}/orchestration.sqlite3${suffix}`);
  }
  return folder;
}
