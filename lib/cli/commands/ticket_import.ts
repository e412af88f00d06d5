/** `car ticket import`: tickets written elsewhere, put behind the last one. All of them or none. */

import { plural } from "../../base/text.ts";
import { importTickets } from "../../control/ticket_import.ts";
import { newHex, openCallTickets } from "../call_tickets.ts";
import type { Call } from "../command.ts";
import { refusal } from "../new_tickets.ts";

export async function run(call: Call): Promise<void> {
  const { paths, agents } = await openCallTickets(call);
  const asked = call.input.argument("path");
  const from = asked.startsWith("/") ? asked : `${call.io.cwd}/${asked}`;
  const agent = call.input.text("agent");
  const result = await importTickets(paths, from.replace(/(?<=.)\/+$/, ""), {
    agents,
    agent,
    newHex,
  });
  if (result.type === "refused") throw refusal(result.problems);
  if (call.json) call.output.json({ imported: result.names });
  else {
    for (const name of result.names) call.output.line(name);
    call.output.say(`Imported ${plural(result.names.length, "ticket")}.`, "dim");
  }
}
