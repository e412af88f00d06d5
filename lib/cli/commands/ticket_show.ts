/** `car ticket show`: one ticket as it stands in its file, or the evidence behind its verdicts. */

import { CarError } from "../../base/errors.ts";
import { requireTicket } from "../../control/ticket_file.ts";
import { splitFrontmatter } from "../../control/frontmatter.ts";
import { problemLine } from "../../control/ticket_rules.ts";
import { type Queue, ticketLabel } from "../../engine/ticket.ts";
import {
  type CallTickets,
  findCallTicket,
  openCallTickets,
  readCallQueue,
} from "../call_tickets.ts";
import type { Call } from "../command.ts";
import { showEvidence } from "../ticket_evidence.ts";
import { ticketJson } from "../ticket_json.ts";

export async function run(call: Call): Promise<void> {
  const tickets = await openCallTickets(call);
  const { paths } = tickets;
  const name = await findCallTicket(tickets, call.input.argument("ticket"));
  const queue = await readCallQueue(tickets);
  const { text, path } = await textOf(tickets, queue, name);
  if (call.input.flag("evidence")) {
    const ticket = queue.tickets.find((each) => each.name === name);
    if (ticket !== undefined) {
      return await showEvidence(call, paths, { id: ticket.id, label: ticketLabel(ticket) });
    }
    throw new CarError("invalid", `${name} is broken, so its id is not known.`, {
      hint: "`car ticket lint` says what is wrong with it.",
    });
  }
  const problems = queue.problems.filter((problem) => problem.file === name);
  if (call.json) {
    const ticket = queue.tickets.find((each) => each.name === name) ?? null;
    const split = splitFrontmatter(text);
    const body = split.type === "found" ? text.slice(split.body) : text;
    const told = ticket === null ? null : ticketJson(ticket);
    call.output.json({ name, path, ticket: told, body, problems });
    return;
  }
  call.output.document(text);
  for (const problem of problems) call.output.remark(problemLine(problem));
}

/** The file, or the box with what stands below it. */
async function textOf(
  tickets: CallTickets,
  { tickets: all }: Queue,
  name: string,
): Promise<{ readonly text: string; readonly path: string }> {
  const { paths, kind, queue } = tickets;
  const ticket = all.find((each) => each.name === name);
  if (kind === "tickets" || ticket === undefined) {
    return requireTicket(Deno.realPathSync(paths.root), paths.tickets, name);
  }
  return { text: await queue.text(ticket) ?? "", path: queue.path(ticket) };
}
