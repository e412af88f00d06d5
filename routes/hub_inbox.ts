/** What waits for a person in any repo, and the tokens of all. */

import * as z from "zod/mini";
import type { Fleet } from "../lib/hub/fleet/fleet.ts";
import { INBOX_ITEM, shownItem } from "./repo.ts";
import { type Route, route } from "./route.ts";
import { USAGE_QUERY, USAGE_ROW, USAGE_TABLES, usageOf, usageRange } from "./usage.ts";

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
  const failed: { repo: string; message: string }[] = [];
  for (const row of fleet.repos()) {
    const desk = row.initialized && wanted(row) ? fleet.desk(row.id) : undefined;
    if (desk === undefined) continue;
    try {
      found.push({ repo: row.id, value: await ask(desk) });
    } catch (thrown) {
      failed.push({
        repo: row.id,
        message: thrown instanceof Error ? thrown.message : `${thrown}`,
      });
    }
  }
  return { found, failed };
}

export const hubUsage = route({
  method: "get",
  path: "/hub/usage",
  scope: "hub",
  tag: "usage",
  summary: "add up the tokens of every repo, by day, agent, ticket and repo",
  query: USAGE_QUERY,
  answer: z.extend(USAGE_TABLES, {
    repo: z.array(USAGE_ROW),
    failed: z.array(z.object({ repo: z.string(), message: z.string() })),
  }),
  handle: async ({ site, query }) => {
    const nowMs = site.clock.now();
    const range = usageRange(query, nowMs);
    const { found, failed } = await ofEachRepo(
      site.fleet,
      ({ lastRun }) => lastRun !== null,
      (desk) => usageOf(desk, range, nowMs),
    );
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
      repo: found.map(({ repo, value }) => ({ ...sum(value.agent), key: repo })),
      quota: [...quota.values()],
      failed,
    };
  },
});

type UsageRow = z.output<typeof USAGE_ROW>;
type GivenRow = Awaited<ReturnType<typeof usageOf>>["day"][number];

/** Rows of one key become one, in the order of keys. */
const added = (rows: readonly GivenRow[]): UsageRow[] =>
  [...Map.groupBy(rows, (it) => it.key)]
    .map(([key, same]) => ({ ...sum(same), key }))
    .sort((a, b) => a.key < b.key ? -1 : 1);

function sum(rows: readonly GivenRow[]): Omit<UsageRow, "key"> {
  const usage = { input: 0, cached: 0, output: 0, reasoning: 0 };
  let turns = 0;
  for (const row of rows) {
    turns += row.turns;
    for (const name of ["input", "cached", "output", "reasoning"] as const) {
      usage[name] += row.usage[name];
    }
  }
  return { turns, usage };
}

export const HUB_INBOX_ROUTES = [hubInbox, hubUsage] as const satisfies readonly Route[];
