/** `car ticket done`: the person's word that nothing is left to do on a ticket. */

import type { Call } from "../command.ts";
import { markTicket } from "../mark_ticket.ts";

export const run = (call: Call): Promise<void> => markTicket(call, "done");
