/** Tokens, added up: of one repo, and of many. */

import { asCarError } from "../base/errors.ts";
import {
  type AccountWindow,
  type DayUsageRow,
  readUsage,
  readUsageByDay,
  type UsageBy,
  type UsageRow,
} from "../control/views_read.ts";
import type { Usage } from "../engine/turn.ts";
import type { Reading } from "./reading.ts";
import { currentWindows } from "./status.ts";

const DAY_MS = 24 * 3_600_000;

export interface UsageRange {
  /** Turns begun before are left out. */
  readonly sinceMs: number;
  /** The reader's local time minus UTC: the borders of days are the reader's. */
  readonly offsetMs: number;
}

export interface RepoUsage {
  readonly day: readonly UsageRow[];
  readonly agent: readonly UsageRow[];
  readonly ticket: readonly UsageRow[];
  readonly quota: readonly AccountWindow[];
}

/** The keys of tickets have their repo in front: `shop/TICKET-001.md`. */
export interface HubUsage extends RepoUsage {
  readonly repo: readonly UsageRow[];
}

/** What was asked of one repo of many. */
export interface OfRepo<T> {
  readonly repo: string;
  readonly value: T;
}

/** A repo that could not be asked, and why. */
export interface RepoFailure {
  readonly repo: string;
  readonly message: string;
}

export const failureOf = (repo: string, thrown: unknown): RepoFailure => ({
  repo,
  message: asCarError(thrown).message,
});

/** @param days Today and so many before; null: all that was ever recorded. */
export function usageRange(days: number | null, offsetMs: number, nowMs: number): UsageRange {
  return {
    sinceMs: days === null ? 0 : startOfDay(nowMs, offsetMs) - (days - 1) * DAY_MS,
    offsetMs,
  };
}

const startOfDay = (atMs: number, offsetMs: number): number =>
  Math.floor((atMs + offsetMs) / DAY_MS) * DAY_MS - offsetMs;

export function repoUsage({ past }: Reading, range: UsageRange, nowMs: number): RepoUsage {
  const by = (key: UsageBy) => past === null ? [] : readUsage(past.views, key, range);
  return {
    day: by("day"),
    agent: by("agent"),
    ticket: by("ticket"),
    quota: past === null ? [] : currentWindows(past.views, nowMs),
  };
}

/** The tables of many repos as one. Of an account's windows the one told last counts. */
export function hubUsage(found: readonly OfRepo<RepoUsage>[]): HubUsage {
  const quota = new Map(
    found.flatMap(({ value }) => value.quota)
      .sort((a, b) => a.atMs - b.atMs)
      .map((it) => [`${it.account} ${it.name}`, it]),
  );
  return {
    day: added(found.flatMap(({ value }) => value.day)),
    agent: added(found.flatMap(({ value }) => value.agent)),
    ticket: found.flatMap(({ repo, value }) =>
      value.ticket.map((it) => ({ ...it, key: `${repo}/${it.key}` }))
    ),
    repo: found.filter(({ value }) => value.agent.length > 0)
      .map(({ repo, value }) => ({ ...sum(value.agent), key: repo })),
    quota: [...quota.values()],
  };
}

/** Rows of one key become one, in the order of keys. */
const added = (rows: readonly UsageRow[]): readonly UsageRow[] =>
  [...Map.groupBy(rows, (it) => it.key)]
    .map(([key, same]) => ({ ...sum(same), key }))
    .sort((a, b) => a.key < b.key ? -1 : 1);

type Counted = Pick<UsageRow, "turns" | "usage">;

function sum(rows: readonly Counted[]): Counted {
  const usage = { input: 0, cached: 0, output: 0, reasoning: 0 };
  let turns = 0;
  for (const row of rows) {
    turns += row.turns;
    for (const name of KINDS) usage[name] += row.usage[name];
  }
  return { turns, usage };
}

const KINDS = [
  "input",
  "cached",
  "output",
  "reasoning",
] as const satisfies readonly (keyof Usage)[];

/** By what the lines of a series are parted. */
export type SeriesBy = "agent" | "repo";

export interface UsageSeries {
  /** `2026-11-21`, every day of the range in order, also those without a turn. */
  readonly days: readonly string[];
  /** The most used first; one entry a day in `days`. */
  readonly series: readonly {
    readonly key: string;
    readonly days: readonly Counted[];
  }[];
}

export const readDays = ({ past }: Reading, range: UsageRange): readonly DayUsageRow[] =>
  past === null ? [] : readUsageByDay(past.views, range);

/** Tokens by day, a line for each agent or each repo. */
export function usageSeries(
  found: readonly OfRepo<readonly DayUsageRow[]>[],
  by: SeriesBy,
  { sinceMs, offsetMs }: UsageRange,
  nowMs: number,
): UsageSeries {
  const rows = found.flatMap(({ repo, value }) => value.map((it) => ({ ...it, repo })));
  const first = sinceMs > 0 ? dayOf(sinceMs, offsetMs) : rows.map((it) => it.day).sort().at(0);
  const days = first === undefined ? [] : daysFrom(first, dayOf(nowMs, offsetMs));
  const lines = [...Map.groupBy(rows, (it) => it[by])].map(([key, same]) => {
    const byDay = Map.groupBy(same, (it) => it.day);
    return { key, total: total(same), days: days.map((day) => sum(byDay.get(day) ?? [])) };
  });
  lines.sort((a, b) => b.total - a.total || (a.key < b.key ? -1 : 1));
  return { days, series: lines.map(({ key, days }) => ({ key, days })) };
}

function total(rows: readonly Counted[]): number {
  const { usage } = sum(rows);
  return usage.input + usage.output;
}

const dayOf = (atMs: number, offsetMs: number): string =>
  new Date(atMs + offsetMs).toISOString().slice(0, "2026-11-21".length);

/** Both included. A clock that was ahead may have left later days than today. */
function daysFrom(first: string, last: string): readonly string[] {
  const days: string[] = [];
  for (let atMs = Date.parse(first); atMs <= Date.parse(last); atMs += DAY_MS) {
    days.push(dayOf(atMs, 0));
  }
  return days;
}
