/** The hub's list for people: one repo a row. */

import { plural } from "../base/text.ts";
import type { HubRepoRow } from "../hub/fleet/row.ts";
import type { Output } from "./output.ts";

const COLUMNS = [
  { title: "Repo" },
  { title: "State" },
  { title: "Tickets" },
  { title: "Inbox" },
  { title: "Flags" },
  { title: "Why" },
] as const;

export function showRepos(output: Output, rows: readonly HubRepoRow[]): void {
  if (rows.length === 0) {
    output.say("The hub has no repos yet. Put git repos into its folder, then run `car hub scan`.");
    return;
  }
  output.table(COLUMNS, rows.map(cells));
  if (!output.cutsTables) return;
  for (const { id, setupTrouble } of rows) {
    if (setupTrouble !== null) output.say(`${id}: ${setupTrouble}`, "warn");
  }
}

/** `4 repos: 1 running, 3 idle`, the rarer words last. */
export function countWords(rows: readonly HubRepoRow[]): string {
  const counts = new Map<string, number>();
  for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${stateWords(status)}`);
  return `${plural(rows.length, "repo")}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

function cells(row: HubRepoRow): readonly string[] {
  return [
    row.id,
    stateWords(row.status),
    row.total === null ? "" : `${row.done}/${row.total} done`,
    row.attention === 0 ? "" : String(row.attention),
    flagWords(row),
    row.reason,
  ];
}

const stateWords = (status: string): string => status.toLowerCase().replaceAll("_", " ");

function flagWords({ enabled, autoRun, kind, worktreeOf }: HubRepoRow): string {
  const worktree = worktreeOf === null ? "worktree" : `worktree of ${worktreeOf}`;
  return [
    ...(enabled ? [] : ["disabled"]),
    ...(autoRun ? ["auto-run"] : []),
    ...(kind === "worktree" ? [worktree] : []),
  ].join(", ");
}
