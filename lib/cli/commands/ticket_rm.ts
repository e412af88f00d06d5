/** `car ticket rm`: out of the queue and into the archive. */

import { CarError } from "../../base/errors.ts";
import { removeTicket } from "../../control/ticket_edit.ts";
import { askYes, canAsk } from "../ask.ts";
import { findCallTicket, openTicketFiles } from "../call_tickets.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const tickets = await openTicketFiles(call);
  const name = await findCallTicket(tickets, call.input.argument("ticket"));
  if (!call.input.flag("yes")) {
    if (call.json || !canAsk(call.io)) {
      throw new CarError("usage", `Nobody can be asked whether to remove ${name}.`, {
        hint: "Say it with --yes.",
      });
    }
    if (!await askYes(call.io, `Take ${name} out of the queue?`)) {
      call.output.say("Nothing was changed.");
      return;
    }
  }
  const archived = await removeTicket(tickets.paths, name);
  if (call.json) call.output.json({ name, archived });
  else call.output.say(`${name} is out of the queue; it is kept as ${archived}`);
}
