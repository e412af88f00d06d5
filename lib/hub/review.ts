/** The second opinion on a done claim: another agent reads the diff and the ticket, and changes nothing. */

import type { ReviewOpinion } from "../engine/gate.ts";
import type { Run } from "../engine/run.ts";
import type { Ticket } from "../engine/ticket.ts";
import type { Workplace } from "./workplace.ts";

/** Null: no reviewer is named, or the checks have failed already. */
export function opinionOn(
  place: Workplace,
  _run: Run,
  ticket: Ticket,
  checksPassed: boolean,
  _signal: AbortSignal,
): Promise<ReviewOpinion | null> {
  const reviewer = ticket.review ?? place.config.gate.review;
  if (reviewer === null || !checksPassed) return Promise.resolve(null);
  return Promise.resolve(null);
}
