/** `car ticket edit`: a ticket in the person's editor, checked when it is closed. */

import { problemLine } from "../../control/ticket_rules.ts";
import { findCallTicket, openTicketFiles, readCallQueue } from "../call_tickets.ts";
import type { Call } from "../command.ts";
import { openEditor } from "../editor.ts";

/** @returns 1 when the linter has something to say. */
export async function run(call: Call): Promise<number> {
  const tickets = await openTicketFiles(call);
  const name = await findCallTicket(tickets, call.input.argument("ticket"));
  await openEditor(call.io, `${tickets.paths.tickets}/${name}`);
  const { problems } = await readCallQueue(tickets);
  const own = problems.filter((problem) => problem.file === name);
  if (call.json) call.output.json({ name, problems: own });
  else if (own.length === 0) call.output.say(`Edited ${name}; the linter has nothing to say.`);
  for (const problem of call.json ? [] : own) call.output.remark(problemLine(problem));
  return own.length === 0 ? 0 : 1;
}
