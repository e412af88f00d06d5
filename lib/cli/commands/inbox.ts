/** car inbox: what waits for a person in this repo. */

import { duration } from "../../base/text.ts";
import { readInbox } from "../../hub/inbox.ts";
import { withReading } from "../../hub/reading.ts";
import { loadCallConfig } from "../call_config.ts";
import { chatItems } from "../call_threads.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const paths = await call.context.repo();
  const { config } = await loadCallConfig(call);
  const timeoutMs = config.approvals.timeout_seconds * 1000;
  const items = [
    ...await withReading(paths, (reading) => readInbox(reading, timeoutMs)),
    ...await chatItems(call, paths.root),
  ];
  const { output } = call;
  if (call.json) {
    output.json(items.map(({ sinceMs, expiresMs, ...item }) => ({
      ...item,
      since: new Date(sinceMs).toISOString(),
      expires: expiresMs === null ? null : new Date(expiresMs).toISOString(),
    })));
    return;
  }
  if (items.length === 0) return output.say("Nothing waits for you here.");
  const now = call.io.clock.now();
  for (const item of items) {
    const age = duration(now - item.sinceMs);
    const left = item.expiresMs === null ? "" : `, ${duration(item.expiresMs - now)} left`;
    output.line(`${item.id}  ${item.title}`, "strong");
    output.line(`    ${item.kind}, ${item.ticket ?? "no ticket"}, for ${age}${left}`, "dim");
    for (const line of item.detail.split("\n").slice(0, 12)) output.line(`    ${line}`);
    output.line(`    ${item.next}`, "dim");
  }
}
