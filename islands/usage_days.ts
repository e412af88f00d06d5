/** Tokens by day as a plot shows them: every day in its place, a line for each of the few that use most. */

import type { UsageRow } from "../lib/control/views_read.ts";

type Counted = Pick<UsageRow, "turns" | "usage">;

/** As `GET /hub/usage/series` answers. */
export interface DaySeries {
  readonly days: readonly string[];
  readonly series: readonly { readonly key: string; readonly days: readonly Counted[] }[];
}

export interface Share {
  readonly label: string;
  /** Tokens, one a day. */
  readonly values: readonly number[];
}

/** More shades than these cannot be told apart. */
const SHARES_MAX = 5;

export const tokensOf = ({ usage }: Counted): number => usage.input + usage.output;

/** The most used first; those behind the last shade are one. */
export function sharesOf({ series }: DaySeries): readonly Share[] {
  const lines = series.map(({ key, days }) => ({ label: key, values: days.map(tokensOf) }))
    .filter(({ values }) => values.some((it) => it > 0));
  if (lines.length <= SHARES_MAX) return lines;
  const rest = lines.slice(SHARES_MAX - 1);
  const values =
    rest[0]?.values.map((_, at) => rest.reduce((sum, line) => sum + (line.values[at] ?? 0), 0)) ??
      [];
  return [...lines.slice(0, SHARES_MAX - 1), { label: `${rest.length} others`, values }];
}

const DAY_MS = 24 * 3_600_000;

/** One repo's table of days as the one line it is, the days without a turn in their places. */
export function wholeDays(
  rows: readonly UsageRow[],
  { count, offsetMs, nowMs }: {
    readonly count: number;
    /** Local time minus UTC. */
    readonly offsetMs: number;
    readonly nowMs: number;
  },
): DaySeries {
  const days = Array.from({ length: count }, (_, at) => {
    const atMs = nowMs + offsetMs - (count - 1 - at) * DAY_MS;
    return new Date(atMs).toISOString().slice(0, "2026-11-21".length);
  });
  const known = new Map(rows.map((it) => [it.key, it]));
  return { days, series: [{ key: "tokens", days: days.map((day) => known.get(day) ?? NONE) }] };
}

const NONE: Counted = { turns: 0, usage: { input: 0, cached: 0, output: 0, reasoning: 0 } };

/** What stands below and including each share, of the day's whole, the first being the highest. */
export const stacked = (shares: readonly Share[]): readonly (readonly number[])[] =>
  shares.map((share, from) =>
    share.values.map((_, at) =>
      shares.slice(from).reduce((sum, it) => sum + (it.values[at] ?? 0), 0)
    )
  );
