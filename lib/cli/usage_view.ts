/** Tokens by day, agent and ticket, as lines for people. */

import { type Column, renderTable } from "../base/display.ts";
import { thousands } from "../base/text.ts";
import type { UsageBy, UsageRow } from "../control/views_read.ts";

export type UsageTables = Readonly<Record<UsageBy, readonly UsageRow[]>>;

const TITLES: Readonly<Record<UsageBy, string>> = { day: "Day", agent: "Agent", ticket: "Ticket" };

const NUMBERS: readonly Column[] = [
  { title: "Turns", align: "right" },
  { title: "Input", align: "right" },
  { title: "Cached", align: "right" },
  { title: "Output", align: "right" },
  { title: "Reasoning", align: "right" },
];

export function usageLines(tables: UsageTables): readonly string[] {
  const parts = (["day", "agent", "ticket"] as const)
    .filter((by) => tables[by].length > 0)
    .map((by) => renderTable([{ title: TITLES[by] }, ...NUMBERS], tables[by].map(cells)));
  return parts.length === 0 ? ["No turn has been recorded yet"] : parts.join("\n\n").split("\n");
}

const cells = ({ key, turns, usage }: UsageRow): readonly string[] => [
  key,
  ...[turns, usage.input, usage.cached, usage.output, usage.reasoning].map(thousands),
];
