/** One ticket as surfaces show and edit it: its file, what the linter says of it, its neighbours. */

import { CarError } from "../base/errors.ts";
import { splitFrontmatter } from "../control/frontmatter.ts";
import {
  createTicket,
  digitsOf,
  findTicketName,
  type MadeTicket,
  type NewTicket,
  numberOf,
  ticketNames,
  ticketText,
} from "../control/ticket_edit.ts";
import { requireTicket } from "../control/ticket_file.ts";
import { knownAgents, lintQueue } from "../control/ticket_lint.ts";
import { moveTicket } from "../control/ticket_move.ts";
import { slugSuffix, ticketName } from "../control/ticket_name.ts";
import { readTicketText } from "../control/ticket_reading.ts";
import { problemLine } from "../control/ticket_rules.ts";
import { TicketFolder } from "../control/tickets.ts";
import { isTicketId, newTicketId } from "../engine/ids.ts";
import { type LintProblem, type Queue, type Ticket, USER_AGENT } from "../engine/ticket.ts";
import type { RepoDesk } from "./fleet/desk.ts";
import { openWorkQueue } from "./open_queue.ts";

/** A ticket with all that stands in its file. */
export interface TicketDoc {
  readonly name: string;
  readonly number: number;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** Below the frontmatter. */
  readonly body: string;
  /** Null when the file is too broken to be one. */
  readonly ticket: Ticket | null;
  readonly problems: readonly LintProblem[];
  /** Numbers of the tickets before and behind it. */
  readonly previous: number | null;
  readonly next: number | null;
}

/** @throws {CarError} `not_found`, `conflict` when two tickets have the number, `invalid` unreadable. */
export async function readTicketDoc(desk: RepoDesk, asked: string): Promise<TicketDoc> {
  const queue = await desk.queue();
  const config = await desk.config();
  const name = await ticketNameOf(desk, asked);
  const ticket = queue.tickets.find((it) => it.name === name) ?? null;
  const file = config.queue === "todo" && ticket !== null
    ? await boxOf(desk, ticket)
    : requireTicket(Deno.realPathSync(desk.paths.root), desk.paths.tickets, name);
  const split = splitFrontmatter(file.text);
  const numbers = queue.tickets.map((it) => it.number);
  const number = ticket?.number ?? numberOf(name);
  return {
    name,
    number,
    ...file,
    body: split.type === "found" ? file.text.slice(split.body) : file.text,
    ticket,
    problems: queue.problems.filter((it) => it.file === name),
    previous: numbers.findLast((it) => it < number) ?? null,
    next: numbers.find((it) => it > number) ?? null,
  };
}

async function boxOf(desk: RepoDesk, ticket: Ticket): Promise<{ text: string; path: string }> {
  const queue = openWorkQueue(desk.paths, await desk.config(), new TicketFolder(desk.paths));
  return { text: await queue.text(ticket) ?? "", path: queue.path(ticket) };
}

/** The file's name by number, name or id. @throws {CarError} `not_found`, `conflict`. */
export async function ticketNameOf(desk: RepoDesk, asked: string): Promise<string> {
  const { tickets } = await desk.queue();
  const named = tickets.find((it) => it.id === asked || it.name === asked);
  if (named !== undefined) return named.name;
  if ((await desk.config()).queue === "todo") {
    const box = tickets.find((it) => String(it.number) === asked.replace(/^0+(?=\d)/, ""));
    if (box !== undefined) return box.name;
  }
  if (isTicketId(asked) && asked.startsWith("tkt_")) {
    throw new CarError("not_found", `There is no ticket ${asked}.`);
  }
  return await findTicketName(desk.paths, asked);
}

/** @throws {CarError} `conflict` where the queue is a list of boxes: it has no files to edit. */
export async function requireTicketFiles(desk: RepoDesk): Promise<void> {
  if ((await desk.config()).queue !== "todo") return;
  throw new CarError("conflict", "The queue of this repo is a list of boxes.", {
    hint: "Edit the list, or set `queue: tickets` in the config to work ticket files.",
  });
}

/** What the linter says of a text that is not saved yet, as a file of this name. */
export async function judgeText(
  desk: RepoDesk,
  name: string,
  text: string,
): Promise<{ readonly ticket: Ticket | null; readonly problems: readonly LintProblem[] }> {
  const known = knownAgents(Object.keys((await desk.config()).agents));
  const reading = readTicketText(name, text);
  const others = (await new TicketFolder(desk.paths).readings()).filter((it) => it.name !== name);
  const queue = lintQueue([...others, reading], known);
  const ticket = queue.tickets.find((it) => it.name === name) ?? null;
  return { ticket, problems: queue.problems.filter((it) => it.file === name) };
}

/**
 * Writes a new ticket; one whose number is taken moves the others up.
 * @throws {CarError} `invalid` with every complaint when the queue would be broken by it.
 */
export async function addTicket(
  desk: RepoDesk,
  wanted: NewTicket,
  hex: string,
): Promise<MadeTicket> {
  await requireTicketFiles(desk);
  const { paths } = desk;
  const names = await ticketNames(paths);
  const number = wanted.number ?? numberOf(names.at(-1) ?? "") + 1;
  const name = ticketName(number, slugSuffix(wanted.title ?? ""), digitsOf(names));
  const { problems } = await judgeText(desk, name, ticketText(wanted, newTicketId(hex)));
  // A number that is taken is made free before the ticket is written.
  const standing = problems.filter(({ code }) => code !== "number_twice");
  if (standing.length > 0) {
    throw new CarError("invalid", standing.map(problemLine).join("\n"), {
      hint: "Nothing was written.",
    });
  }
  const taken = names.find((it) => numberOf(it) === number);
  if (taken !== undefined) await moveTicket(paths, taken, number + 1);
  return await createTicket(paths, { ...wanted, number }, hex);
}

/** The agent a new ticket most likely wants: that of the last one, else the config's default. */
export async function usualAgent(desk: RepoDesk, queue: Queue): Promise<string> {
  const { agents, runner } = await desk.config();
  const last = queue.tickets.findLast(({ agent }) =>
    agent !== USER_AGENT && Object.hasOwn(agents, agent)
  );
  return last?.agent ?? runner.default_agent;
}
