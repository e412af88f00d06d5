/** The ticket folder as a run uses it: one place that knows the agents, the files and the ids. */

import { writeFileAtomic } from "../control/files.ts";
import { splitFrontmatter } from "../control/frontmatter.ts";
import { setKey } from "../control/frontmatter_edit.ts";
import { readTicket, requireTicket } from "../control/ticket_file.ts";
import type { KnownAgents } from "../control/ticket_lint.ts";
import { readTicketText } from "../control/ticket_reading.ts";
import { ensureTicketIds, type FolderLook, type TicketFolder } from "../control/tickets.ts";
import type { Queue } from "../engine/ticket.ts";
import type { Named, WorkQueue } from "./work_queue.ts";

export class TicketQueue implements WorkQueue {
  readonly #folder: TicketFolder;
  readonly #agents: KnownAgents;

  constructor(folder: TicketFolder, agents: KnownAgents) {
    this.#folder = folder;
    this.#agents = agents;
  }

  /** The queue as it stands now, with everything that is wrong with it. */
  async read(): Promise<Queue> {
    return await this.#folder.read({ agents: this.#agents });
  }

  /** The queue, after every sound ticket that had none was given an id of its own. */
  async readWithIds(newHex: () => string): Promise<Queue> {
    const { queue, lacksIds } = await this.look();
    if (!lacksIds) return queue;
    await ensureTicketIds(this.#folder, newHex);
    return await this.read();
  }

  /** The queue and the folder's fingerprint at one moment. */
  async look(): Promise<FolderLook> {
    return await this.#folder.look({ agents: this.#agents });
  }

  /** Writes `done` where it says otherwise. A ticket that is gone is no error: agents may remove tickets. */
  async setDone(ticket: Named, done: boolean): Promise<void> {
    await this.replace(ticket, (text) => setKey(text, "done", done));
  }

  /** Writes a ticket anew. One that is gone stays gone. */
  async replace(ticket: Named, change: (text: string) => string): Promise<void> {
    const name = await this.#nameOf(ticket);
    if (name === null) return;
    const { text, path } = this.#text(name);
    const changed = change(text);
    if (changed !== text) await writeFileAtomic(path, changed);
  }

  /** The whole file; null when it is gone. */
  async text(ticket: Named): Promise<string | null> {
    const name = await this.#nameOf(ticket);
    return name === null ? null : this.#read(name);
  }

  /** The file without its frontmatter; null when it is gone. */
  async body(ticket: Named): Promise<string | null> {
    const text = await this.text(ticket);
    if (text === null) return null;
    const split = splitFrontmatter(text);
    return split.type === "found" ? text.slice(split.body) : text;
  }

  /** A fingerprint of the names and texts of all tickets. */
  async contentHash(): Promise<string> {
    return await this.#folder.contentHash();
  }

  get place(): string {
    return this.#folder.paths.tickets;
  }

  path({ name }: Named): string {
    return `${this.#folder.paths.tickets}/${name}`;
  }

  #text(name: string): { text: string; path: string } {
    const { root, tickets } = this.#folder.paths;
    return requireTicket(Deno.realPathSync(root), tickets, name);
  }

  #read(name: string): string | null {
    const { root, tickets } = this.#folder.paths;
    const read = readTicket(Deno.realPathSync(root), tickets, name);
    return read.type === "text" ? read.text : null;
  }

  /** By its id, since tickets are renamed; by its name where the file is too broken to have an id. */
  async #nameOf({ id, name }: Named): Promise<string | null> {
    // Mostly it lies where it was: then the other thousand need not be looked at.
    const text = this.#read(name);
    if (text !== null && readTicketText(name, text).ticket?.id === id) return name;
    const { tickets, problems } = await this.read();
    const found = tickets.find((ticket) => ticket.id === id)?.name;
    return found ?? (problems.some((problem) => problem.file === name) ? name : null);
  }
}
