/** Where a run's tickets come from, as all of the hub sees it: a folder of files, or the boxes of a list. */

import type { Queue, Ticket } from "../engine/ticket.ts";

export type Named = Pick<Ticket, "id" | "name">;

/** All reads are of now. A ticket that is gone is no error: agents may remove tickets. */
export interface WorkQueue {
  /** The folder or file of all, absolute. */
  readonly place: string;
  /** With everything that is wrong with it. */
  read(): Promise<Queue>;
  /** After every ticket that had none was given an id of its own. */
  readWithIds(newHex: () => string): Promise<Queue>;
  /** With a fingerprint of all that agents may write into it: compared, never read. */
  look(): Promise<{ readonly queue: Queue; readonly contentHash: string }>;
  contentHash(): Promise<string>;
  /** Writes whether it is done, where it says otherwise. */
  setDone(ticket: Named, done: boolean): Promise<void>;
  /** Writes a ticket anew where it is a file of its own; else nothing. */
  replace(ticket: Named, change: (text: string) => string): Promise<void>;
  /** All of it, null when it is gone. */
  text(ticket: Named): Promise<string | null>;
  /** What an agent is asked for in it, null when it is gone. */
  body(ticket: Named): Promise<string | null>;
  /** The file it stands in, absolute. */
  path(ticket: Named): string;
}
