/** The shapes of tickets as the API gives them. */

import type { LintProblem, Ticket } from "../lib/engine/ticket.ts";

export interface ListedTicket extends Ticket {
  readonly state: "open" | "done" | "broken";
  readonly verdict: string | null;
}

export interface TicketList {
  readonly tickets: readonly ListedTicket[];
  readonly problems: readonly LintProblem[];
  readonly kind: "tickets" | "todo";
  readonly agents: readonly string[];
  readonly usualAgent: string;
}

export interface TicketDocument {
  readonly name: string;
  readonly number: number;
  readonly path: string;
  readonly text: string;
  readonly body: string;
  readonly etag: string;
  readonly ticket: Ticket | null;
  readonly problems: readonly LintProblem[];
  readonly previous: number | null;
  readonly next: number | null;
}
