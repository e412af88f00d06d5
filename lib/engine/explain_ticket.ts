/** Why a ticket is not being worked, or how it came to be done, from the journal and the queue. */

import { plural } from "../base/text.ts";
import {
  type ExplainedFact,
  explainRun,
  type Explanation,
  momentVerdict,
  type RunPast,
  unique,
} from "./explain_run.ts";
import type { TicketId } from "./ids.ts";
import { isLive, type Run } from "./run.ts";
import { nextTicket, type Queue, type Ticket, ticketLabel, USER_AGENT } from "./ticket.ts";

export interface TicketPast {
  readonly ticket: Ticket;
  readonly queue: Queue;
  /** The newest run; null when there has been none. */
  readonly last: RunPast | null;
  /** Steps of every run that had this ticket in hand, in order, its verdicts among them. */
  readonly moments: RunPast["moments"];
  /** The done claims of tickets that stand: by a verdict, or by a person's word. */
  readonly settled: ReadonlySet<TicketId>;
}

type Words = Omit<Explanation, "subject" | "facts"> & { readonly facts?: readonly ExplainedFact[] };

/** Asked in this order; the first that has something to say explains the ticket. */
const CASES: readonly ((past: TicketPast) => Words | null)[] = [
  brokenTicket,
  inHand,
  doneTicket,
  brokenQueue,
  behindOthers,
  waitingForRun,
];

export function explainTicket(past: TicketPast): Explanation {
  const subject = ticketLabel(past.ticket);
  const verdicts = past.moments.flatMap(momentVerdict);
  for (const decide of CASES) {
    const words = decide(past);
    if (words === null) continue;
    const { headline, next, facts = [] } = words;
    return { subject, headline, next, facts: unique([...verdicts, ...facts]) };
  }
  return {
    subject,
    headline: "It is next, and the run is about to take it up",
    next: 'Follow it with "car log -f".',
    facts: verdicts,
  };
}

function brokenTicket({ ticket, queue }: TicketPast): Words | null {
  const own = queue.problems.filter((it) => it.file === ticket.name);
  if (own.length === 0) return null;
  return {
    headline: `Its file has ${plural(own.length, "problem")}; no run can go on with it`,
    next: 'Mend it; "car ticket lint --fix" mends what is mechanical.',
    facts: own.map((it) => ({
      atMs: null,
      seq: null,
      text: `${it.file}:${it.line}: ${it.message}`,
    })),
  };
}

function doneTicket({ ticket, settled, last }: TicketPast): Words | null {
  if (!ticket.done) return null;
  const next = `See "car ticket show ${ticket.number} --evidence".`;
  if (settled.has(ticket.id)) return { headline: "It is done", next };
  if (last === null) {
    return {
      headline: "It is marked done; no run has looked at it",
      next: "Nothing is to be done.",
    };
  }
  return {
    headline:
      "It is marked done, but the gate has not judged it: that comes first when the run goes on",
    next: 'Use "car run" to have it checked.',
  };
}

function inHand({ ticket, last }: TicketPast): Words | null {
  if (last === null || last.run.work?.ticket.id !== ticket.id) return null;
  const run = explainRun(last);
  const headline = isLive(last.run.status) && last.ownerAlive
    ? `It is in hand: ${run.headline}`
    : `It is in hand, but nobody works on it: ${run.headline}`;
  return { headline, next: run.next, facts: run.facts };
}

function brokenQueue({ queue }: TicketPast): Words | null {
  const first = queue.problems[0];
  if (first === undefined) return null;
  return {
    headline: `The queue has ${
      plural(queue.problems.length, "problem")
    }; no run goes on before it is mended`,
    next: 'Use "car ticket lint" to see them all.',
    facts: [{ atMs: null, seq: null, text: `${first.file}:${first.line}: ${first.message}` }],
  };
}

function behindOthers({ ticket, queue, last }: TicketPast): Words | null {
  const before = queue.tickets.filter((it) => !it.done && it.number < ticket.number);
  const first = nextTicket(queue);
  if (first === undefined || before.length === 0) return null;
  const names = unmet(ticket, queue);
  const depends = names.length === 0 ? "" : ` (it depends on ${names.join(", ")})`;
  const run = last === null ? null : explainRun(last);
  return {
    headline: `It waits its turn${depends}: ${plural(before.length, "open ticket")} before it, ` +
      `the first is ${ticketLabel(first)}`,
    next: run?.next ?? 'Use "car run" to start.',
    ...(run === null ? {} : { facts: [{ atMs: null, seq: null, text: run.headline }] }),
  };
}

/** The tickets it depends on that are not done. */
function unmet(ticket: Ticket, queue: Queue): readonly string[] {
  const wanted = new Set(ticket.dependsOn.map(String));
  return queue.tickets
    .filter((it) => !it.done && (wanted.has(it.id) || wanted.has(String(it.number))))
    .map((it) => ticketLabel(it));
}

function waitingForRun({ ticket, last }: TicketPast): Words | null {
  if (ticket.agent === USER_AGENT) {
    return {
      headline: "It is next, and it is a person's step",
      next: `Do it, then "car ticket done ${ticket.number}" and "car resume".`,
    };
  }
  if (last === null) {
    return { headline: "It is next; no run has been started yet", next: 'Use "car run" to start.' };
  }
  const run = explainRun(last);
  if (isLive(last.run.status) && last.ownerAlive) return null;
  return {
    headline: `It is next, but nobody works: ${run.headline}`,
    next: nextFor(last.run, run.next),
    facts: run.facts,
  };
}

/** A run that is completed has nothing to resume; the ticket came after it. */
const nextFor = (run: Run, next: string): string =>
  run.status === "completed" ? 'Use "car run" to begin a new run.' : next;
