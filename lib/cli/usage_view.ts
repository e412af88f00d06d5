/** Tokens by day, agent, repo and ticket, as lines for people. */

import { type Column, renderTable } from "../base/display.ts";
import { thousands } from "../base/text.ts";
import type { UsageRow } from "../control/views_read.ts";
import type { HubUsage, RepoUsage } from "../hub/usage.ts";

/** Of one repo, or of a hub. */
export type UsageTables = RepoUsage & Partial<HubUsage>;

const TITLES = { repo: "Repo", day: "Day", agent: "Agent", ticket: "Ticket" } as const;

const NUMBERS: readonly Column[] = [
  { title: "Turns", align: "right" },
  { title: "Input", align: "right" },
  { title: "Cached", align: "right" },
  { title: "Output", align: "right" },
  { title: "Reasoning", align: "right" },
];

/** Of a hub's tickets: the rest is in --json. */
const TICKETS_MAX = 25;

export function usageLines(tables: Omit<UsageTables, "quota">): readonly string[] {
  const parts = (["repo", "day", "agent", "ticket"] as const).flatMap((by) => {
    const rows = tables[by] ?? [];
    if (rows.length === 0) return [];
    const shown = by === "ticket" && tables.repo !== undefined ? mostUsed(rows) : rows;
    const table = renderTable([{ title: TITLES[by] }, ...NUMBERS], shown.map(cells));
    const rest = rows.length - shown.length;
    return [rest > 0 ? `${table}\nand ${rest} more tickets; --json has them all` : table];
  });
  return parts.length === 0 ? ["No turn has been recorded yet"] : parts.join("\n\n").split("\n");
}

const mostUsed = (rows: readonly UsageRow[]): readonly UsageRow[] =>
  rows.toSorted((a, b) => tokens(b) - tokens(a) || b.turns - a.turns).slice(0, TICKETS_MAX);

const tokens = ({ usage }: UsageRow): number => usage.input + usage.output;

const cells = ({ key, turns, usage }: UsageRow): readonly string[] => [
  key,
  ...[turns, usage.input, usage.cached, usage.output, usage.reasoning].map(thousands),
];
