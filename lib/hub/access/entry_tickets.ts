/**
 * One-use tickets for websockets: a browser cannot send the token when it opens one, and a token in
 * an address would end up in logs. Whoever has the token buys a ticket and uses it at once.
 */

import type { Clock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";

/** A page opens the socket right after it got the ticket. */
export const ENTRY_TICKET_MS = 30_000;
/** More than all pages of a person open at once. */
const OPEN_MAX = 1_000;

interface Entry<W> {
  readonly path: string;
  readonly who: W;
  readonly untilMs: number;
}

/** @typeParam W who bought a ticket: given back when it is used. */
export class EntryTickets<W> {
  readonly #clock: Pick<Clock, "elapsed">;
  readonly #open = new Map<string, Entry<W>>();

  constructor(clock: Pick<Clock, "elapsed">) {
    this.#clock = clock;
  }

  /** @param path of the socket, without query. @throws {CarError} `unavailable` when too many are open. */
  issue(path: string, who: W): string {
    this.#forgetOld();
    if (this.#open.size >= OPEN_MAX) {
      throw new CarError("unavailable", "Too many tickets for sockets are open.", {
        hint: "Try again in half a minute.",
      });
    }
    const ticket = crypto.getRandomValues(new Uint8Array(24)).toHex();
    this.#open.set(ticket, { path, who, untilMs: this.#clock.elapsed() + ENTRY_TICKET_MS });
    return ticket;
  }

  /** Who bought it; null when it is unknown, used, too old, or for another path. It is used up by this. */
  redeem(ticket: string, path: string): W | null {
    const entry = this.#open.get(ticket);
    this.#open.delete(ticket);
    if (entry === undefined || entry.untilMs < this.#clock.elapsed()) return null;
    return entry.path === path ? entry.who : null;
  }

  #forgetOld(): void {
    const nowMs = this.#clock.elapsed();
    // In the order they were issued, so the first that is still good ends the search.
    for (const [ticket, { untilMs }] of this.#open) {
      if (untilMs >= nowMs) return;
      this.#open.delete(ticket);
    }
  }
}
