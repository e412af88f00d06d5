/** Sets `done` of a ticket on a person's word. */

import { setDone } from "../control/ticket_edit.ts";
import { notePersonMark } from "../hub/person_mark.ts";
import { actor, isAgent } from "./actor.ts";
import { findCallTicket, openCallTickets, readCallQueue } from "./call_tickets.ts";
import type { Call } from "./command.ts";

export async function markTicket(call: Call, as: "done" | "open"): Promise<void> {
  const tickets = await openCallTickets(call);
  const name = await findCallTicket(tickets, call.input.argument("ticket"));
  const done = as === "done";
  const { tickets: before } = await readCallQueue(tickets);
  const ticketId = before.find((each) => each.name === name)?.id;
  // Noted first: a run at work must not take the person's word for an agent's claim.
  if (ticketId !== undefined && !isAgent(call)) {
    const mark = { ticketId, done, by: actor(call) };
    await notePersonMark(await call.context.repo(), mark, call.io.clock.now());
  }
  if (tickets.kind === "tickets") await setDone(tickets.paths, name, done);
  else if (ticketId !== undefined) await tickets.queue.setDone({ id: ticketId, name }, done);
  if (call.json) call.output.json({ name, done });
  else call.output.say(`${name} is ${done ? "done" : "open again"}.`);
}
