/**
 * The views, state.sqlite3: a read model made from the journal and from nothing else. It may be
 * deleted at any time. It is brought up to date by whoever opens it, the owner of the repo or not:
 * every batch of events is one transaction that begins by asking how far the tables have come.
 */

import { DatabaseSync } from "node:sqlite";
import { CarError } from "../base/errors.ts";
import type { RunId } from "../engine/ids.ts";
import type { Run } from "../engine/run.ts";
import type { Journal, JournalEvent } from "./journal.ts";
import { openDatabase, schemaOf, sqliteError, transaction } from "./sqlite.ts";
import { type Change, foldNote, foldStep } from "./views_fold.ts";
import { VIEW_TABLE_NAMES, VIEWS_SCHEMA, VIEWS_TABLES } from "./views_schema.ts";
import { writeChange } from "./views_write.ts";

/** Events folded in one transaction: long enough to be fast, short enough to lock nobody out. */
const BATCH = 2_000;

/** What was out of the ordinary. None of these needs a person. */
export type ViewsFinding =
  | { readonly type: "rebuilt"; readonly reason: string }
  /** The file cannot be written; the views of this process live in memory. */
  | { readonly type: "in_memory"; readonly reason: string }
  /** The run's events do not lead to its recorded state; the recorded one is shown. */
  | { readonly type: "diverged"; readonly run: RunId };

export interface OpenedViews {
  readonly views: Views;
  readonly findings: readonly ViewsFinding[];
}

/** Whether the tables are brought up to the journal at once, or by `catchUpBy` in pieces. */
export type ViewsFill = "at_once" | "in_pieces";

/**
 * Opens the views and brings them up to the journal. What is missing, of another schema, damaged
 * or of another journal is built again; a file that cannot be written is replaced by memory.
 *
 * @param fill `in_pieces` for a process that has other things to do: tables lag until it has called
 * `catchUpBy` often enough.
 */
export function openViews(
  path: string,
  journal: Journal,
  fill: ViewsFill = "at_once",
): OpenedViews {
  const findings: ViewsFinding[] = [];
  try {
    return { views: openFile(path, journal, findings, fill), findings };
  } catch (thrown) {
    if (!(thrown instanceof CarError)) throw thrown;
    findings.push({ type: "in_memory", reason: thrown.message });
    const views = new Views(new DatabaseSync(":memory:"), ":memory:", journal);
    findings.push(...views.begin(fill));
    return { views, findings };
  }
}

/** Empties the views and fills them again: `car doctor --rebuild`. @returns Events folded. */
export function rebuildViews(path: string, journal: Journal): number {
  const { views } = openViews(path, journal);
  try {
    views.rebuild();
    return views.seq();
  } finally {
    views.close();
  }
}

function openFile(
  path: string,
  journal: Journal,
  findings: ViewsFinding[],
  fill: ViewsFill,
): Views {
  try {
    return openAndFill(path, journal, findings, fill);
  } catch (thrown) {
    // A full disk or a locked file is mended by no rebuild; a missing table ("internal") is.
    if (!(thrown instanceof CarError) || thrown.code === "unavailable") throw thrown;
    removeDatabase(path);
    findings.push({ type: "rebuilt", reason: "it was damaged" });
    return openAndFill(path, journal, findings, fill);
  }
}

function openAndFill(
  path: string,
  journal: Journal,
  findings: ViewsFinding[],
  fill: ViewsFill,
): Views {
  const db = openDatabase(path);
  const views = new Views(db, path, journal);
  try {
    // The journal is what must survive a power cut; these tables can be made again.
    db.exec("pragma synchronous = normal");
    const reason = whyUnfit(db, journal);
    // Another process may build them meanwhile: asked again under the lock.
    const stillUnfit = () => whyUnfit(db, journal) !== null;
    if (reason !== null) findings.push(...views.begin(fill, stillUnfit));
    else if (fill === "at_once") findings.push(...views.catchUp());
    if (reason !== null && reason !== "") findings.push({ type: "rebuilt", reason });
    return views;
  } catch (thrown) {
    views.close();
    throw sqliteError(thrown, path);
  }
}

/** Why these tables cannot be caught up; "" for a new file, null when they can. */
function whyUnfit(db: DatabaseSync, journal: Journal): string | null {
  const schema = schemaOf(db);
  if (schema === 0) return "";
  if (schema !== VIEWS_SCHEMA) return `it had schema ${schema}, this car has ${VIEWS_SCHEMA}`;
  const uuid = db.prepare("select value from meta where key = 'journal'").get()?.["value"];
  if (uuid !== (journal.meta("uuid") ?? "")) return "it belonged to another journal";
  const seq = Number(db.prepare("select seq from applied").get()?.["seq"] ?? 0);
  return seq > journal.highSeq() ? "it was ahead of its journal" : null;
}

function removeDatabase(path: string): void {
  for (const suffix of ["", "-wal", "-shm"]) {
    try {
      Deno.removeSync(path + suffix);
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
  }
}

export class Views {
  readonly path: string;
  readonly db: DatabaseSync;
  readonly #journal: Journal;

  constructor(db: DatabaseSync, path: string, journal: Journal) {
    this.db = db;
    this.path = path;
    this.#journal = journal;
  }

  close(): void {
    this.db.close();
  }

  /** The last event that is in the tables. */
  seq(): number {
    return Number(this.db.prepare("select seq from applied").get()?.["seq"] ?? 0);
  }

  /**
   * Empties the tables and fills them again in one transaction: whoever reads meanwhile sees the old.
   *
   * @param wanted Asked under the lock; when it says no, they are only brought up to date.
   */
  rebuild(wanted: () => boolean = () => true): readonly ViewsFinding[] {
    const touched = new Set<RunId>();
    transaction(this.db, () => {
      if (wanted()) this.#empty();
      while (this.seq() < this.#journal.highSeq()) this.#foldBatch(touched);
    });
    return this.#settle(touched);
  }

  /** Begins tables that cannot be caught up: empty, or filled at once. */
  begin(fill: ViewsFill, wanted: () => boolean = () => true): readonly ViewsFinding[] {
    if (fill === "at_once") return this.rebuild(wanted);
    transaction(this.db, () => {
      if (wanted()) this.#empty();
    });
    return [];
  }

  /** Folds in the next few of what the journal has gained. @returns Whether there may be more. */
  catchUpBy(events: number): boolean {
    if (this.seq() >= this.#journal.highSeq()) return false;
    const touched = new Set<RunId>();
    transaction(this.db, () => this.#foldBatch(touched, events));
    this.#settle(touched);
    return true;
  }

  #empty(): void {
    for (const name of ["meta", ...VIEW_TABLE_NAMES]) this.db.exec(`drop table if exists ${name}`);
    this.db.exec(VIEWS_TABLES);
    this.db.prepare("insert into meta values ('journal', ?)").run(this.#journal.meta("uuid") ?? "");
    this.db.exec(`insert into applied values (1, 0); pragma user_version = ${VIEWS_SCHEMA}`);
  }

  /** Folds in what the journal has gained. Cheap when it is nothing. */
  catchUp(): readonly ViewsFinding[] {
    const touched = new Set<RunId>();
    while (this.seq() < this.#journal.highSeq()) {
      transaction(this.db, () => this.#foldBatch(touched));
    }
    return this.#settle(touched);
  }

  #settle(touched: ReadonlySet<RunId>): readonly ViewsFinding[] {
    return touched.size === 0 ? [] : transaction(this.db, () => this.#settleDifferences(touched));
  }

  #foldBatch(touched: Set<RunId>, limit = BATCH): void {
    // Another process may have come further between our look and our lock.
    const events = this.#journal.events({ after: this.seq(), limit });
    const runs = new Map<RunId, Run>();
    for (const event of events) {
      if (event.kind === "note") this.#write(foldNote(event), event);
      if (event.kind !== "step") continue;
      const before = runs.get(event.run) ?? this.#foldOf(event.run);
      if (before === null) continue;
      const { run, changes } = foldStep(before, event);
      this.#write(changes, event);
      runs.set(event.run, run);
    }
    for (const [id, run] of runs) {
      touched.add(id);
      this.#keepFold(run);
    }
    const last = events.at(-1);
    if (last !== undefined) this.db.prepare("update applied set seq = ?").run(last.seq);
  }

  #write(changes: readonly Change[], event: JournalEvent): void {
    for (const change of changes) writeChange(this.db, change, event);
  }

  #foldOf(id: RunId): Run | null {
    const row = this.db.prepare("select state from folds where run = ?").get(id);
    return row === undefined ? this.#journal.firstState(id) : JSON.parse(String(row["state"]));
  }

  #keepFold(run: Run): void {
    this.db.prepare("insert or replace into folds values (?, ?)").run(run.id, JSON.stringify(run));
  }

  /** A journal written by another version of the rules may replay differently: what was recorded wins. */
  #settleDifferences(touched: ReadonlySet<RunId>): readonly ViewsFinding[] {
    const findings: ViewsFinding[] = [];
    const seq = this.seq();
    for (const id of touched) {
      const recorded = this.#journal.runAt(id);
      if (recorded === null || recorded.seq > seq) continue;
      const folded = this.#foldOf(id);
      if (JSON.stringify(folded) === JSON.stringify(recorded.run)) continue;
      findings.push({ type: "diverged", run: id });
      this.#keepFold(recorded.run);
      const last = this.#journal.events({ run: id, last: 1 }).at(0);
      const origin = { seq: recorded.seq, atMs: last?.atMs ?? recorded.run.sinceMs };
      writeChange(this.db, { type: "run", run: recorded.run }, origin);
    }
    return findings;
  }
}
