/** The table at the end of a run: what became of each ticket, and what to do next. */

import { duration, plural, thousands } from "../base/text.ts";
import type { Journal } from "../control/journal.ts";
import { withRepo } from "../engine/command_words.ts";
import type { RunEvent } from "../engine/events.ts";
import type { Run } from "../engine/run.ts";
import { ticketLabel } from "../engine/ticket.ts";
import type { Call } from "./command.ts";

interface Row {
  readonly ticket: string;
  readonly verdict: string;
  readonly why: string;
}

/** @param elsewhere The repo the run worked in, when it is not the one a person stands in. */
export function runSummary(call: Call, journal: Journal, run: Run, elsewhere?: string): void {
  const { output, context } = call;
  const rows = [...verdictRows(journal, run).values()];
  if (rows.length > 0) {
    output.say("");
    output.table(
      [{ title: "ticket", cellsMax: 48 }, { title: "verdict" }, { title: "why", cellsMax: 60 }],
      rows.map((row) => [row.ticket, row.verdict, row.why]),
    );
    output.say("");
  }
  const took = duration(run.sinceMs - run.startedAtMs);
  const status = run.pause === null ? run.status : `${run.status} (${run.pause.reason})`;
  output.say(
    [
      `${run.id} ${status}: ${plural(run.done.length, "ticket")} done`,
      plural(run.turns, "turn"),
      ...(run.tokens === 0 ? [] : [`${thousands(run.tokens)} tokens`]),
      took,
    ].join(", "),
    "dim",
  );
  const evidence = 'Evidence: "car ticket show N --evidence"';
  const words = elsewhere === undefined ? context.said(evidence) : withRepo(evidence, elsewhere);
  if (rows.length > 0) output.say(words, "dim");
}

/** The last verdict on each ticket of this run, in order. */
function verdictRows(journal: Journal, run: Run): Map<string, Row> {
  const rows = new Map<string, Row>();
  const labels = new Map<string, string>();
  for (
    const event of journal.events({
      run: run.id,
      kinds: ["step"],
      types: ["looked", "queue_read", "checked"],
    })
  ) {
    const happened = event.body as RunEvent;
    if (happened.type === "looked" && happened.ticket !== null) {
      labels.set(happened.ticket.id, ticketLabel(happened.ticket));
    }
    if (happened.type === "queue_read" && happened.choice.type !== "drained") {
      labels.set(happened.choice.ticket.id, ticketLabel(happened.choice.ticket));
    }
    if (happened.type !== "checked") continue;
    const failed = happened.evidence.filter((it) => it.exitCode !== 0 || it.timedOut);
    const name = labels.get(happened.ticketId) ?? happened.ticketId;
    const isDone = run.done.includes(happened.ticketId);
    rows.set(happened.ticketId, {
      ticket: name,
      verdict: isDone ? (happened.configured ? "accepted" : "unverified") : "rejected",
      why: failed[0] !== undefined
        ? `${failed[0].command} failed`
        : happened.configured
        ? `${plural(happened.evidence.length, "check")} passed`
        : "no check is configured",
    });
  }
  return rows;
}
