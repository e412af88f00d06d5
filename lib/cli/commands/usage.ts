/** `car usage`: tokens by day, agent and ticket, in a hub by repo too, and what the accounts have left. */

import { withReading } from "../../hub/reading.ts";
import { repoUsage, usageRange } from "../../hub/usage.ts";
import type { Call } from "../command.ts";
import { labelled, nowOf } from "../moment.ts";
import { quotaWords } from "../status_view.ts";
import { usageLines, type UsageTables } from "../usage_view.ts";

export async function run(call: Call): Promise<number> {
  const { input, context, output, io, json } = call;
  const { type, paths } = await context.either();
  const now = nowOf(io);
  const offsetMs = now.zone(now.ms);
  const days = input.number("days");
  if (type === "hub") {
    const { readHubUsage } = await import("../hub_usage.ts");
    const { failed, ...usage } = await readHubUsage(call, days, { ms: now.ms, offsetMs });
    if (json) output.json({ ...usage, failed });
    else show(call, usage);
    for (const { repo, message } of failed) output.remark(`${repo}: ${message}`);
    return failed.length === 0 ? 0 : 1;
  }
  const range = usageRange(days, offsetMs, now.ms);
  const usage = await withReading(paths, (reading) => repoUsage(reading, range, now.ms));
  if (json) output.json(usage);
  else show(call, usage);
  return 0;
}

function show({ output, io }: Call, { quota, ...tables }: UsageTables): void {
  for (const line of usageLines(tables)) output.line(line);
  if (quota.length > 0) output.line("");
  const now = nowOf(io);
  for (const line of labelled(quota.map((it) => ["quota", quotaWords(it, now)]))) {
    output.line(line);
  }
}
