/** car inbox: what waits for a person in this repo, or in all repos of this hub. */

import { readInbox } from "../../hub/inbox.ts";
import { withReading } from "../../hub/reading.ts";
import { loadCallConfig } from "../call_config.ts";
import { chatItems } from "../call_threads.ts";
import type { Call } from "../command.ts";
import { itemJson, itemLines } from "../inbox_view.ts";

export async function run(call: Call): Promise<number> {
  const { type, paths } = await call.context.either();
  if (type === "hub") return await (await import("../hub_inbox.ts")).showHubInbox(call);
  const { config } = await loadCallConfig(call);
  const timeoutMs = config.approvals.timeout_seconds * 1000;
  const items = [
    ...await withReading(paths, (reading) => readInbox(reading, timeoutMs)),
    ...await chatItems(call, paths.root),
  ].map((it) => ({ ...it, next: call.context.said(it.next) }));
  const { output, io } = call;
  if (call.json) output.json(items.map(itemJson));
  else if (items.length === 0) output.say("Nothing waits for you here.");
  for (const item of call.json ? [] : items) {
    for (const { text, tone } of itemLines(item, io.clock.now())) output.line(text, tone);
  }
  return 0;
}
