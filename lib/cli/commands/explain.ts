/** `car explain`: why a run or a ticket is where it is. */

import { problemLine } from "../../control/ticket_rules.ts";
import type { Explanation } from "../../engine/explain_run.ts";
import { isTicketId } from "../../engine/ids.ts";
import { explainGoneTicket, explainRunOf, explainTicketOf } from "../../hub/explain.ts";
import { askedRun, type Reading, withReading } from "../../hub/reading.ts";
import type { LintProblem } from "../../engine/ticket.ts";
import { findCallTicket, openCallTickets, readCallQueue } from "../call_tickets.ts";
import type { Call } from "../command.ts";
import { explanationLines } from "../explain_view.ts";
import { withIsoTimes } from "../json_times.ts";
import { nowOf } from "../moment.ts";

export async function run(call: Call): Promise<void> {
  const { input, context, output, io, json } = call;
  const what = input.optionalArgument("what");
  await withReading(await context.repo(), async (reading) => {
    const told = await explain(call, reading, what);
    const explanation = { ...told, next: context.said(told.next) };
    if (json) return output.json(withIsoTimes(explanation));
    for (const line of explanationLines(explanation, nowOf(io))) output.line(line);
  });
}

async function explain(call: Call, reading: Reading, what: string | null): Promise<Explanation> {
  if (what === null) return explainRunOf(reading);
  // A bare number is a ticket's: people count tickets, not runs.
  if (what.startsWith("run-")) return explainRunOf(reading, askedRun(what));
  const tickets = await openCallTickets(call);
  const queue = await readCallQueue(tickets);
  const gone = isTicketId(what) && queue.tickets.every((it) => it.id !== what)
    ? explainGoneTicket(reading, what)
    : null;
  if (gone !== null) return gone;
  const name = await findCallTicket(tickets, what);
  const ticket = queue.tickets.find((it) => it.name === name);
  return ticket === undefined
    ? brokenTicket(name, queue.problems)
    : explainTicketOf(reading, queue, ticket);
}

/** A file that cannot be read as a ticket has no id and so no past. */
function brokenTicket(name: string, problems: readonly LintProblem[]): Explanation {
  return {
    subject: name,
    headline: "It cannot be read as a ticket; no run can go on with it",
    facts: problems.filter((it) => it.file === name)
      .map((it) => ({ atMs: null, seq: null, text: problemLine(it) })),
    next: 'Mend it; "car ticket lint --fix" mends what is mechanical.',
  };
}
