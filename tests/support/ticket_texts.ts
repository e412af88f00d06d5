/** A ticket's text as CAR reads and changes it, for tests of what runs in the browser. */

import { readTicketText } from "../../lib/control/ticket_reading.ts";
import type { LintProblem, Ticket } from "../../lib/engine/ticket.ts";
import { bodyOf, editedText } from "../../routes/ticket_change.ts";

export interface ReadText {
  readonly text: string;
  readonly body: string;
  readonly ticket: Ticket | null;
  readonly problems: readonly LintProblem[];
}

export function readTicket(text: string): ReadText {
  const { ticket, problems } = readTicketText("TICKET-001.md", text);
  return { text, body: bodyOf(text), ticket, problems };
}

/** What the server makes of a change. @param change As `TICKET_CHANGE`, which is not decoded here. */
export const changeTicketText = (before: string, change: unknown): string =>
  editedText(before, change as Parameters<typeof editedText>[1]);
