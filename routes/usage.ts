/** Tokens of a repo, added up, and what its accounts have left. */

import * as z from "zod/mini";
import { readTurns, readUsage, type UsageBy } from "../lib/control/views_read.ts";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import { currentWindows } from "../lib/hub/status.ts";
import { moment, numeral } from "./fields.ts";
import { type Route, route } from "./route.ts";
import { RATE_WINDOW, USAGE } from "./run_shapes.ts";

const tag = "usage";
const DAY_MS = 24 * 3_600_000;

export const USAGE_ROW = z.object({ key: z.string(), turns: z.int(), usage: USAGE });

export const USAGE_TABLES = z.object({
  day: z.array(USAGE_ROW),
  agent: z.array(USAGE_ROW),
  ticket: z.array(USAGE_ROW),
  quota: z.array(RATE_WINDOW),
});

/** `days`: today and so many before; `offset`: the reader's local time minus UTC, in minutes. */
export const USAGE_QUERY = z.object({
  days: z.optional(numeral(1, 3_660)),
  offset: z.optional(z.string().check(z.regex(/^-?\d{1,4}$/))),
});

interface Range {
  readonly sinceMs: number;
  readonly offsetMs: number;
}

/** The borders of days are the reader's. */
export function usageRange(query: z.output<typeof USAGE_QUERY>, nowMs: number): Range {
  const offsetMs = Number(query.offset ?? "0") * 60_000;
  const today = Math.floor((nowMs + offsetMs) / DAY_MS) * DAY_MS - offsetMs;
  return { sinceMs: query.days === undefined ? 0 : today - (query.days - 1) * DAY_MS, offsetMs };
}

export async function usageOf(desk: RepoDesk, range: Range, nowMs: number) {
  const { past } = await desk.reading();
  const by = (key: UsageBy) => past === null ? [] : readUsage(past.views, key, range);
  return {
    day: by("day"),
    agent: by("agent"),
    ticket: by("ticket"),
    quota: past === null ? [] : currentWindows(past.views, nowMs),
  };
}

export const usageRoute = route({
  method: "get",
  path: "/usage",
  scope: "repo",
  tag,
  summary: "add up the tokens by day, agent and ticket, with what the accounts have left",
  query: USAGE_QUERY,
  answer: USAGE_TABLES,
  handle: ({ desk, query, site }) => {
    const nowMs = site.clock.now();
    return usageOf(desk, usageRange(query, nowMs), nowMs);
  },
});

/** Turns of a series: more than a plot shows apart. */
const SERIES_MAX = 5_000;

export const usageSeries = route({
  method: "get",
  path: "/usage/series",
  scope: "repo",
  tag,
  summary: "tell tokens and length of every turn, in order of time",
  query: z.object({ last: z.optional(numeral(1, SERIES_MAX)) }),
  answer: z.object({
    turns: z.array(z.object({
      turn: z.string(),
      run: z.string(),
      ticket: z.string(),
      agent: z.string(),
      startedAtMs: moment(),
      endedAtMs: z.nullable(moment()),
      usage: USAGE,
    })),
  }),
  handle: async ({ desk, query }) => {
    const { past } = await desk.reading();
    const turns = past === null ? [] : readTurns(past.views, { last: query.last ?? SERIES_MAX });
    return {
      turns: turns.map(({ turn, run, ticketName, agent, startedAtMs, endedAtMs, usage }) => ({
        turn,
        run,
        ticket: ticketName,
        agent,
        startedAtMs,
        endedAtMs,
        usage,
      })),
    };
  },
});

export const USAGE_ROUTES = [usageRoute, usageSeries] as const satisfies readonly Route[];
