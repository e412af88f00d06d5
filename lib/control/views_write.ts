/** Writes changes of the views into their tables. */

import type { DatabaseSync } from "node:sqlite";
import { runNumber } from "../engine/ids.ts";
import type { Run } from "../engine/run.ts";
import type { RateWindow, Usage } from "../engine/turn.ts";
import type { Change, NewVerdict } from "./views_fold.ts";

/** The event a change comes from. */
export interface Origin {
  readonly seq: number;
  readonly atMs: number;
}

type Of<Type extends Change["type"]> = Extract<Change, { type: Type }>;

const WRITERS: {
  readonly [Type in Change["type"]]: (db: DatabaseSync, change: Of<Type>, from: Origin) => void;
} = {
  run: (db, { run }, from) => writeRun(db, run, from),
  turn_opened: (db, it, from) => {
    db.prepare(
      `insert into turns (turn, run, ticket, agent, mode, number, opened_seq, started_ms)
       values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (turn) do nothing`,
    ).run(it.turn, it.run, it.ticket, it.agent, it.mode, it.number, from.seq, it.startedAtMs);
  },
  turn_mode: (db, it) => {
    db.prepare("update turns set mode = ? where turn = ?").run(it.mode, it.turn);
  },
  turn_closed: (db, it, from) => {
    db.prepare(
      `update turns set result = ?, error_kind = ?, error = ?, ended_ms = coalesce(ended_ms, ?)
       where turn = ?`,
    ).run(it.result, it.error?.kind ?? null, it.error?.message ?? null, from.atMs, it.turn);
  },
  usage: (db, it) => writeUsage(db, it),
  tool: (db, it) => {
    db.prepare("update turns set tool_calls = tool_calls + 1 where turn = ?").run(it.turn);
  },
  file: (db, it) => {
    db.prepare(
      `insert into changed_files values (?, ?, ?)
       on conflict (turn, path) do update set change = excluded.change`,
    ).run(it.turn, it.path, it.change);
  },
  verdict: (db, it, from) => writeVerdict(db, it.verdict, from),
  commit: (db, it) => {
    db.prepare(
      `update verdicts set commit_id = ?
       where seq = (select max(seq) from verdicts where ticket = ?)`,
    ).run(it.commit, it.ticket);
  },
  ticket: (db, it, from) => writeTicket(db, it, from),
  baseline: (db, it, from) => {
    db.prepare(
      `insert into tickets values (?, null, null, null, null, 'done_by_person', ?, ?, null)
       on conflict (ticket) do update set state = excluded.state, run = excluded.run,
         seen_ms = excluded.seen_ms
       where state not in ('accepted', 'unverified')`,
    ).run(it.id, it.run, from.atMs);
  },
  account: (db, it, from) => {
    for (const window of it.windows) writeWindow(db, it.account, window, from);
  },
};

export function writeChange(db: DatabaseSync, change: Change, from: Origin): void {
  const write = WRITERS[change.type] as (db: DatabaseSync, it: Change, from: Origin) => void;
  write(db, change, from);
}

function writeRun(db: DatabaseSync, run: Run, from: Origin): void {
  db.prepare("insert or replace into runs values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
    run.id,
    runNumber(run.id),
    run.status,
    run.pause?.reason ?? null,
    run.pause?.detail ?? run.ended,
    run.pause?.next ?? null,
    run.startedAtMs,
    run.sinceMs,
    run.turns,
    run.tokens,
    run.done.length,
    from.seq,
    from.atMs,
  );
}

/** Only whole numbers get into a strict column; an agent may tell anything. */
const count = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0;

const countOrNull = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? Math.round(value) : null;

function writeUsage(
  db: DatabaseSync,
  it: { readonly turn: string; readonly usage: Usage; readonly contextWindow: number | null },
): void {
  db.prepare(
    `update turns set input = ?, cached = ?, output = ?, reasoning = ?,
       context_window = coalesce(?, context_window) where turn = ?`,
  ).run(
    count(it.usage.input),
    count(it.usage.cached),
    count(it.usage.output),
    count(it.usage.reasoning),
    countOrNull(it.contextWindow),
    it.turn,
  );
}

function writeVerdict(db: DatabaseSync, it: NewVerdict, from: Origin): void {
  const last = db.prepare(
    "select tree from verdicts where ticket = ? order by seq desc limit 1",
  ).get(it.ticket);
  const tree = it.checked === null ? last?.["tree"] ?? null : it.checked.treeId;
  db.prepare("insert or replace into verdicts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)").run(
    from.seq,
    it.run,
    it.turn,
    it.ticket,
    from.atMs,
    it.verdict.type,
    it.verdict.by,
    JSON.stringify(it.verdict.reasons),
    JSON.stringify(it.checked?.evidence ?? []),
    tree,
  );
}

function writeTicket(db: DatabaseSync, it: Of<"ticket">, from: Origin): void {
  const { id, ticket, state, run } = it;
  db.prepare(
    `insert into tickets values (?, ?, ?, ?, ?, ?, ?, ?,
       (select max(seq) from verdicts where ticket = ?))
     on conflict (ticket) do update set
       number = coalesce(excluded.number, number), name = coalesce(excluded.name, name),
       title = coalesce(excluded.title, title), agent = coalesce(excluded.agent, agent),
       state = excluded.state, run = excluded.run, seen_ms = excluded.seen_ms,
       verdict_seq = excluded.verdict_seq`,
  ).run(
    id,
    ticket?.number ?? null,
    ticket?.name ?? null,
    ticket?.title ?? null,
    ticket?.agent ?? null,
    state,
    run,
    from.atMs,
    id,
  );
}

function writeWindow(db: DatabaseSync, account: string, window: RateWindow, from: Origin): void {
  if (!Number.isFinite(window.usedPercent)) return;
  db.prepare("insert or replace into accounts values (?, ?, ?, ?, ?, ?)").run(
    account,
    String(window.name),
    window.usedPercent,
    countOrNull(window.windowMinutes),
    countOrNull(window.resetsAtMs),
    from.atMs,
  );
}
