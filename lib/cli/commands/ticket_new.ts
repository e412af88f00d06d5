/** `car ticket new`: writes a ticket from options, and on a terminal from answers. */

import { CarError } from "../../base/errors.ts";
import type { KeyValue } from "../../control/frontmatter_edit.ts";
import {
  createTicket,
  digitsOf,
  type NewTicket,
  numberOf,
  ticketNames,
  ticketText,
} from "../../control/ticket_edit.ts";
import { decodeStrict } from "../../control/files.ts";
import { TICKET_BYTES_MAX } from "../../control/ticket_file.ts";
import { moveTicket } from "../../control/ticket_move.ts";
import { slugSuffix, ticketName } from "../../control/ticket_name.ts";
import { newTicketId } from "../../engine/ids.ts";
import { USER_AGENT } from "../../engine/ticket.ts";
import { ask, askList, canAsk } from "../ask.ts";
import { type CallTickets, newHex, openTicketFiles, readCallQueue } from "../call_tickets.ts";
import type { Call } from "../command.ts";
import { refuseBrokenTickets } from "../new_tickets.ts";

export async function run(call: Call): Promise<void> {
  const tickets = await openTicketFiles(call);
  const wanted = await draft(call, tickets);
  const names = await ticketNames(tickets.paths);
  const number = call.input.number("at") ?? numberOf(names.at(-1) ?? "") + 1;
  const hex = newHex();
  await refuseBrokenTickets(tickets, [{
    name: ticketName(number, slugSuffix(wanted.title ?? ""), digitsOf(names)),
    text: ticketText(wanted, newTicketId(hex)),
  }]);
  const taken = names.find((name) => numberOf(name) === number);
  if (taken !== undefined) await moveTicket(tickets.paths, taken, number + 1);
  const made = await createTicket(tickets.paths, { ...wanted, number }, hex);
  const path = `${tickets.paths.tickets}/${made.name}`;
  if (call.json) call.output.json({ ...made, path });
  else call.output.say(`Wrote ${path}`);
}

/** What the person wants, from options first. */
async function draft(call: Call, tickets: CallTickets): Promise<Omit<NewTicket, "number">> {
  const { input, io } = call;
  const asks = canAsk(io) && !call.json;
  const title = input.text("title")?.trim() || (asks ? await askTitle(call) : "");
  if (title === "") {
    throw new CarError("usage", "A ticket needs a title.", {
      hint: 'Give one: car ticket new --title "Add login"',
    });
  }
  const usual = await usualAgent(tickets);
  const agent = input.text("agent") ?? (asks ? await askAgent(call, tickets, usual) : usual);
  const goal = input.text("goal") ??
    (asks ? await ask(io, { text: "Goal, what is true when it is done (may be empty)" }) : "");
  const given = input.texts("verify");
  const verify = given.length > 0 || !asks
    ? given
    : await askList(io, "Check, a command that must pass (empty ends)");
  const keys: Record<string, KeyValue> = {
    ...(goal === "" ? {} : { goal }),
    ...(verify.length === 0 ? {} : { verify }),
    ...dependencies(input.texts("depends-on")),
  };
  return { agent, title, body: await bodyOf(call), keys };
}

const askTitle = ({ io }: Call): Promise<string> =>
  ask(io, { text: "Title", fault: (answer) => answer === "" ? "A ticket needs a title." : null });

/** The agent of the last ticket goes on; a first ticket takes runner.default_agent. */
async function usualAgent(tickets: CallTickets): Promise<string> {
  const { tickets: queue } = await readCallQueue(tickets);
  const last = queue.findLast(({ agent }) => agent !== USER_AGENT && tickets.agents.has(agent));
  return last?.agent ?? tickets.defaultAgent;
}

function askAgent({ io }: Call, tickets: CallTickets, usual: string): Promise<string> {
  const allowed = [...tickets.agents.values()];
  return ask(io, {
    text: `Agent (${allowed.join(", ")})`,
    otherwise: usual,
    fault: (answer) =>
      tickets.agents.has(answer.toLowerCase()) ? null : `Allowed are ${allowed.join(", ")}.`,
  });
}

function dependencies(given: readonly string[]): { depends_on?: KeyValue } {
  if (given.length === 0) return {};
  return { depends_on: given.map((each) => /^\d{1,9}$/.test(each) ? Number(each) : each) };
}

async function bodyOf({ input, io }: Call): Promise<string> {
  const body = input.text("body") ?? "";
  if (body !== "-") return body;
  const text = decodeStrict(await io.readAll(TICKET_BYTES_MAX));
  if (text !== undefined) return text.text;
  throw new CarError("invalid", "The text on stdin is not UTF-8.", {
    hint: "Convert it first, e.g. with iconv.",
  });
}
