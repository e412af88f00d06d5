/** The registry of processes CAR started, in the journal: who they were and how they ended. */

import type { Journal } from "./journal.ts";
import { unsynced } from "./sqlite.ts";

/** A process by what cannot be reused: pid, start time and boot. */
export interface SpawnedProcess {
  readonly pid: number;
  readonly start: string;
  readonly boot: string;
  readonly owner: string;
  readonly purpose: string;
  readonly runId: string | null;
  readonly turnId: string | null;
  readonly argv: readonly string[];
}

export interface EndedProcess {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderrTail: string;
}

/** Rows kept: the newest, so that the table stays small over years. */
const ROWS_MAX = 2_000;

/** Records a start. @returns The row's number, for recordExit. */
export function recordSpawn(journal: Journal, it: SpawnedProcess, atMs: number): number {
  // After a power cut no process is left to be found.
  return unsynced(journal.db, () => insertSpawn(journal, it, atMs));
}

function insertSpawn(journal: Journal, it: SpawnedProcess, atMs: number): number {
  const id = Number(
    journal.db.prepare(
      `insert into processes (pid, start, boot, owner, purpose, run, turn, argv, spawned_ms)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      it.pid,
      it.start,
      it.boot,
      it.owner,
      it.purpose,
      it.runId,
      it.turnId,
      JSON.stringify(it.argv),
      atMs,
    ).lastInsertRowid,
  );
  if (id % 100 === 0) {
    journal.db.prepare("delete from processes where id <= ?").run(id - ROWS_MAX);
  }
  return id;
}

export function recordExit(journal: Journal, id: number, exit: EndedProcess, atMs: number): void {
  const update = journal.db.prepare(
    "update processes set ended_ms = ?, code = ?, signal = ?, stderr_tail = ? where id = ?",
  );
  unsynced(journal.db, () => update.run(atMs, exit.code, exit.signal, exit.stderrTail, id));
}

/** Processes with no recorded end: after a crash, what may still be alive. */
export function openSpawns(journal: Journal): readonly (SpawnedProcess & { id: number })[] {
  return journal.db.prepare("select * from processes where ended_ms is null order by id").all()
    .map((row) => ({
      id: Number(row["id"]),
      pid: Number(row["pid"]),
      start: String(row["start"]),
      boot: String(row["boot"]),
      owner: String(row["owner"]),
      purpose: String(row["purpose"]),
      runId: row["run"] === null ? null : String(row["run"]),
      turnId: row["turn"] === null ? null : String(row["turn"]),
      argv: JSON.parse(String(row["argv"])),
    }));
}
