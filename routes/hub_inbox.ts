/** What waits for a person in any repo, and the tokens of all. */

import * as z from "zod/mini";
import type { Fleet } from "../lib/hub/fleet/fleet.ts";
import {
  failureOf,
  hubUsage,
  readDays,
  type RepoFailure,
  repoUsage,
  usageSeries,
} from "../lib/hub/usage.ts";
import { INBOX_ITEM, shownItem } from "./repo.ts";
import { type Route, route } from "./route.ts";
import { USAGE } from "./run_shapes.ts";
import { rangeOf, USAGE_QUERY, USAGE_ROW, USAGE_TABLES } from "./usage.ts";

const HUB_ITEM = z.extend(INBOX_ITEM, { repo: z.string() });

export const hubInbox = route({
  method: "get",
  path: "/hub/inbox",
  scope: "hub",
  tag: "inbox",
  summary: "list what waits for a person in any repo, oldest first",
  answer: z.object({
    items: z.array(HUB_ITEM),
    /** Repos that could not be asked, with the reason. */
    failed: z.array(z.object({ repo: z.string(), message: z.string() })),
  }),
  handle: async ({ site }) => {
    const { found, failed } = await ofEachRepo(
      site.fleet,
      ({ attention }) => attention > 0,
      async (desk) => await desk.inbox(),
    );
    const items = found.flatMap(({ repo, value }) =>
      value.map((it) => ({ ...shownItem(it), repo }))
    );
    const asked = await site.threads.inbox();
    const threads = asked.length === 0 ? null : await site.threads.open();
    const chats = asked.map((it) => ({
      ...shownItem(it),
      // A chat about the hub as a whole belongs to no repo.
      repo: threads?.get(it.thread).scope.repo ?? "",
    }));
    return { items: [...items, ...chats].sort((a, b) => a.sinceMs - b.sinceMs), failed };
  },
});

type Desk = ReturnType<Fleet["requireDesk"]>;
type Row = ReturnType<Fleet["repos"]>[number];

/** One repo that cannot be asked is told as such and stops no other. */
async function ofEachRepo<T>(
  fleet: Fleet,
  wanted: (row: Row) => boolean,
  ask: (desk: Desk) => Promise<T>,
) {
  const found: { repo: string; value: T }[] = [];
  const failed: RepoFailure[] = [];
  for (const row of fleet.repos()) {
    const desk = row.initialized && wanted(row) ? fleet.desk(row.id) : undefined;
    if (desk === undefined) continue;
    try {
      found.push({ repo: row.id, value: await ask(desk) });
    } catch (thrown) {
      failed.push(failureOf(row.id, thrown));
    }
  }
  return { found, failed };
}

const FAILED = z.array(z.object({ repo: z.string(), message: z.string() }));

export const hubUsageRoute = route({
  method: "get",
  path: "/hub/usage",
  scope: "hub",
  tag: "usage",
  summary: "add up the tokens of every repo, by day, agent, ticket and repo",
  query: USAGE_QUERY,
  answer: z.extend(USAGE_TABLES, { repo: z.array(USAGE_ROW), failed: FAILED }),
  handle: async ({ site, query }) => {
    const nowMs = site.clock.now();
    const range = rangeOf(query, nowMs);
    const { found, failed } = await ofEachRepo(
      site.fleet,
      ({ lastRun }) => lastRun !== null,
      async (desk) => repoUsage(await desk.reading(), range, nowMs),
    );
    return { ...hubUsage(found), failed };
  },
});

const DAY = z.object({ turns: z.int(), usage: USAGE });

export const hubUsageSeries = route({
  method: "get",
  path: "/hub/usage/series",
  scope: "hub",
  tag: "usage",
  summary: "tell the tokens of every day, a line for each agent or each repo",
  details: "Every day of the range has its place in each line, in the order of `days`; the line " +
    "with the most tokens is the first. Without `days` the range begins with the first turn.",
  query: z.extend(USAGE_QUERY, { by: z.optional(z.enum(["agent", "repo"])) }),
  answer: z.object({
    days: z.array(z.string()),
    series: z.array(z.object({ key: z.string(), days: z.array(DAY) })),
    failed: FAILED,
  }),
  handle: async ({ site, query }) => {
    const nowMs = site.clock.now();
    const range = rangeOf(query, nowMs);
    const { found, failed } = await ofEachRepo(
      site.fleet,
      ({ lastRun }) => lastRun !== null,
      async (desk) => readDays(await desk.reading(), range),
    );
    return { ...usageSeries(found, query.by ?? "agent", range, nowMs), failed };
  },
});

export const HUB_INBOX_ROUTES = [
  hubInbox,
  hubUsageRoute,
  hubUsageSeries,
] as const satisfies readonly Route[];
