/** The second opinion on a done claim: another agent reads the ticket and the diff, and changes nothing. */

import type { Checked } from "../engine/events.ts";
import type { ReviewOpinion } from "../engine/gate.ts";
import { type Opinion, roundsUsedUp } from "../engine/review.ts";
import type { Run } from "../engine/run.ts";
import { type Ticket, ticketLabel } from "../engine/ticket.ts";
import type { AtRun } from "./at_run.ts";
import { remark } from "./remark.ts";
import { askReviewer, type ReviewOrder } from "./review_turn.ts";

/** Null: no reviewer is named, or the run was asked to end meanwhile. */
export async function opinionOn(
  place: AtRun,
  run: Run,
  order: ReviewOrder,
  signal: AbortSignal,
): Promise<ReviewOpinion | null> {
  const agent = order.ticket.review ?? place.config.gate.review;
  if (agent === null) return null;
  const past = pastOpinions(place, order.ticket);
  const rounds = place.config.gate.review_rounds;
  if (past.length >= rounds) {
    return { agent, round: past.length, ...roundsUsedUp(rounds, past.at(-1) ?? null) };
  }
  const round = past.length + 1;
  const label = ticketLabel(order.ticket);
  remark(place, run, `${agent} reviews ${label} (round ${round} of ${rounds})`);
  const opinion = await askReviewer(place, run, { ...order, agent }, signal);
  if (signal.aborted || opinion === null) return null;
  remark(place, run, `${agent} on ${label}: ${opinionWords(opinion)}`);
  return { agent, round, ...opinion };
}

const OPINION_WORDS = {
  pass: "done",
  fail: "not done",
  cannot_tell: "cannot tell",
} as const satisfies Record<Opinion["opinion"], string>;

function opinionWords({ opinion, reasons }: Opinion): string {
  const words = OPINION_WORDS[opinion];
  return reasons.length === 0 ? words : `${words}: ${reasons.join("; ")}`;
}

/** One a round, in order. That all rounds are used up is told under the last round's number again. */
function pastOpinions(place: AtRun, ticket: Ticket): readonly ReviewOpinion[] {
  const steps = place.journal.events({
    run: place.run,
    ticket: ticket.id,
    kinds: ["step"],
    types: ["checked"],
  });
  const byRound = new Map<number, ReviewOpinion>();
  for (const { body } of steps) {
    const { review } = body as Checked;
    if (review !== null && !byRound.has(review.round)) byRound.set(review.round, review);
  }
  return [...byRound.values()];
}
