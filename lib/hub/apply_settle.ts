/** Carries out a verdict: commits and keeps the ticket done, or opens it again. Twice is as once. */

import type { Outcome } from "../engine/events.ts";
import type { TurnId } from "../engine/ids.ts";
import type { Run } from "../engine/run.ts";
import { type Ticket, ticketLabel } from "../engine/ticket.ts";
import type { Verdict } from "../engine/gate.ts";
import type { Workplace } from "./workplace.ts";

export interface SettleOrder {
  readonly ticket: Ticket;
  readonly turnId: TurnId | null;
  readonly verdict: Verdict;
  readonly commit: boolean;
}

export async function applySettle(
  place: Workplace,
  run: Run,
  order: SettleOrder,
): Promise<Outcome> {
  const { ticket, verdict } = order;
  const accepted = verdict.type === "accepted" || verdict.type === "unverified";
  await place.tickets.setDone(ticket, accepted);
  if (!accepted) return settled(order, null, null);
  if (!order.commit) return settled(order, null, null);
  const made = await commitWork(place, run, ticket, order.turnId, verdict.type);
  return settled(order, made.sha, made.problem);
}

function settled(order: SettleOrder, commit: string | null, problem: string | null): Outcome {
  const { type } = order.verdict;
  const good = (type === "accepted" || type === "unverified") && problem === null;
  return { type: "settled", ticketId: order.ticket.id, good, commit, problem };
}

/** Commits what a turn without a claim has changed (git.auto_commit: turn). */
export async function applySave(
  place: Workplace,
  run: Run,
  ticket: Ticket,
  turnId: TurnId | null,
): Promise<Outcome> {
  const made = await commitWork(place, run, ticket, turnId, "open");
  return { type: "saved", commit: made.sha, problem: made.problem };
}

async function commitWork(
  place: Workplace,
  run: Run,
  ticket: Ticket,
  turnId: TurnId | null,
  verdict: string,
): Promise<{ sha: string | null; problem: string | null }> {
  const prefix = place.config.git.commit_prefix;
  const subject = [prefix, ticketLabel(ticket)].filter((it) => it !== null && it !== "").join(" ");
  return await place.git.commitAll({
    message: subject,
    turnId: turnId ?? `${run.id}/${ticket.id}`,
    trusted: place.agents.mayRunHooks(ticket.agent),
    trailers: {
      "CAR-Ticket": ticket.id,
      "CAR-Run": run.id,
      "CAR-Verdict": verdict,
    },
  });
}
