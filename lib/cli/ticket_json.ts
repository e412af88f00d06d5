/** A ticket as programs get it: by the names its keys have in the file. */

import type { Ticket } from "../engine/ticket.ts";

export function ticketJson(ticket: Ticket) {
  return {
    number: ticket.number,
    name: ticket.name,
    ticket_id: ticket.id,
    agent: ticket.agent,
    done: ticket.done,
    title: ticket.title,
    goal: ticket.goal,
    depends_on: ticket.dependsOn,
    verify: ticket.verify.map(({ run, timeoutSeconds }) => ({ run, timeout_s: timeoutSeconds })),
    limits: ticket.limits,
    model: ticket.model,
    reasoning: ticket.reasoning,
    profile: ticket.profile,
    touches: ticket.touches,
    may_change: ticket.mayChange,
    context: ticket.context.map(({ path, maxBytes, required }) => ({
      path,
      max_bytes: maxBytes,
      required,
    })),
    review: ticket.review,
    fallback: ticket.fallback,
  };
}
