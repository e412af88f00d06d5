/** `car usage`: tokens by day, agent and ticket, and what the accounts have left. */

import { readUsage, type UsageBy } from "../../control/views_read.ts";
import { withReading } from "../../hub/reading.ts";
import { currentWindows } from "../../hub/status.ts";
import type { Call } from "../command.ts";
import { labelled, nowOf } from "../moment.ts";
import { quotaWords } from "../status_view.ts";
import { usageLines, type UsageTables } from "../usage_view.ts";

const DAY_MS = 24 * 3_600_000;

export async function run({ input, context, output, io, json }: Call): Promise<void> {
  const now = nowOf(io);
  const offsetMs = now.zone(now.ms);
  const days = input.number("days");
  const today = Math.floor((now.ms + offsetMs) / DAY_MS) * DAY_MS - offsetMs;
  const sinceMs = days === null ? 0 : today - (days - 1) * DAY_MS;
  await withReading(await context.repo(), ({ past }) => {
    const by = (key: UsageBy) =>
      past === null ? [] : readUsage(past.views, key, { sinceMs, offsetMs });
    const tables: UsageTables = { day: by("day"), agent: by("agent"), ticket: by("ticket") };
    const quota = past === null ? [] : currentWindows(past.views, now.ms);
    if (json) return output.json({ ...tables, quota });
    for (const line of usageLines(tables)) output.line(line);
    if (quota.length > 0) output.line("");
    for (const line of labelled(quota.map((it) => ["quota", quotaWords(it, now)]))) {
      output.line(line);
    }
  });
}
