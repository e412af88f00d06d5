/**
 * The ticket folder as a queue. It is looked at afresh each time, since agents and people change it
 * while a run is on; a file that did not change is not read again.
 */

import { createHash } from "node:crypto";
import { type Clock, systemClock } from "../base/clock.ts";
import type { Queue } from "../engine/ticket.ts";
import { newTicketId, type TicketId } from "../engine/ids.ts";
import type { LintProblem } from "../engine/ticket.ts";
import { fileError, systemCode, writeFileAtomic } from "./files.ts";
import { setKey } from "./frontmatter_edit.ts";
import type { RepoPaths } from "./roots.ts";
import { type FileStamp, isInside, readTicket, statTicket } from "./ticket_file.ts";
import { type KnownAgents, lintQueue } from "./ticket_lint.ts";
import { nameKind } from "./ticket_name.ts";
import { brokenReading, readTicketText, type TicketReading } from "./ticket_reading.ts";
import { type LintCode, lintProblem } from "./ticket_rules.ts";

/** The part of the paths a ticket folder needs. */
export type TicketPaths = Pick<RepoPaths, "root" | "tickets" | "archivedTickets">;

export interface ReadOptions {
  readonly agents: KnownAgents;
  /**
   * Counts the names in a folder by other means. Deno leaves out names that are not UTF-8 and says
   * nothing; with this the queue says so. Null: it cannot be told.
   */
  readonly countNames?: (folder: string) => Promise<number | null>;
}

/** The names in the folder; `root` has no links. */
interface Listed {
  readonly root: string;
  readonly names: readonly string[];
}

interface Remembered {
  readonly stamp: FileStamp;
  /** Wall time of the reading. */
  readonly atMs: number;
  readonly reading: TicketReading;
  /** Of its text. */
  readonly digest: string;
}

/**
 * Times of files tell milliseconds or whole seconds: a file that changed so shortly before it was
 * read may change again without a trace, so it is read again at the next look.
 */
const SETTLED_MS = 1_100;

/** The loop is let go after so long, so that reading 5,000 tickets does not stop the hub. */
const SLICE_MS = 25;

/** The folder at one moment. */
export interface FolderLook {
  readonly queue: Queue;
  /** A fingerprint of all files in the folder, by name and text: compared, never read. */
  readonly contentHash: string;
  /** Whether a sound ticket has no `ticket_id` yet. */
  readonly lacksIds: boolean;
}

/** One repo's tickets, with a memory of those that did not change. */
export class TicketFolder {
  readonly paths: TicketPaths;
  readonly #clock: Clock;
  #known = new Map<string, Remembered>();
  #last: { agents: KnownAgents; readings: readonly TicketReading[]; queue: Queue } | null = null;

  constructor(paths: TicketPaths, clock: Clock = systemClock) {
    this.paths = paths;
    this.#clock = clock;
  }

  /** The queue as it stands now, all complaints included. The same object while nothing changed. */
  async read(options: ReadOptions): Promise<Queue> {
    const listed = this.#list();
    if ("problem" in listed) return { tickets: [], problems: [listed.problem] };
    return await this.#judged(listed, await this.#readings(listed), options);
  }

  /** The queue with all else that can be told at the same look. */
  async look(options: ReadOptions): Promise<FolderLook> {
    const listed = this.#list();
    if ("problem" in listed) {
      const queue = { tickets: [], problems: [listed.problem] };
      return { queue, contentHash: digestOf(listed.problem.message), lacksIds: false };
    }
    const readings = await this.#readings(listed);
    return {
      queue: await this.#judged(listed, readings, options),
      contentHash: this.#contentHash(listed),
      lacksIds: readings.some(isWithoutId),
    };
  }

  async #judged(
    listed: Listed,
    readings: readonly TicketReading[],
    { agents, countNames }: ReadOptions,
  ): Promise<Queue> {
    const queue = this.#queue(readings, agents);
    const counted = await countNames?.(this.paths.tickets) ?? listed.names.length;
    const hidden = counted - listed.names.length;
    const problems = [
      ...queue.problems,
      ...contextProblems(listed.root, readings),
      ...(hidden > 0 ? [folderProblem("name_not_utf8", hiddenWords(hidden))] : []),
    ];
    return problems.length === queue.problems.length ? queue : { ...queue, problems };
  }

  /** Each ticket file as read now, in no order: for whoever needs more than the queue. */
  async readings(): Promise<readonly TicketReading[]> {
    const listed = this.#list();
    return "problem" in listed ? [] : await this.#readings(listed);
  }

  /** As `look` tells it. */
  async contentHash(): Promise<string> {
    const listed = this.#list();
    if ("problem" in listed) return digestOf(listed.problem.message);
    await this.#readings(listed);
    return this.#contentHash(listed);
  }

  #contentHash({ root, names }: Listed): string {
    return digestOf(
      names.toSorted().map((name) => `${name}\0${this.#digest(root, name)}`).join("\0"),
    );
  }

  #digest(root: string, name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known.digest;
    const read = readTicket(root, this.paths.tickets, name);
    if (read.type === "text") return digestOf(read.text);
    return read.type === "gone" ? "" : read.problem.message;
  }

  /** All names in the folder, or why it cannot be looked into. A folder that is not there is empty. */
  #list(): Listed | { problem: LintProblem } {
    const { root, tickets } = this.paths;
    try {
      const realRoot = Deno.realPathSync(root);
      if (!isInside(realRoot, Deno.realPathSync(tickets))) {
        return { problem: folderProblem("folder", `${tickets} leads out of the repo.`) };
      }
      return { root: realRoot, names: [...Deno.readDirSync(tickets)].map((entry) => entry.name) };
    } catch (thrown) {
      if (systemCode(thrown) === "ENOENT") return { root, names: [] };
      return { problem: folderProblem("folder", fileError("look into", tickets, thrown).message) };
    }
  }

  async #readings({ root, names }: Listed): Promise<readonly TicketReading[]> {
    const known = new Map<string, Remembered>();
    const readings: TicketReading[] = [];
    let sliceStart = this.#clock.elapsed();
    for (const name of names) {
      const kind = this.#known.has(name) ? "ticket" : nameKind(name);
      if (kind === "tolerated") continue;
      const reading = kind === "bad"
        ? brokenReading(name, [lintProblem("name", { file: name, line: 1, key: null }, name)])
        : this.#reading(root, name, known);
      if (reading !== null) readings.push(reading);
      if (this.#clock.elapsed() - sliceStart < SLICE_MS) continue;
      await this.#clock.sleep(0);
      sliceStart = this.#clock.elapsed();
    }
    this.#known = known;
    return readings;
  }

  /** One ticket, from memory when its file is the same; null when it is gone meanwhile. */
  #reading(root: string, name: string, known: Map<string, Remembered>): TicketReading | null {
    const before = this.#known.get(name);
    if (before !== undefined) {
      const stat = statTicket(root, this.paths.tickets, name);
      if (stat.type === "file" && isUnchanged(before, stat.stamp)) {
        known.set(name, before);
        return before.reading;
      }
    }
    const atMs = this.#clock.now();
    const read = readTicket(root, this.paths.tickets, name);
    if (read.type === "gone") return null;
    if (read.type === "refused") return brokenReading(name, [read.problem]);
    const reading = readTicketText(name, read.text);
    known.set(name, { stamp: read.stamp, atMs, reading, digest: digestOf(read.text) });
    return reading;
  }

  #queue(readings: readonly TicketReading[], agents: KnownAgents): Queue {
    const last = this.#last;
    const same = last !== null && last.agents === agents &&
      last.readings.length === readings.length &&
      last.readings.every((reading, index) => reading === readings[index]);
    if (same) return last.queue;
    const queue = lintQueue(readings, agents);
    this.#last = { agents, readings, queue };
    return queue;
  }
}

const isWithoutId = ({ hasId, ticket, problems }: TicketReading): boolean =>
  !hasId && ticket !== null && problems.length === 0;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

function isUnchanged(before: Remembered, now: FileStamp): boolean {
  const { stamp, atMs } = before;
  return stamp.inode === now.inode && stamp.size === now.size &&
    stamp.modifiedMs === now.modifiedMs && stamp.changedMs === now.changedMs &&
    Math.max(now.modifiedMs, now.changedMs) + SETTLED_MS < atMs;
}

const hiddenWords = (count: number): string =>
  count === 1 ? "There is a file" : `There are ${count} files`;

const folderProblem = (code: LintCode, found: string): LintProblem =>
  lintProblem(code, { file: ".", line: 1, key: null }, found);

/** Context files that are links out of the repo. One that is not there yet may still be made. */
function contextProblems(
  root: string,
  readings: readonly TicketReading[],
): readonly LintProblem[] {
  // Tickets ask for the same few files.
  const outside = new Map<string, boolean>();
  return readings.flatMap(({ name, context }) =>
    context.flatMap(({ path, line }) => {
      const leads = outside.get(path) ?? leadsOutside(root, path);
      outside.set(path, leads);
      if (!leads) return [];
      const place = { file: name, line, key: "context" };
      return [lintProblem("context_path", place, `${path} is a link out of the repo`)];
    })
  );
}

function leadsOutside(root: string, path: string): boolean {
  try {
    return !isInside(root, Deno.realPathSync(`${root}/${path}`));
  } catch {
    return false;
  }
}

/** The queue of a repo, read once. Whoever reads again keeps a `TicketFolder`. */
export function readQueue(paths: TicketPaths, options: ReadOptions): Promise<Queue> {
  return new TicketFolder(paths).read(options);
}

/**
 * Writes a `ticket_id` into each sound ticket that has none. Nothing else in the file changes, and a
 * ticket with complaints is left alone.
 * @param newHex 16 hex digits of chance, new ones for each call.
 * @returns The tickets that got one.
 * @throws {CarError} `unavailable` when a file cannot be written.
 */
export async function ensureTicketIds(
  folder: TicketFolder,
  newHex: () => string,
): Promise<readonly { readonly name: string; readonly id: TicketId }[]> {
  const { root, tickets } = folder.paths;
  const written: { name: string; id: TicketId }[] = [];
  for (const { name } of (await folder.readings()).filter(isWithoutId)) {
    const read = readTicket(Deno.realPathSync(root), tickets, name);
    if (read.type !== "text" || readTicketText(name, read.text).hasId) continue;
    const id = newTicketId(newHex());
    await writeFileAtomic(read.path, setKey(read.text, "ticket_id", id));
    written.push({ name, id });
  }
  return written;
}
