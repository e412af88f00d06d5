/** Taking tickets in from elsewhere: all of them, numbered behind the queue, or none with the reasons. */

import { CarError } from "../base/errors.ts";
import { newTicketId } from "../engine/ids.ts";
import type { LintProblem } from "../engine/ticket.ts";
import { ensureDir, fileError, readTextStrict, writeFileAtomic } from "./files.ts";
import { splitFrontmatter } from "./frontmatter.ts";
import { setItems, setKey } from "./frontmatter_edit.ts";
import { digitsOf, numberOf, ticketNames, ticketText } from "./ticket_edit.ts";
import { TICKET_BYTES_MAX } from "./ticket_file.ts";
import { type KnownAgents, lintQueue } from "./ticket_lint.ts";
import { renumbered } from "./ticket_move.ts";
import { nameKind, parseTicketName, slugSuffix, ticketName } from "./ticket_name.ts";
import { readTicketText, type TicketReading } from "./ticket_reading.ts";
import { TicketFolder, type TicketPaths } from "./tickets.ts";

export interface ImportOptions {
  readonly agents: KnownAgents;
  /** Who works on a file that has no frontmatter; null refuses such a file. */
  readonly agent: string | null;
  /** 16 hex digits of chance, new ones for each call. */
  readonly newHex: () => string;
}

export type ImportResult =
  | { readonly type: "imported"; readonly names: readonly string[] }
  /** Nothing was written. The files in the problems have the names they would have had. */
  | { readonly type: "refused"; readonly problems: readonly LintProblem[] };

interface Source {
  readonly name: string;
  readonly text: string;
}

/** A ticket in its new place. */
interface Placed extends Source {
  readonly number: number;
  /** The number it had where it comes from; undefined when its name had none. */
  readonly before: number | undefined;
}

/**
 * Imports one markdown file or every one of a folder (not those of folders in it). Order is kept,
 * `depends_on` between the imported follows their new numbers, and an id that is taken is replaced.
 * @throws {CarError} `not_found` and `invalid` for the source, `unavailable` when a write fails.
 */
export async function importTickets(
  paths: TicketPaths,
  from: string,
  options: ImportOptions,
): Promise<ImportResult> {
  const sources = await readSources(from);
  if (sources.length === 0) throw new CarError("invalid", `There is no markdown file in ${from}.`);
  const folder = new TicketFolder(paths);
  const here = await folder.readings();
  const names = await ticketNames(paths);
  const placed = place(sources, numberOf(names.at(-1) ?? "") + 1, digitsOf(names), options);
  const texts = rereferenced(placed, takenIds(here), options.newHex);
  const readings = texts.map(({ name, text }) => readTicketText(name, text));
  const imported = new Set(texts.map(({ name }) => name));
  const problems = lintQueue([...here, ...readings], options.agents).problems
    .filter(({ file }) => imported.has(file));
  if (problems.length > 0) return { type: "refused", problems };
  await ensureDir(paths.tickets);
  for (const { name, text } of texts) await writeFileAtomic(`${paths.tickets}/${name}`, text);
  return { type: "imported", names: [...imported] };
}

const takenIds = (readings: readonly TicketReading[]): ReadonlySet<string> =>
  new Set(readings.flatMap(({ hasId, ticket }) => hasId && ticket !== null ? [ticket.id] : []));

/** The texts with an id each that nobody has, and with references that follow numbers and ids. */
function rereferenced(
  placed: readonly Placed[],
  taken: ReadonlySet<string>,
  newHex: () => string,
): readonly Source[] {
  const numbers = new Map<number, number>();
  const ids = new Map<string, string>();
  const readings = placed.map(({ name, text, before, number }) => {
    const reading = readTicketText(name, text);
    if (before !== undefined) numbers.set(before, number);
    const id = reading.hasId ? reading.ticket?.id : undefined;
    if (id !== undefined && taken.has(id)) ids.set(id, newTicketId(newHex()));
    return reading;
  });
  return placed.map(({ name, text }, index) => {
    const reading = readings[index];
    // What cannot be read is refused by the linter as it stands.
    if (reading === undefined || reading.problems.length > 0) return { name, text };
    const pointing = reading.dependsOn.length === 0 ? text : setItems(
      text,
      "depends_on",
      (item) => renumbered(item, numbers) ?? ids.get(String(item)),
    );
    const own = reading.hasId ? ids.get(reading.ticket?.id ?? "") : newTicketId(newHex());
    return { name, text: own === undefined ? pointing : setKey(pointing, "ticket_id", own) };
  });
}

/** The markdown files at a path, tickets by number, then the others by name. */
async function readSources(from: string): Promise<readonly Source[]> {
  let names: readonly string[] | null = null;
  try {
    if ((await Deno.stat(from)).isDirectory) {
      names = [...Deno.readDirSync(from)].filter((it) => it.isFile).map((it) => it.name);
    }
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) {
      throw new CarError("not_found", `${from} does not exist.`);
    }
    throw fileError("read", from, thrown);
  }
  const read = async (path: string) =>
    (await readTextStrict(path, { maxBytes: TICKET_BYTES_MAX })).text;
  if (names === null) {
    return [{ name: from.slice(from.lastIndexOf("/") + 1), text: await read(from) }];
  }
  const order = (name: string) => parseTicketName(name)?.number ?? Infinity;
  const wanted = names
    .filter((name) => /\.md$/i.test(name) && nameKind(name) !== "tolerated")
    .sort((a, b) => order(a) === order(b) ? (a < b ? -1 : 1) : order(a) - order(b));
  return await Promise.all(
    wanted.map(async (name) => ({ name, text: await read(`${from}/${name}`) })),
  );
}

function place(
  sources: readonly Source[],
  firstNumber: number,
  digits: number,
  { agent, newHex }: ImportOptions,
): readonly Placed[] {
  return sources.map(({ name, text }, index) => {
    const parsed = parseTicketName(name);
    const title = parsed === null ? name.replace(/\.md$/i, "") : null;
    const suffix = parsed?.suffix ?? slugSuffix(title ?? "");
    const number = firstNumber + index;
    const bare = agent !== null && splitFrontmatter(text).type === "none";
    return {
      name: ticketName(number, suffix, digits),
      text: bare ? ticketText({ agent, title, body: text }, newTicketId(newHex())) : text,
      number,
      before: parsed?.number,
    };
  });
}
