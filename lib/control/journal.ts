/**
 * The journal, flows.db: the append-only truth of a repo's runs. An event, the run it makes and the
 * effects it asks for are one transaction. No other file opens flows.db: reading it by any other
 * call in this process would drop SQLite's locks.
 */

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Effect, RunEvent } from "../engine/events.ts";
import { type RunId, runNumber, type TicketId, type TurnId } from "../engine/ids.ts";
import type { Run, RunStatus } from "../engine/run.ts";
import { JOURNAL_MIGRATIONS } from "./journal_schema.ts";
import { migrate, openDatabase, quickCheck, sqliteError, transaction, unsynced } from "./sqlite.ts";

export const JOURNAL_SCHEMA = JOURNAL_MIGRATIONS.length;

export type EventKind = "step" | "refused" | "note";

/** One row of the journal. */
export interface JournalEvent {
  readonly seq: number;
  readonly run: RunId;
  readonly atMs: number;
  readonly kind: EventKind;
  readonly type: string;
  readonly turn: TurnId | null;
  readonly ticket: TicketId | null;
  /** As written: decode by `type` before use. */
  readonly body: unknown;
}

/** Something told during a run that moves nothing: a tool's end, a text, a usage figure. */
export interface Note {
  readonly run: RunId;
  readonly type: string;
  readonly turn: TurnId | null;
  readonly ticket: TicketId | null;
  readonly atMs: number;
  readonly body: unknown;
}

export interface OpenEffect {
  readonly id: number;
  readonly effect: Effect;
}

export interface StepRecord {
  readonly event: RunEvent;
  /** The run after the event. */
  readonly run: Run;
  readonly effects: readonly Effect[];
  /** Effects whose outcome this event is; null for a command. "all" after a crash. */
  readonly settles: readonly number[] | "all";
}

export interface EventQuery {
  readonly run?: RunId;
  readonly turn?: TurnId;
  readonly ticket?: TicketId;
  readonly kinds?: readonly EventKind[];
  readonly types?: readonly string[];
  /** Only events after this sequence number. */
  readonly after?: number;
  /** The newest so many, still in order. */
  readonly last?: number;
  readonly limit?: number;
}

export interface RunRow {
  readonly run: Run;
  readonly seq: number;
}

type Row = Record<string, unknown>;

export class Journal {
  readonly path: string;
  readonly #db: DatabaseSync;
  /** Asked many times a second. */
  readonly #version: StatementSync;

  private constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.path = path;
    this.#version = db.prepare("pragma data_version");
  }

  /** Opens and migrates the file. The caller has asked the witness first: see witness.ts. */
  static open(path: string): Journal {
    const db = openDatabase(path);
    try {
      migrate(db, JOURNAL_MIGRATIONS, path);
    } catch (thrown) {
      db.close();
      throw sqliteError(thrown, path);
    }
    return new Journal(db, path);
  }

  /** The connection, for the journal's own other tables (mailbox.ts, spawns.ts). */
  get db(): DatabaseSync {
    return this.#db;
  }

  close(): void {
    this.#db.close();
  }

  check(): string {
    return this.#guard(() => quickCheck(this.#db));
  }

  meta(key: string): string | null {
    const row = this.#guard(() =>
      this.#db.prepare("select value from meta where key = ?").get(key)
    );
    return row === undefined ? null : String(row["value"]);
  }

  setMeta(key: string, value: string): void {
    this.#guard(() =>
      transaction(this.#db, () => {
        this.#db.prepare(
          "insert into meta values (?, ?) on conflict (key) do update set value = excluded.value",
        ).run(key, value);
      })
    );
  }

  /** Changes when another process has committed. */
  dataVersion(): number {
    return Number(this.#version.get()?.["data_version"] ?? 0);
  }

  highSeq(): number {
    return Number(this.#db.prepare("select max(seq) as high from events").get()?.["high"] ?? 0);
  }

  /** Writes a step: event, run, effects and the marks of the effects it settles, or none of them. */
  commit(step: StepRecord): { readonly seq: number; readonly effects: readonly OpenEffect[] } {
    return this.#guard(() => transaction(this.#db, () => this.#write(step)));
  }

  #write(step: StepRecord) {
    const { event, run } = step;
    const seq = this.#append("step", run.id, event, ticketOf(event, run), turnOf(event, run));
    this.#settle(run.id, seq, step.settles);
    const add = this.#db.prepare("insert into effects (seq, run, type, body) values (?, ?, ?, ?)");
    const effects = step.effects.map((effect) => ({
      id: Number(add.run(seq, run.id, effect.type, JSON.stringify(effect)).lastInsertRowid),
      effect,
    }));
    this.#saveRun(run, seq, event.atMs);
    return { seq, effects };
  }

  #settle(run: RunId, seq: number, effects: readonly number[] | "all"): void {
    if (effects === "all") {
      this.#db.prepare("update effects set done_seq = ? where run = ? and done_seq is null")
        .run(seq, run);
      return;
    }
    const mark = this.#db.prepare("update effects set done_seq = ? where id = ?");
    for (const id of effects) mark.run(seq, id);
  }

  #append(
    kind: EventKind,
    run: RunId,
    event: { readonly type: string; readonly atMs: number },
    ticket: TicketId | null,
    turn: TurnId | null,
    body: unknown = event,
  ): number {
    return Number(
      this.#db.prepare(
        "insert into events (run, at_ms, kind, type, turn, ticket, body) values (?, ?, ?, ?, ?, ?, ?)",
      ).run(run, event.atMs, kind, event.type, turn, ticket, JSON.stringify(body)).lastInsertRowid,
    );
  }

  #saveRun(run: Run, seq: number, atMs: number): void {
    const state = JSON.stringify(run);
    this.#db.prepare(
      `insert into runs (run, number, status, state, first_state, seq, updated_ms)
       values (?, ?, ?, ?, ?, ?, ?)
       on conflict (run) do update set status = excluded.status, state = excluded.state,
         seq = excluded.seq, updated_ms = excluded.updated_ms`,
    ).run(run.id, runNumber(run.id), run.status, state, state, seq, atMs);
  }

  /** Begins a run: its first state is what its events are replayed onto. */
  createRun(run: Run): void {
    this.#guard(() => transaction(this.#db, () => this.#saveRun(run, 0, run.startedAtMs)));
  }

  /** Keeps a refused event: it moved nothing, but somebody asked, or an effect it settles is over. */
  refuse(
    run: Run,
    event: RunEvent,
    message: string,
    settles: readonly number[] | "all" = [],
  ): number {
    return this.#guard(() =>
      transaction(this.#db, () => {
        const body = { ...event, refused: message };
        const [ticket, turn] = [ticketOf(event, run), turnOf(event, run)];
        const seq = this.#append("refused", run.id, event, ticket, turn, body);
        this.#settle(run.id, seq, settles);
        return seq;
      })
    );
  }

  /**
   * Appends notes in one transaction.
   * @param kept `written`: a kill does not lose them, a power cut may; for what is only read.
   * @returns The last sequence number.
   */
  note(notes: readonly Note[], kept: "on_disk" | "written" = "on_disk"): number {
    const write = () =>
      transaction(this.#db, () => {
        let seq = 0;
        for (const it of notes) {
          seq = this.#append("note", it.run, it, it.ticket, it.turn, it.body);
        }
        return seq;
      });
    return this.#guard(() => kept === "on_disk" ? write() : unsynced(this.#db, write));
  }

  /** Effects that were asked for and have no outcome yet, in order. */
  pending(run: RunId): readonly OpenEffect[] {
    const rows = this.#db.prepare(
      "select id, body from effects where run = ? and done_seq is null order by id",
    ).all(run);
    return rows.map((row) => ({ id: Number(row["id"]), effect: JSON.parse(String(row["body"])) }));
  }

  run(id: RunId): Run | null {
    return this.#oneRun("where run = ?", id)?.run ?? null;
  }

  /** The run with the event that last moved it. */
  runAt(id: RunId): RunRow | null {
    return this.#oneRun("where run = ?", id);
  }

  lastRun(): Run | null {
    return this.#oneRun("order by number desc limit 1")?.run ?? null;
  }

  #oneRun(where: string, ...args: SQLInputValue[]): RunRow | null {
    const row = this.#guard(() =>
      this.#db.prepare(`select state, seq from runs ${where}`).get(...args)
    );
    return row === undefined ? null : runRow(row);
  }

  /** The state a run began with. */
  firstState(id: RunId): Run | null {
    const row = this.#db.prepare("select first_state from runs where run = ?").get(id);
    return row === undefined ? null : JSON.parse(String(row["first_state"]));
  }

  /** Newest first. */
  runs(limit: number, status?: RunStatus): readonly RunRow[] {
    const where = status === undefined ? "" : "where status = ?";
    const args: SQLInputValue[] = status === undefined ? [limit] : [status, limit];
    return this.#db.prepare(`select state, seq from runs ${where} order by number desc limit ?`)
      .all(...args).map(runRow);
  }

  /** The number the next run gets: one above all there were. */
  nextRunNumber(): number {
    const row = this.#db.prepare("select max(number) as high from runs").get();
    return Number(row?.["high"] ?? 0) + 1;
  }

  events(query: EventQuery): readonly JournalEvent[] {
    const { sql, args } = eventQuery(query);
    return this.#guard(() => this.#db.prepare(sql).all(...args)).map(journalEvent);
  }

  #guard<T>(body: () => T): T {
    try {
      return body();
    } catch (thrown) {
      throw sqliteError(thrown, this.path);
    }
  }
}

const runRow = (row: Row): RunRow => ({
  run: JSON.parse(String(row["state"])),
  seq: Number(row["seq"]),
});

function eventQuery(query: EventQuery): { sql: string; args: SQLInputValue[] } {
  const where: string[] = [];
  const args: SQLInputValue[] = [];
  const equal = (column: string, value: string | undefined) => {
    if (value === undefined) return;
    where.push(`${column} = ?`);
    args.push(value);
  };
  const among = (column: string, values: readonly string[] | undefined) => {
    if (values === undefined) return;
    where.push(`${column} in (${values.map(() => "?").join(", ")})`);
    args.push(...values);
  };
  equal("run", query.run);
  equal("turn", query.turn);
  equal("ticket", query.ticket);
  among("kind", query.kinds);
  among("type", query.types);
  if (query.after !== undefined) {
    where.push("seq > ?");
    args.push(query.after);
  }
  const filter = where.length === 0 ? "" : `where ${where.join(" and ")}`;
  if (query.last !== undefined) {
    args.push(query.last);
    return {
      sql: `select * from (select * from events ${filter} order by seq desc limit ?) order by seq`,
      args,
    };
  }
  args.push(query.limit ?? -1);
  return { sql: `select * from events ${filter} order by seq limit ?`, args };
}

function journalEvent(row: Row): JournalEvent {
  return {
    seq: Number(row["seq"]),
    run: String(row["run"]) as RunId,
    atMs: Number(row["at_ms"]),
    kind: row["kind"] as EventKind,
    type: String(row["type"]),
    turn: row["turn"] === null ? null : String(row["turn"]) as TurnId,
    ticket: row["ticket"] === null ? null : String(row["ticket"]) as TicketId,
    body: JSON.parse(String(row["body"])),
  };
}

function ticketOf(event: RunEvent, run: Run): TicketId | null {
  if ("ticketId" in event) return event.ticketId;
  return run.work?.ticket.id ?? null;
}

function turnOf(event: RunEvent, run: Run): TurnId | null {
  if ("turnId" in event && event.turnId !== null) return event.turnId;
  return run.work?.turn?.id ?? null;
}
