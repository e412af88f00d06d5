/** A ticket as data, and which one is next. Reading the file is control/tickets.ts. */

import type { TicketId } from "./ids.ts";

/** The agent name that stands for a person: the run pauses at such a ticket. */
export const USER_AGENT = "user";

/** One check behind a done claim, run with `sh -c` in the repo. */
export interface VerifyCommand {
  readonly run: string;
  /** Seconds; null takes `gate.timeout_seconds`. */
  readonly timeoutSeconds: number | null;
}

export interface TicketLimits {
  readonly turns: number | null;
  readonly minutes: number | null;
  readonly tokens: number | null;
}

/** A file the ticket wants in its prompt. */
export interface ContextRequest {
  /** Relative to the repo, inside it also after symlinks. */
  readonly path: string;
  readonly maxBytes: number | null;
  readonly required: boolean;
}

export interface Ticket {
  readonly id: TicketId;
  /** From the file name; orders the queue. */
  readonly number: number;
  /** File name, `TICKET-001-slug.md`. */
  readonly name: string;
  readonly agent: string;
  readonly done: boolean;
  readonly title: string | null;
  readonly goal: string | null;
  readonly model: string | null;
  readonly reasoning: string | null;
  readonly profile: string | null;
  /** Numbers or ids, as written. */
  readonly dependsOn: readonly (number | string)[];
  readonly verify: readonly VerifyCommand[];
  readonly limits: TicketLimits;
  readonly touches: readonly string[];
  readonly mayChange: readonly string[];
  readonly context: readonly ContextRequest[];
  /** Agent that gives a second opinion on a done claim. */
  readonly review: string | null;
  /** Agent that takes over while this one's account is out of quota. */
  readonly fallback: string | null;
}

/** One thing wrong with a ticket or the queue. Every surface prints the same words. */
export interface LintProblem {
  /** Stable word for the kind of problem, e.g. `done_not_boolean`. */
  readonly code: string;
  /** File name in the ticket folder. */
  readonly file: string;
  /** 1-based; 1 when the problem is the file itself. */
  readonly line: number;
  readonly key: string | null;
  /** What was found, what is allowed, in one sentence. */
  readonly message: string;
  /** Whether `car ticket lint --fix` mends it. */
  readonly fixable: boolean;
}

/** The ticket folder as it stood at one moment, ordered by number. */
export interface Queue {
  readonly tickets: readonly Ticket[];
  readonly problems: readonly LintProblem[];
}

/** The first ticket that is not done, or undefined when the queue is drained. */
export function nextTicket(queue: Queue): Ticket | undefined {
  return queue.tickets.find((ticket) => !ticket.done);
}

/** `TICKET-003 Title` for people. */
export function ticketLabel(ticket: Pick<Ticket, "name" | "title">): string {
  const stem = ticket.name.replace(/\.md$/i, "");
  return ticket.title === null ? stem : `${/^TICKET-\d+/i.exec(stem)?.[0] ?? stem} ${ticket.title}`;
}
