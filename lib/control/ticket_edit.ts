/** What people and CAR do to single tickets: make, change, mark done, take out of the queue. */

import { CarError } from "../base/errors.ts";
import { newTicketId, type TicketId } from "../engine/ids.ts";
import { ensureDir, exists, moveFile, writeFileAtomic } from "./files.ts";
import { type KeyValue, removeKey, setKey, yamlLiteral } from "./frontmatter_edit.ts";
import { requireTicket } from "./ticket_file.ts";
import { parseTicketName, slugSuffix, ticketName } from "./ticket_name.ts";
import type { TicketPaths } from "./tickets.ts";

/** A ticket to be made. */
export interface NewTicket {
  readonly agent: string;
  readonly title: string | null;
  /** Markdown below the frontmatter. */
  readonly body: string;
  /** Without it, one more than the highest in the folder. */
  readonly number?: number;
  /** Further keys, in this order. */
  readonly keys?: Readonly<Record<string, KeyValue>>;
}

export interface MadeTicket {
  readonly name: string;
  readonly number: number;
  readonly id: TicketId;
}

/** The text of a new ticket. */
export function ticketText(ticket: Omit<NewTicket, "number">, id: TicketId): string {
  const keys: [string, KeyValue][] = [
    ["ticket_id", id],
    ["agent", ticket.agent],
    ["done", false],
    ...(ticket.title === null ? [] : [["title", ticket.title] as [string, KeyValue]]),
    ...Object.entries(ticket.keys ?? {}),
  ];
  const head = keys.map(([key, value]) => `${yamlLiteral(key)}: ${yamlLiteral(value)}\n`).join("");
  const body = ticket.body.trim();
  return `---\n${head}---\n${body === "" ? "" : `\n${body}\n`}`;
}

/** Names in the ticket folder that are tickets' names, by number. */
export async function ticketNames(paths: TicketPaths): Promise<readonly string[]> {
  const names: string[] = [];
  if (!await exists(paths.tickets)) return names;
  for (const { name } of Deno.readDirSync(paths.tickets)) {
    if (parseTicketName(name) !== null) names.push(name);
  }
  return names.sort((a, b) => numberOf(a) - numberOf(b) || (a < b ? -1 : 1));
}

/** The number in a ticket's name; 0 when it is none. */
export const numberOf = (name: string): number => parseTicketName(name)?.number ?? 0;

/** The digits in use, so that new names line up with the old. */
export const digitsOf = (names: readonly string[]): number =>
  names.reduce((most, name) => Math.max(most, /\d+/.exec(name)?.[0].length ?? 0), 0);

/**
 * The file of a ticket a person names: `3`, `003`, `TICKET-003` or the file's name.
 * @throws {CarError} `not_found`; `conflict` when two tickets have the number.
 */
export async function findTicketName(paths: TicketPaths, asked: string): Promise<string> {
  const names = await ticketNames(paths);
  if (names.includes(asked)) return asked;
  const digits = /^(?:TICKET-)?(\d{1,9})$/i.exec(asked.trim())?.[1];
  const found = names.filter((name) => digits !== undefined && numberOf(name) === Number(digits));
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (first === undefined) {
    throw new CarError("not_found", `There is no ticket ${asked}.`, {
      hint: 'See "car ticket list".',
    });
  }
  throw new CarError("conflict", `${found.join(" and ")} have the same number.`, {
    hint: "Name the file, or rename one of them.",
  });
}

/**
 * Writes a new ticket.
 * @param hex 16 hex digits of chance, for its id.
 * @throws {CarError} `conflict` when the number is taken, `unavailable` when it cannot be written.
 */
export async function createTicket(
  paths: TicketPaths,
  ticket: NewTicket,
  hex: string,
): Promise<MadeTicket> {
  await ensureDir(paths.tickets);
  const names = await ticketNames(paths);
  const number = ticket.number ?? numberOf(names.at(-1) ?? "") + 1;
  const taken = names.find((name) => numberOf(name) === number);
  if (taken !== undefined) {
    throw new CarError("conflict", `The number ${number} is taken by ${taken}.`, {
      hint: "Choose another number, or leave it out.",
    });
  }
  const suffix = ticket.title === null ? "" : slugSuffix(ticket.title);
  const name = ticketName(number, suffix, digitsOf(names));
  const id = newTicketId(hex);
  await writeFileAtomic(`${paths.tickets}/${name}`, ticketText(ticket, id));
  return { name, number, id };
}

/**
 * Changes a ticket's text and writes it, unless it stays as it is.
 * @returns The text as it is now.
 * @throws {CarError} `not_found`, `invalid` when it cannot be read, what `change` throws, `unavailable`.
 */
export async function changeTicket(
  paths: TicketPaths,
  name: string,
  change: (text: string) => string,
): Promise<string> {
  const { text, path } = requireTicket(Deno.realPathSync(paths.root), paths.tickets, name);
  const changed = change(text);
  if (changed !== text) await writeFileAtomic(path, changed);
  return changed;
}

/** Marks a ticket done or not. @throws {CarError} as `changeTicket`. */
export async function setDone(paths: TicketPaths, name: string, done: boolean): Promise<void> {
  await changeTicket(paths, name, (text) => setKey(text, "done", done));
}

/** Sets one key, or removes it when `value` is undefined. @throws {CarError} as `changeTicket`. */
export async function setTicketKey(
  paths: TicketPaths,
  name: string,
  key: string,
  value: KeyValue | undefined,
): Promise<void> {
  await changeTicket(
    paths,
    name,
    (text) => value === undefined ? removeKey(text, key) : setKey(text, key, value),
  );
}

/**
 * Takes a ticket out of the queue: the file moves to the archive, it is not deleted.
 * @returns Where it is now.
 * @throws {CarError} `not_found`, `unavailable`.
 */
export async function removeTicket(paths: TicketPaths, name: string): Promise<string> {
  const from = `${paths.tickets}/${name}`;
  if (parseTicketName(name) === null || !await exists(from)) {
    throw new CarError("not_found", `There is no ticket ${name}.`);
  }
  await ensureDir(paths.archivedTickets);
  let to = `${paths.archivedTickets}/${name}`;
  for (let copy = 2; await exists(to); copy++) {
    to = `${paths.archivedTickets}/${name.replace(/\.md$/i, "")}.${copy}.md`;
  }
  await moveFile(from, to);
  return to;
}
