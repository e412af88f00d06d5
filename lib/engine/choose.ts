/** Which ticket comes next. */

import type { QueueRead } from "./events.ts";
import type { TicketId } from "./ids.ts";
import type { Queue } from "./ticket.ts";

/**
 * The first ticket, in order, that still needs something: an open one needs work; one that is done
 * on disk but has no verdict is a claim and needs the gate first.
 *
 * @param settled Tickets whose `done` has been accepted: by a verdict, or by a person.
 */
export function choose(queue: Queue, settled: ReadonlySet<TicketId>): QueueRead["choice"] {
  for (const ticket of queue.tickets) {
    if (!ticket.done) return { type: "work", ticket };
    if (!settled.has(ticket.id)) return { type: "claim", ticket };
  }
  return { type: "drained" };
}
