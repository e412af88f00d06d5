/** `car ticket move`: another place in the queue. */

import { CarError } from "../../base/errors.ts";
import { moveTicket } from "../../control/ticket_move.ts";
import { problemLine } from "../../control/ticket_rules.ts";
import { findCallTicket, openTicketFiles, readCallQueue } from "../call_tickets.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const tickets = await openTicketFiles(call);
  const to = call.input.argument("to");
  if (!/^\d{1,9}$/.test(to)) {
    throw new CarError("usage", `"${to}" is no ticket number.`, {
      hint: "The second argument is the new number, e.g. `car ticket move 7 2`.",
    });
  }
  const name = await findCallTicket(tickets, call.input.argument("ticket"));
  const before = new Set((await readCallQueue(tickets)).problems.map(problemLine));
  const renamed = await moveTicket(tickets.paths, name, Number(to));
  if (call.json) call.output.json({ renamed });
  else if (renamed.length === 0) call.output.say(`${name} has that number already.`);
  else for (const { from, to: now } of renamed) call.output.say(`${from} -> ${now}`);
  // A move may put a ticket before one it waits for.
  const after = (await readCallQueue(tickets)).problems.map(problemLine);
  for (const line of after) if (!before.has(line)) call.output.remark(line);
}
