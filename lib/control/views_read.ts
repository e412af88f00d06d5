/** Questions to the views: turns, verdicts, tickets, accounts, usage. Rows come decoded. */

import type { SQLInputValue } from "node:sqlite";
import type { Evidence, VerdictType } from "../engine/gate.ts";
import type { RunId, TicketId, TurnId } from "../engine/ids.ts";
import type { RateWindow, TurnResult, Usage } from "../engine/turn.ts";
import type { Views } from "./views.ts";
import type { TicketState } from "./views_fold.ts";

type Row = Record<string, unknown>;

export interface TurnRow {
  readonly turn: TurnId;
  readonly run: RunId;
  readonly ticket: TicketId;
  /** `TICKET-003.md` as last seen; the ticket's id when it never was. */
  readonly ticketName: string;
  readonly agent: string;
  readonly mode: string;
  /** 1 for the ticket's first turn since a person last acted. */
  readonly number: number;
  /** 1 for the run's first turn. */
  readonly ordinal: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** Null while it is on. */
  readonly result: TurnResult | null;
  readonly errorKind: string | null;
  readonly error: string | null;
  readonly usage: Usage;
  readonly contextWindow: number | null;
  readonly toolCalls: number;
  readonly filesChanged: number;
}

export interface VerdictRow {
  readonly seq: number;
  readonly run: RunId;
  readonly turn: TurnId | null;
  readonly ticket: TicketId;
  readonly ticketName: string;
  readonly ticketTitle: string | null;
  readonly atMs: number;
  readonly type: VerdictType;
  readonly by: "gate" | "person";
  readonly reasons: readonly string[];
  readonly evidence: readonly Evidence[];
  /** The tree it stands on; null when none was known. */
  readonly treeId: string | null;
  readonly commit: string | null;
}

export interface TicketRow {
  readonly ticket: TicketId;
  readonly name: string | null;
  readonly title: string | null;
  readonly agent: string | null;
  readonly state: TicketState;
  readonly run: RunId;
  readonly seenAtMs: number;
  readonly verdictSeq: number | null;
}

export interface AccountWindow extends RateWindow {
  readonly account: string;
  readonly atMs: number;
}

export interface UsageRow {
  /** The day as `2026-03-04`, the agent's name, or the ticket's file name. */
  readonly key: string;
  readonly turns: number;
  readonly usage: Usage;
}

export type UsageBy = "day" | "agent" | "ticket";

const TURNS = `
  select t.*, coalesce(k.name, t.ticket) as ticket_name,
    (select count(*) from changed_files f where f.turn = t.turn) as files,
    (select count(*) from turns o where o.run = t.run and o.opened_seq <= t.opened_seq) as ordinal
  from turns t left join tickets k on k.ticket = t.ticket`;

const VERDICTS = `
  select v.*, coalesce(k.name, v.ticket) as ticket_name, k.title as ticket_title
  from verdicts v left join tickets k on k.ticket = v.ticket`;

/** The newest `last` turns, in order. */
export function readTurns(
  views: Views,
  query: { readonly run?: RunId; readonly ticket?: TicketId; readonly last?: number },
): readonly TurnRow[] {
  return newest(views, TURNS, "t", "opened_seq", query).map(turnRow);
}

/** The newest `last` verdicts, in order; rejected claims are among them. */
export function readVerdicts(
  views: Views,
  query: { readonly run?: RunId; readonly ticket?: TicketId; readonly last?: number },
): readonly VerdictRow[] {
  return newest(views, VERDICTS, "v", "seq", query).map(verdictRow);
}

function newest(
  views: Views,
  select: string,
  alias: string,
  order: string,
  query: { readonly run?: RunId; readonly ticket?: TicketId; readonly last?: number },
): readonly Row[] {
  const where: string[] = [];
  const args: SQLInputValue[] = [];
  for (const column of ["run", "ticket"] as const) {
    const value = query[column];
    if (value === undefined) continue;
    where.push(`${alias}.${column} = ?`);
    args.push(value);
  }
  const filter = where.length === 0 ? "" : `where ${where.join(" and ")}`;
  args.push(query.last ?? -1);
  return views.db.prepare(`${select} ${filter} order by ${alias}.${order} desc limit ?`)
    .all(...args).reverse();
}

export function readTickets(views: Views): readonly TicketRow[] {
  return views.db.prepare("select * from tickets order by number, ticket").all().map((row) => ({
    ticket: text(row["ticket"]) as TicketId,
    name: textOrNull(row["name"]),
    title: textOrNull(row["title"]),
    agent: textOrNull(row["agent"]),
    state: text(row["state"]) as TicketState,
    run: text(row["run"]) as RunId,
    seenAtMs: Number(row["seen_ms"]),
    verdictSeq: numberOrNull(row["verdict_seq"]),
  }));
}

export function readAccounts(views: Views): readonly AccountWindow[] {
  return views.db.prepare("select * from accounts order by account, name").all().map((row) => ({
    account: text(row["account"]),
    name: text(row["name"]),
    usedPercent: Number(row["used_percent"]),
    windowMinutes: numberOrNull(row["window_minutes"]),
    resetsAtMs: numberOrNull(row["resets_ms"]),
    atMs: Number(row["at_ms"]),
  }));
}

const USAGE_KEYS: Readonly<Record<UsageBy, string>> = {
  day: "date((t.started_ms + ?) / 1000, 'unixepoch')",
  agent: "t.agent",
  ticket: "coalesce(k.name, t.ticket)",
};

/**
 * Tokens of all turns, added up.
 *
 * @param range `sinceMs`: turns begun before are left out; `offsetMs`: the person's local time minus
 *   UTC, for the border of a day.
 */
export function readUsage(
  views: Views,
  by: UsageBy,
  range: { readonly sinceMs: number; readonly offsetMs: number },
): readonly UsageRow[] {
  const args = by === "day" ? [range.offsetMs, range.sinceMs] : [range.sinceMs];
  return views.db.prepare(
    `select ${USAGE_KEYS[by]} as key, count(*) as turns, sum(t.input) as input,
       sum(t.cached) as cached, sum(t.output) as output, sum(t.reasoning) as reasoning
     from turns t left join tickets k on k.ticket = t.ticket
     where t.started_ms >= ? group by 1 order by 1`,
  ).all(...args).map((row) => ({
    key: text(row["key"]),
    turns: Number(row["turns"]),
    usage: usageOf(row),
  }));
}

export interface DayUsageRow {
  /** `2026-11-21`. */
  readonly day: string;
  readonly agent: string;
  readonly turns: number;
  readonly usage: Usage;
}

/** Tokens of all turns by day and agent, the days in order. @param range As of `readUsage`. */
export function readUsageByDay(
  views: Views,
  { sinceMs, offsetMs }: { readonly sinceMs: number; readonly offsetMs: number },
): readonly DayUsageRow[] {
  return views.db.prepare(
    `select ${USAGE_KEYS.day} as day, t.agent as agent, count(*) as turns, sum(t.input) as input,
       sum(t.cached) as cached, sum(t.output) as output, sum(t.reasoning) as reasoning
     from turns t where t.started_ms >= ? group by 1, 2 order by 1, 2`,
  ).all(offsetMs, sinceMs).map((row) => ({
    day: text(row["day"]),
    agent: text(row["agent"]),
    turns: Number(row["turns"]),
    usage: usageOf(row),
  }));
}

const text = (value: unknown): string => String(value ?? "");
const textOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);
const numberOrNull = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);

const usageOf = (row: Row): Usage => ({
  input: Number(row["input"]),
  cached: Number(row["cached"]),
  output: Number(row["output"]),
  reasoning: Number(row["reasoning"]),
});

function turnRow(row: Row): TurnRow {
  return {
    turn: text(row["turn"]) as TurnId,
    run: text(row["run"]) as RunId,
    ticket: text(row["ticket"]) as TicketId,
    ticketName: text(row["ticket_name"]),
    agent: text(row["agent"]),
    mode: text(row["mode"]),
    number: Number(row["number"]),
    ordinal: Number(row["ordinal"]),
    startedAtMs: Number(row["started_ms"]),
    endedAtMs: numberOrNull(row["ended_ms"]),
    result: textOrNull(row["result"]) as TurnResult | null,
    errorKind: textOrNull(row["error_kind"]),
    error: textOrNull(row["error"]),
    usage: usageOf(row),
    contextWindow: numberOrNull(row["context_window"]),
    toolCalls: Number(row["tool_calls"]),
    filesChanged: Number(row["files"]),
  };
}

function verdictRow(row: Row): VerdictRow {
  return {
    seq: Number(row["seq"]),
    run: text(row["run"]) as RunId,
    turn: textOrNull(row["turn"]) as TurnId | null,
    ticket: text(row["ticket"]) as TicketId,
    ticketName: text(row["ticket_name"]),
    ticketTitle: textOrNull(row["ticket_title"]),
    atMs: Number(row["at_ms"]),
    type: text(row["type"]) as VerdictType,
    by: row["by"] === "person" ? "person" : "gate",
    reasons: JSON.parse(text(row["reasons"])),
    evidence: JSON.parse(text(row["evidence"])),
    treeId: textOrNull(row["tree"]),
    commit: textOrNull(row["commit_id"]),
  };
}
