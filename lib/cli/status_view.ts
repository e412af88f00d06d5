/** A repo's status as lines for people. */

import { visibleLine } from "../base/display.ts";
import { duration, oneLine, plural, thousands } from "../base/text.ts";
import type { AccountWindow, VerdictRow } from "../control/views_read.ts";
import { ticketLabel } from "../engine/ticket.ts";
import type { RepoStatus, ShownStatus } from "../hub/status.ts";
import { clockTime, labelled, type Now, timeAgo } from "./moment.ts";

const STATUS_WORDS: Readonly<Record<ShownStatus, string>> = {
  none: "no run yet",
  pending: "not begun",
  running: "running",
  paused: "paused",
  stopping: "stopping",
  stopped: "stopped",
  completed: "completed",
  failed: "failed",
  cut_off: "cut off",
};

/** @param said How commands are told from where the reader stands. */
export function statusLines(
  status: RepoStatus,
  now: Now,
  said: (words: string) => string = (words) => words,
): readonly string[] {
  const rows: (readonly [string, string])[] = [
    ["status", headWords(status, now)],
    ["why", whyWords(status)],
    ...pauseRows(status, now),
    ...turnRows(status, now),
    ["queue", queueWords(status, said)],
    ...runRows(status, now),
    ["owner", ownerWords(status, now)],
    ...status.quota.map((it) => ["quota", quotaWords(it, now)] as const),
    ...verdictRows(status.verdicts, now),
    ["next", said(status.next)],
  ];
  return labelled(rows);
}

function headWords({ status, run, sinceAtMs }: RepoStatus, now: Now): string {
  const words = STATUS_WORDS[status];
  if (run === null || sinceAtMs === null) return words;
  const since = status === "cut_off"
    ? `its last sign of life was at ${timeAgo(sinceAtMs, now)}`
    : `since ${clockTime(sinceAtMs, now)} (${duration(now.ms - sinceAtMs)})`;
  return `${run} ${words}, ${since}`;
}

/** The reason without what stands in the line above. */
function whyWords({ reason }: RepoStatus): string {
  return visibleLine(
    reason.replace(
      /^run-\d+ is \w+(?: \((\w+)\))?: /,
      (_, why?: string) => why === undefined ? "" : `${why}: `,
    ),
  );
}

function pauseRows({ pause, locked }: RepoStatus, now: Now): (readonly [string, string])[] {
  if (pause === null || pause.resumesAtMs === null) return [];
  const time = clockTime(pause.resumesAtMs, now);
  return [["until", locked ? time : `${time}, but no CAR is running that would go on then`]];
}

function turnRows({ turn, ticket }: RepoStatus, now: Now): (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = [];
  if (ticket !== null) rows.push(["ticket", `${visibleLine(ticket.label)}, ${ticket.agent}`]);
  if (turn === null) return rows;
  const parts = [
    `${turn.ordinal} of the run, since ${clockTime(turn.startedAtMs, now)} (${
      duration(now.ms - turn.startedAtMs)
    })`,
    `${thousands(turn.tokens)} tokens`,
    plural(turn.toolCalls, "tool call"),
    `${plural(turn.filesChanged, "file")} changed`,
  ];
  return [...rows, ["turn", parts.join(", ")]];
}

function queueWords({ queue }: RepoStatus, said: (words: string) => string): string {
  if (queue === null) return "cannot be read";
  if (queue.total === 0) return said('empty; add a ticket with "car ticket new"');
  const broken = queue.problems === 0
    ? ""
    : said(`, ${plural(queue.problems, "problem")} (see "car ticket lint")`);
  const next = queue.next === null ? "" : `, next: ${visibleLine(queue.next)}`;
  return `${queue.done} of ${queue.total} done${next}${broken}`;
}

function runRows(status: RepoStatus, now: Now): (readonly [string, string])[] {
  if (status.startedAtMs === null) return [];
  const spent = `${plural(status.turns, "turn")}, ${thousands(status.tokens)} tokens`;
  return [["run", `begun ${clockTime(status.startedAtMs, now)}, ${spent}`]];
}

function ownerWords({ owner, locked }: RepoStatus, now: Now): string {
  if (!locked) return "nobody";
  if (owner === null) return "another process has the lock; it does not say who it is";
  const since = Date.parse(owner.startedAt);
  const where = owner.url === null ? "" : `, ${owner.url}`;
  return `${owner.command} (process ${owner.pid}, since ${clockTime(since, now)}${where})`;
}

/** One window of an account's quota on one line. */
export function quotaWords(it: AccountWindow, now: Now): string {
  const resets = it.resetsAtMs === null ? "" : `, resets at ${clockTime(it.resetsAtMs, now)}`;
  const told = `told at ${clockTime(it.atMs, now)}`;
  return `${it.account} ${it.name}: ${Math.round(it.usedPercent)} % used${resets}, ${told}`;
}

/** Characters of a verdict's reasons on its line. */
const REASON_CHARACTERS_MAX = 120;

function verdictRows(
  verdicts: readonly VerdictRow[],
  now: Now,
): (readonly [string, string])[] {
  return verdicts.map((it) => ["verdict", verdictWords(it, now)] as const);
}

/** One verdict on one line. */
export function verdictWords(it: VerdictRow, now: Now): string {
  const name = visibleLine(ticketLabel({ name: it.ticketName, title: it.ticketTitle }));
  const reasons = oneLine(visibleLine(it.reasons.join("; ")), REASON_CHARACTERS_MAX);
  const by = it.by === "person" ? " by a person" : "";
  return `${clockTime(it.atMs, now)}  ${name}: ${it.type}${by}${
    reasons === "" ? "" : ` (${reasons})`
  }`;
}
