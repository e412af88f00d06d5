/** `car usage`: tokens by day, agent and ticket. */

import { readUsage, type UsageBy } from "../../control/views_read.ts";
import { withReading } from "../../hub/reading.ts";
import type { Call } from "../command.ts";
import { nowOf } from "../moment.ts";
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
    if (json) return output.json(tables);
    for (const line of usageLines(tables)) output.line(line);
  });
}
