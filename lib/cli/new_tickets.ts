/** Judges tickets that are to be added, before any of them is written. */

import { CarError } from "../base/errors.ts";
import { plural } from "../base/text.ts";
import { lintQueue } from "../control/ticket_lint.ts";
import { readTicketText } from "../control/ticket_reading.ts";
import { problemLine } from "../control/ticket_rules.ts";
import type { LintProblem } from "../engine/ticket.ts";
import type { CallTickets } from "./call_tickets.ts";

export interface TicketDraft {
  readonly name: string;
  readonly text: string;
}

/** Problems told at once; the rest is counted. */
const TOLD_MAX = 20;

/** @throws {CarError} `invalid` when the queue with the new tickets would have a problem in one of them. */
export async function refuseBrokenTickets(
  { folder, agents }: CallTickets,
  drafts: readonly TicketDraft[],
): Promise<void> {
  const readings = [
    ...(await folder.readings()).filter(({ name }) => drafts.every((it) => it.name !== name)),
    ...drafts.map(({ name, text }) => readTicketText(name, text)),
  ];
  const problems = lintQueue(readings, agents).problems
    // A number that is taken is made free before the ticket is written.
    .filter(({ code, file }) => code !== "number_twice" && drafts.some((it) => it.name === file));
  if (problems.length > 0) throw refusal(problems);
}

/** All problems in one error. */
export function refusal(problems: readonly LintProblem[]): CarError {
  const told = problems.slice(0, TOLD_MAX).map(problemLine);
  const more = problems.length - told.length;
  if (more > 0) told.push(`and ${plural(more, "problem")} more`);
  return new CarError("invalid", told.join("\n"), { hint: "Nothing was written." });
}
