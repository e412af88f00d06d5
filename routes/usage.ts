/** Tokens of a repo, added up, and what its accounts have left. */

import * as z from "zod/mini";
import { readTurns } from "../lib/control/views_read.ts";
import { repoUsage, type UsageRange, usageRange } from "../lib/hub/usage.ts";
import { moment, numeral } from "./fields.ts";
import { type Route, route } from "./route.ts";
import { RATE_WINDOW, USAGE } from "./run_shapes.ts";

const tag = "usage";
export const USAGE_ROW = z.object({ key: z.string(), turns: z.int(), usage: USAGE });

export const USAGE_TABLES = z.object({
  day: z.array(USAGE_ROW),
  agent: z.array(USAGE_ROW),
  ticket: z.array(USAGE_ROW),
  quota: z.array(RATE_WINDOW),
});

/** `days`: today and so many before; `offset`: the reader's local time minus UTC, in minutes. */
export const USAGE_QUERY = z.strictObject({
  days: z.optional(numeral(1, 3_660)),
  offset: z.optional(z.string().check(z.regex(/^-?\d{1,4}$/))),
});

/** The borders of days are the reader's. */
export const rangeOf = (query: z.output<typeof USAGE_QUERY>, nowMs: number): UsageRange =>
  usageRange(query.days ?? null, Number(query.offset ?? "0") * 60_000, nowMs);

export const usageRoute = route({
  method: "get",
  path: "/usage",
  scope: "repo",
  tag,
  summary: "add up the tokens by day, agent and ticket, with what the accounts have left",
  query: USAGE_QUERY,
  answer: USAGE_TABLES,
  handle: async ({ desk, query, site }) => {
    const nowMs = site.clock.now();
    return repoUsage(await desk.reading(), rangeOf(query, nowMs), nowMs);
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
  query: z.strictObject({ last: z.optional(numeral(1, SERIES_MAX)) }),
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
