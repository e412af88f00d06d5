/** Giving a ticket another place in the queue, and keeping every reference to a number right. */

import { CarError } from "../base/errors.ts";
import { moveFile, writeFileAtomic } from "./files.ts";
import { setItems } from "./frontmatter_edit.ts";
import { digitsOf, numberOf, ticketNames } from "./ticket_edit.ts";
import { readTicket } from "./ticket_file.ts";
import { parseTicketName, ticketName } from "./ticket_name.ts";
import { readTicketText } from "./ticket_reading.ts";
import type { TicketPaths } from "./tickets.ts";

/** The highest number a name can have. */
const NUMBER_MAX = 999_999_999;

/** Old number to new number. */
export type Renumbering = ReadonlyMap<number, number>;

/**
 * Which numbers change when `from` goes to `to`: a free number changes that one alone; a taken one
 * moves its ticket, and those without a gap behind it, up by one. The place left is a gap.
 */
export function planMove(numbers: Iterable<number>, from: number, to: number): Renumbering {
  const taken = new Set(numbers);
  const plan = new Map<number, number>();
  if (from === to) return plan;
  taken.delete(from);
  plan.set(from, to);
  for (let at = to; taken.has(at); at++) plan.set(at, at + 1);
  return plan;
}

/** A `depends_on` item with its number changed, in the spelling it has; undefined when it stays. */
export function renumbered(item: string | number | boolean | null, plan: Renumbering) {
  if (typeof item === "number") return plan.get(item);
  const found = typeof item === "string" ? /^(TICKET-)?(\d{1,9})$/i.exec(item) : null;
  const digits = found?.[2];
  const to = digits === undefined ? undefined : plan.get(Number(digits));
  if (digits === undefined || to === undefined) return undefined;
  return `${found?.[1] ?? ""}${String(to).padStart(digits.length, "0")}`;
}

export interface Renamed {
  readonly from: string;
  readonly to: string;
}

/**
 * Moves a ticket to another number; its suffix stays, and every `depends_on` that names a moved ticket
 * by number follows. A crash in between leaves every ticket a ticket: at worst two with one number,
 * which the linter names.
 * @throws {CarError} `not_found`, `invalid` for a number that cannot be, `conflict` when two tickets
 * have one number, `unavailable`.
 */
export async function moveTicket(
  paths: TicketPaths,
  name: string,
  to: number,
): Promise<readonly Renamed[]> {
  const names = await ticketNames(paths);
  if (!names.includes(name)) throw new CarError("not_found", `There is no ticket ${name}.`);
  if (!Number.isSafeInteger(to) || to < 0 || to >= NUMBER_MAX) {
    throw new CarError("invalid", `${to} is no ticket number; allowed are 0 to ${NUMBER_MAX - 1}.`);
  }
  refuseTwice(names);
  return await renumber(paths, names, planMove(names.map(numberOf), numberOf(name), to));
}

/**
 * Gives the tickets the order they are named in: they share out the numbers they have.
 * @param order Names of tickets, each once. Tickets it leaves out stay where they are.
 * @throws {CarError} as `moveTicket`; `invalid` for a name that comes twice.
 */
export async function reorderTickets(
  paths: TicketPaths,
  order: readonly string[],
): Promise<readonly Renamed[]> {
  const names = await ticketNames(paths);
  const missing = order.find((name) => !names.includes(name));
  if (missing !== undefined) throw new CarError("not_found", `There is no ticket ${missing}.`);
  if (new Set(order).size !== order.length) {
    throw new CarError("invalid", "A ticket stands twice in the order.");
  }
  refuseTwice(names);
  const numbers = order.map(numberOf);
  const sorted = numbers.toSorted((a, b) => a - b);
  const plan = new Map(
    numbers.flatMap((from, at) => {
      const to = sorted[at];
      return to === undefined || to === from ? [] : [[from, to] as const];
    }),
  );
  return plan.size === 0 ? [] : await renumber(paths, names, plan);
}

function refuseTwice(names: readonly string[]): void {
  if (new Set(names.map(numberOf)).size === names.length) return;
  throw new CarError("conflict", "Two tickets have the same number.", {
    hint: 'Rename one of them first; "car ticket lint" names them.',
  });
}

async function renumber(
  paths: TicketPaths,
  names: readonly string[],
  plan: Renumbering,
): Promise<readonly Renamed[]> {
  const byNumber = new Map(names.map((it) => [numberOf(it), it]));
  const renames = renamesOf(plan, byNumber, digitsOf(names));
  const changed = changedReferences(paths, names, plan);
  await rename(paths, renames);
  const nowNamed = new Map(renames.map(({ from, to: now }) => [from, now]));
  for (const { name: old, text, path } of changed) {
    const now = nowNamed.get(old);
    // Behind a link lies a file whose own name stays.
    const own = path === `${Deno.realPathSync(paths.tickets)}/${old}`;
    await writeFileAtomic(own && now !== undefined ? `${paths.tickets}/${now}` : path, text);
  }
  return renames;
}

/** The renames; the ticket that is moved comes first. */
function renamesOf(
  plan: Renumbering,
  byNumber: ReadonlyMap<number, string>,
  digits: number,
): readonly Renamed[] {
  return [...plan].flatMap(([from, to]) => {
    const name = byNumber.get(from);
    const suffix = name === undefined ? undefined : parseTicketName(name)?.suffix;
    if (name === undefined || suffix === undefined) return [];
    return [{ from: name, to: ticketName(to, suffix, digits) }];
  });
}

/** Every name that another needs is freed first; a ticket in between has `-moving` behind its name. */
async function rename(paths: TicketPaths, renames: readonly Renamed[]): Promise<void> {
  const path = (name: string) => `${paths.tickets}/${name}`;
  const needed = new Set(renames.map(({ to }) => to));
  const aside = new Map(
    renames.filter(({ from }) => needed.has(from))
      .map(({ from }) => [from, from.replace(/\.md$/i, "-moving.md")]),
  );
  for (const [from, to] of aside) await moveFile(path(from), path(to));
  for (const { from, to } of renames) await moveFile(path(aside.get(from) ?? from), path(to));
}

/**
 * The texts of the tickets that point to a moved number, mended; worked out before anything is renamed,
 * so that one that cannot be mended stops the move. A ticket that cannot be read keeps what it says.
 */
function changedReferences(
  paths: TicketPaths,
  names: readonly string[],
  plan: Renumbering,
): readonly { name: string; text: string; path: string }[] {
  const root = Deno.realPathSync(paths.root);
  return names.flatMap((name) => {
    const read = readTicket(root, Deno.realPathSync(paths.tickets), name);
    if (read.type !== "text") return [];
    const { dependsOn } = readTicketText(name, read.text);
    if (dependsOn.every(({ value }) => renumbered(value, plan) === undefined)) return [];
    const text = setItems(read.text, "depends_on", (item) => renumbered(item, plan));
    return [{ name, text, path: read.path }];
  });
}
