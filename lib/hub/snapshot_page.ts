/** A repo on one markdown page: queue, contextspace, last runs with their verdicts. Pure. */

import { dayWords, type Now, timeWords } from "../base/local_time.ts";
import { duration, oneLine, plural, thousands } from "../base/text.ts";
import type { VerdictRow } from "../control/views_read.ts";
import { fenced } from "../engine/fence.ts";
import type { Run } from "../engine/run.ts";
import { type Queue, ticketLabel } from "../engine/ticket.ts";
import type { RepoStatus } from "./status.ts";

export interface SnapshotFacts {
  readonly status: RepoStatus;
  /** Null when the tickets cannot be read. */
  readonly queue: Queue | null;
  /** Name and text of each document; empty for one that is not there. */
  readonly documents: readonly { readonly name: string; readonly text: string }[];
  /** Newest first. */
  readonly runs: readonly { readonly run: Run; readonly verdicts: readonly VerdictRow[] }[];
}

export function snapshotPage(facts: SnapshotFacts, now: Now): string {
  const { status } = facts;
  const parts = [
    `# ${status.root.slice(status.root.lastIndexOf("/") + 1)}`,
    `Taken ${dayWords(now.ms, now.zone)} ${timeWords(now.ms, now.ms, now.zone)} by CAR.`,
    `**${status.status}**: ${inline(status.reason)}. ${status.next}`,
    "## Queue",
    queuePart(facts.queue, facts.runs.flatMap((it) => it.verdicts)),
    "## Contextspace",
    ...facts.documents.flatMap(({ name, text }) => [`### ${name}`, documentPart(name, text)]),
    "## Last runs",
    ...(facts.runs.length === 0 ? ["No run yet."] : facts.runs.map((it) => runPart(it, now))),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Text of people and agents inside a table or a sentence of markdown. */
const inline = (text: string): string =>
  oneLine(text, 300).replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`);

function queuePart(queue: Queue | null, verdicts: readonly VerdictRow[]): string {
  if (queue === null) return "The tickets cannot be read.";
  if (queue.tickets.length === 0 && queue.problems.length === 0) return "No tickets.";
  // Runs come newest first, and within a run the newest verdict last.
  const last = new Map<string, VerdictRow>();
  for (const it of [...verdicts].sort((a, b) => a.seq - b.seq)) last.set(it.ticket, it);
  const rows = queue.tickets.map((it) =>
    `| ${it.done ? "x" : " "} | ${inline(ticketLabel(it))} | ${inline(it.agent)} | ${
      last.get(it.id)?.type ?? ""
    } |`
  );
  const problems = queue.problems.map((it) =>
    `- ${inline(`${it.file}:${it.line}: ${it.message}`)}`
  );
  const table = ["| done | ticket | agent | verdict |", "|---|---|---|---|", ...rows].join("\n");
  return problems.length === 0 ? table : `${table}\n\nProblems:\n\n${problems.join("\n")}`;
}

function documentPart(name: string, text: string): string {
  if (text.trim() === "") return "Empty.";
  return fenced(text.trimEnd(), name.endsWith(".md") ? "markdown" : "");
}

function runPart(
  { run, verdicts }: { readonly run: Run; readonly verdicts: readonly VerdictRow[] },
  now: Now,
): string {
  const why = run.pause === null ? run.ended : `${run.pause.reason}: ${run.pause.detail}`;
  const head = [
    `### ${run.id}: ${run.status}`,
    `Begun ${timeWords(run.startedAtMs, now.ms, now.zone)}, ${plural(run.turns, "turn")}, ${
      thousands(run.tokens)
    } tokens, ${plural(run.done.length, "ticket")} done, the last change after ${
      duration(run.sinceMs - run.startedAtMs)
    }.${why === null ? "" : ` ${inline(why)}.`}`,
  ];
  const lines = verdicts.map((it) => {
    const name = ticketLabel({ name: it.ticketName, title: it.ticketTitle });
    const reasons = it.reasons.length === 0 ? "" : ` (${inline(it.reasons.join("; "))})`;
    return `- ${timeWords(it.atMs, now.ms, now.zone)} ${
      inline(name)
    }: ${it.type} by ${it.by}${reasons}`;
  });
  return [...head, ...(lines.length === 0 ? [] : [lines.join("\n")])].join("\n\n");
}
