/** The ticket folder as a run uses it: one place that knows the agents, the files and the ids. */

import { createHash } from "node:crypto";
import { writeFileAtomic } from "../control/files.ts";
import { splitFrontmatter } from "../control/frontmatter.ts";
import { setKey } from "../control/frontmatter_edit.ts";
import { readTicket, requireTicket } from "../control/ticket_file.ts";
import type { KnownAgents } from "../control/ticket_lint.ts";
import { ensureTicketIds, type TicketFolder } from "../control/tickets.ts";
import type { TicketId } from "../engine/ids.ts";
import type { Queue } from "../engine/ticket.ts";

export class TicketQueue {
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

  /** Gives every sound ticket that has none an id of its own. */
  async ensureIds(newHex: () => string): Promise<void> {
    await ensureTicketIds(this.#folder, newHex);
  }

  /** Writes `done` where it says otherwise. A ticket that is gone is no error: agents may remove tickets. */
  async setDone(id: TicketId, done: boolean): Promise<void> {
    const name = await this.#nameOf(id);
    if (name === null) return;
    const { text, path } = this.#text(name);
    const changed = setKey(text, "done", done);
    if (changed !== text) await writeFileAtomic(path, changed);
  }

  /** Writes one key of a ticket back to what it was. */
  async replace(id: TicketId, change: (text: string) => string): Promise<void> {
    const name = await this.#nameOf(id);
    if (name === null) return;
    const { text, path } = this.#text(name);
    const changed = change(text);
    if (changed !== text) await writeFileAtomic(path, changed);
  }

  /** The whole file; null when it is gone. */
  async text(id: TicketId): Promise<string | null> {
    const name = await this.#nameOf(id);
    if (name === null) return null;
    const { root, tickets } = this.#folder.paths;
    const read = readTicket(Deno.realPathSync(root), tickets, name);
    return read.type === "text" ? read.text : null;
  }

  /** The file without its frontmatter; null when it is gone. */
  async body(id: TicketId): Promise<string | null> {
    const text = await this.text(id);
    if (text === null) return null;
    const split = splitFrontmatter(text);
    return split.type === "found" ? text.slice(split.body) : text;
  }

  /** Over the names, sizes and contents of all tickets. */
  async contentHash(): Promise<string> {
    const hash = createHash("sha256");
    for (const entry of [...Deno.readDirSync(this.#folder.paths.tickets)].sort(byName)) {
      if (!entry.isFile) continue;
      hash.update(`\0${entry.name}\0`);
      hash.update(await Deno.readFile(`${this.#folder.paths.tickets}/${entry.name}`));
    }
    return hash.digest("hex");
  }

  #text(name: string): { text: string; path: string } {
    const { root, tickets } = this.#folder.paths;
    return requireTicket(Deno.realPathSync(root), tickets, name);
  }

  async #nameOf(id: TicketId): Promise<string | null> {
    const { tickets } = await this.read();
    return tickets.find((ticket) => ticket.id === id)?.name ?? null;
  }
}

const byName = (a: Deno.DirEntry, b: Deno.DirEntry) => a.name < b.name ? -1 : 1;
