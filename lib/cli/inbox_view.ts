/** What waits for a person, as lines and as JSON. */

import { duration } from "../base/text.ts";
import type { InboxItem } from "../hub/inbox.ts";
import type { PrintedLine } from "./log_renderer.ts";

/** Lines of a detail that are shown; the page and --json have all of it. */
const DETAIL_LINES_MAX = 12;

/** In a hub an item names its repo. */
type ShownItem = Omit<InboxItem, "request" | "pause"> & { readonly repo?: string };

export function itemLines(item: ShownItem, nowMs: number): readonly PrintedLine[] {
  const age = duration(nowMs - item.sinceMs);
  const left = item.expiresMs === null ? "" : `, ${duration(item.expiresMs - nowMs)} left`;
  const ticket = item.ticket === null ? [] : [item.ticket];
  const repo = item.repo === undefined ? [] : [item.repo === "" ? "(hub)" : item.repo];
  // The title of a short one says it all.
  const lines = item.title.endsWith(item.detail) ? [] : item.detail.split("\n");
  const rest = lines.length - DETAIL_LINES_MAX;
  return [
    { text: [...repo, item.id, item.title].join("  "), tone: "strong" },
    { text: `    ${[item.kind, ...ticket, `for ${age}${left}`].join(", ")}`, tone: "dim" },
    ...lines.slice(0, DETAIL_LINES_MAX).map((it) => ({
      text: `    ${it}`,
      tone: "plain" as const,
    })),
    ...(rest > 0 ? [{ text: `    … ${rest} more lines`, tone: "dim" as const }] : []),
    { text: `    ${item.next}`, tone: "dim" },
  ];
}

export const itemJson = <T extends ShownItem>({ sinceMs, expiresMs, ...item }: T) => ({
  ...item,
  since: new Date(sinceMs).toISOString(),
  expires: expiresMs === null ? null : new Date(expiresMs).toISOString(),
});
