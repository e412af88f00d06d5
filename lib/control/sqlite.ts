/** Opens SQLite files with the settings that make an answered write a durable one, and migrates them. */

import { DatabaseSync } from "node:sqlite";
import { CarError } from "../base/errors.ts";
import { failpoint, killpoint } from "../base/failpoint.ts";

/** How long a writer waits for another process's transaction, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * What each connection keeps of its file, in KiB. SQLite's own 2 MB, times the two connections of each
 * of a hub's hundred repos, is memory that grows all night; the system keeps the pages anyway.
 */
const CACHE_KIB = 256;

/** One numbered change of a schema; position in the list + 1 is its number. */
export type Migration = string;

/** What SQLite says of a file that is not (or no longer) a database it can read. */
const DAMAGE_CODES: ReadonlySet<number> = new Set([11, 26]);
const BUSY_CODE = 5;
const DISK_CODES: Readonly<Record<number, string>> = {
  [BUSY_CODE]: "another process has kept it busy for 5 s",
  8: "the file is read-only",
  10: "the disk gave an error",
  13: "the disk is full",
  14: "the folder cannot be written",
};

/** A thrown thing of node:sqlite as words for a person. */
export function sqliteError(thrown: unknown, path: string): CarError {
  if (thrown instanceof CarError) return thrown;
  const code = errorCode(thrown);
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (DAMAGE_CODES.has(code)) {
    return new CarError("damaged", `${path} is damaged: ${text}`, {
      cause: thrown,
      hint: 'Run "car doctor --fix": it sets the file aside and rebuilds what the files can give.',
    });
  }
  const disk = DISK_CODES[code];
  if (disk !== undefined) {
    return new CarError("unavailable", `Cannot use ${path}: ${disk}`, {
      cause: thrown,
      hint: code === BUSY_CODE
        ? "Try again."
        : "Free space or make the folder writable, then try again.",
    });
  }
  return new CarError("internal", `${path}: ${text}`, { cause: thrown });
}

/** SQLite's own texts: errors of `exec` and of opening carry no code in Deno 2.7.11. */
const CODES_BY_TEXT: readonly (readonly [string, number])[] = [
  ["database is locked", BUSY_CODE],
  ["attempt to write a readonly database", 8],
  ["disk I/O error", 10],
  ["database disk image is malformed", 11],
  ["database or disk is full", 13],
  ["unable to open database file", 14],
  ["file is not a database", 26],
];

/** The primary result code of a node:sqlite error; 0 for anything else. */
function errorCode(thrown: unknown): number {
  if (typeof thrown !== "object" || thrown === null) return 0;
  if ("errcode" in thrown && typeof thrown.errcode === "number") return thrown.errcode & 0xff;
  const text = thrown instanceof Error ? thrown.message : "";
  return CODES_BY_TEXT.find(([start]) => text.startsWith(start))?.[1] ?? 0;
}

/** @throws {CarError} `damaged` or `unavailable`. */
export function openDatabase(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    beginForOwner(path);
    db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    db.exec(
      "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; " +
        `pragma cache_size = -${CACHE_KIB}`,
    );
    return db;
  } catch (thrown) {
    db?.close();
    throw sqliteError(thrown, path);
  }
}

/** SQLite's own word for a database without a file. */
const IN_MEMORY = ":memory:";

/** A new file is its owner's alone; SQLite would make it readable for all, and gives its mode to those beside it. */
function beginForOwner(path: string): void {
  if (path === IN_MEMORY) return;
  try {
    Deno.openSync(path, { createNew: true, write: true, mode: 0o600 }).close();
  } catch { /* It is there, or SQLite says why it cannot be. */ }
}

/** The schema number a file stands at; 0 for a new one. */
export function schemaOf(db: DatabaseSync): number {
  const row = db.prepare("pragma user_version").get();
  const version = row?.["user_version"];
  return typeof version === "number" ? version : 0;
}

/**
 * Brings a file to the newest schema, one transaction a migration.
 *
 * @throws {CarError} `conflict` when the file is newer than this program; its bytes stay as they are.
 */
export function migrate(db: DatabaseSync, migrations: readonly Migration[], path: string): void {
  const from = schemaOf(db);
  if (from > migrations.length) {
    throw new CarError(
      "conflict",
      `${path} was written by a newer car (schema ${from}; this one knows ${migrations.length})`,
      { hint: "Install the newer car; nothing has been changed." },
    );
  }
  for (let number = from; number < migrations.length; number++) {
    transaction(db, () => {
      // Another process may have migrated between our look and our lock.
      if (schemaOf(db) > number) return;
      db.exec(migrations[number] ?? "");
      db.exec(`pragma user_version = ${number + 1}`);
    });
  }
}

/** Runs `body` in one write transaction; a throw takes all of it back. */
export function transaction<T>(db: DatabaseSync, body: () => T): T {
  db.exec("begin immediate");
  try {
    const result = body();
    failpoint("database.write");
    db.exec("commit");
    killpoint("database.written");
    return result;
  } catch (thrown) {
    if (db.isTransaction) db.exec("rollback");
    throw thrown;
  }
}

/**
 * Runs `body` without waiting for the disk at its commits: what it writes survives a kill, and a power
 * cut once a later commit has waited. For what nothing depends on.
 */
export function unsynced<T>(db: DatabaseSync, body: () => T): T {
  db.exec("pragma synchronous = normal");
  try {
    return body();
  } finally {
    db.exec("pragma synchronous = full");
  }
}

/** `ok`, or what SQLite's own check found. */
export function quickCheck(db: DatabaseSync): string {
  const row = db.prepare("pragma quick_check(1)").get();
  return String(row?.["quick_check"] ?? "no answer");
}
