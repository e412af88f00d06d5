/** Sets `done` of a ticket on a person's word. */

import { setDone } from "../control/ticket_edit.ts";
import { findCallTicket, openCallTickets } from "./call_tickets.ts";
import type { Call } from "./command.ts";

export async function markTicket(call: Call, as: "done" | "open"): Promise<void> {
  const tickets = await openCallTickets(call);
  const name = await findCallTicket(tickets, call.input.argument("ticket"));
  const done = as === "done";
  await setDone(tickets.paths, name, done);
  if (call.json) call.output.json({ name, done });
  else call.output.say(`${name} is ${done ? "done" : "open again"}.`);
}
