/**
 * Which tickets' `done` is settled: by a verdict, or by a person. All others that say done are claims
 * the gate has not seen. Folded from the journal, so that it survives a crash.
 */

import type { Journal, JournalEvent } from "../control/journal.ts";
import type { RunEvent } from "../engine/events.ts";
import type { RunId, TicketId } from "../engine/ids.ts";
import type { Queue } from "../engine/ticket.ts";

const TYPES = ["queue_read", "settled", "ticket_marked"] as const;

export class Settlements {
  readonly #journal: Journal;
  readonly #run: RunId;
  readonly #settled = new Set<TicketId>();
  #seq = 0;
  #hasBaseline = false;

  constructor(journal: Journal, run: RunId) {
    this.#journal = journal;
    this.#run = run;
    this.catchUp();
  }

  /** Takes in what the journal has got since, a person's `car ticket done` among it. */
  catchUp(): void {
    const events = this.#journal.events({ run: this.#run, types: TYPES, after: this.#seq });
    for (const event of events) {
      this.#seq = event.seq;
      if (event.kind !== "refused") this.#fold(event);
    }
  }

  /** What this run's first reading has to say was done before: null once it has said so. */
  baseline(queue: Queue): readonly TicketId[] | null {
    if (this.#hasBaseline) return null;
    return queue.tickets.filter((ticket) => ticket.done).map((ticket) => ticket.id);
  }

  /** The settled tickets, with `baseline` added. */
  with(baseline: readonly TicketId[] | null): ReadonlySet<TicketId> {
    return baseline === null ? this.#settled : new Set([...this.#settled, ...baseline]);
  }

  #fold(event: JournalEvent): void {
    if (event.type === "ticket_marked") {
      const marked = event.body as { ticketId: TicketId; done: boolean };
      if (marked.done) this.#settled.add(marked.ticketId);
      else this.#settled.delete(marked.ticketId);
      return;
    }
    const happened = event.body as RunEvent;
    if (happened.type === "settled" && happened.good) this.#settled.add(happened.ticketId);
    if (happened.type !== "queue_read") return;
    if (happened.baseline !== null) {
      this.#hasBaseline = true;
      for (const id of happened.baseline) this.#settled.add(id);
    }
    // An open ticket has lost its verdict: whoever reopened it wants it worked again.
    if (happened.choice.type === "work") this.#settled.delete(happened.choice.ticket.id);
  }
}
