/** The queue for pages that are worth telling also when the tickets cannot be read. */

import { asCarError } from "../base/errors.ts";
import type { Queue } from "../engine/ticket.ts";
import { openCallTickets, readCallQueue } from "./call_tickets.ts";
import type { Call } from "./command.ts";

/** Null, and a remark why, when the tickets or the configuration cannot be read at all. */
export async function readQueueOrNull(call: Call): Promise<Queue | null> {
  try {
    return await readCallQueue(await openCallTickets(call));
  } catch (thrown) {
    call.output.remark(asCarError(thrown).message);
    return null;
  }
}
