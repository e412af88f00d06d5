/** Tells the journal that a person set or took back a ticket's `done`: then it is no claim for the gate. */

import { exists } from "../control/files.ts";
import { Journal } from "../control/journal.ts";
import type { RepoPaths } from "../control/roots.ts";
import type { TicketId } from "../engine/ids.ts";

/** Writes the note to the run that goes on, if there is one; a new run takes what is done as it finds it. */
export async function notePersonMark(
  paths: RepoPaths,
  mark: { readonly ticketId: TicketId; readonly done: boolean; readonly by: string },
  atMs: number,
): Promise<void> {
  if (!await exists(paths.journal)) return;
  const journal = Journal.open(paths.journal);
  try {
    const run = journal.lastRun();
    if (run === null || run.status === "completed") return;
    const { ticketId } = mark;
    journal.note([{
      run: run.id,
      turn: null,
      ticket: ticketId,
      type: "ticket_marked",
      atMs,
      body: mark,
    }]);
  } finally {
    journal.close();
  }
}
