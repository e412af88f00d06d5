/** `car explain`: why a run or a ticket is where it is, from the journal and the queue. */

import { explainRun, type Explanation } from "../engine/explain_run.ts";
import { explainTicket } from "../engine/explain_ticket.ts";
import type { RunId, TicketId } from "../engine/ids.ts";
import { type Queue, type Ticket, ticketLabel } from "../engine/ticket.ts";
import { readTickets } from "../control/views_read.ts";
import { findRun, type Reading, runPast, ticketMoments } from "./reading.ts";

/**
 * Explains a run, the newest one when none is named.
 *
 * @throws {CarError} `not_found` when there is no such run.
 */
export function explainRunOf(reading: Reading, id?: RunId): Explanation {
  const run = findRun(reading, id);
  if (run !== null) return explainRun(runPast(reading, run));
  return {
    subject: "no run",
    headline: "No run has been started in this repo yet",
    facts: [],
    next: 'Use "car run" to start one.',
  };
}

export function explainTicketOf(reading: Reading, queue: Queue, ticket: Ticket): Explanation {
  const run = findRun(reading);
  return explainTicket({
    ticket,
    queue,
    last: run === null ? null : runPast(reading, run),
    moments: ticketMoments(reading, ticket.id),
    settled: settledTickets(reading),
  });
}

/** Explains a ticket that is in the journal and not in the queue any more. */
export function explainGoneTicket(reading: Reading, id: TicketId): Explanation | null {
  const views = reading.past?.views;
  const seen = views === undefined ? undefined : readTickets(views).find((it) => it.ticket === id);
  if (seen === undefined) return null;
  const subject = seen.name === null ? id : ticketLabel({ name: seen.name, title: seen.title });
  return {
    subject,
    headline: `It is not in the queue any more; when last seen it was ${seen.state}`,
    facts: [{ atMs: seen.seenAtMs, seq: null, text: `${seen.run} saw it last` }],
    next: "Nothing is to be done.",
  };
}

const SETTLED_STATES: ReadonlySet<string> = new Set(["accepted", "unverified", "done_by_person"]);

/** Tickets whose done claim stands: by a verdict, or by a person's word before a run began. */
export function settledTickets(reading: Reading): ReadonlySet<TicketId> {
  const views = reading.past?.views;
  const rows = views === undefined ? [] : readTickets(views);
  return new Set(rows.filter((it) => SETTLED_STATES.has(it.state)).map((it) => it.ticket));
}
