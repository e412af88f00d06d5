/** `car ticket undone`: a ticket is worked on again. */

import type { Call } from "../command.ts";
import { markTicket } from "../mark_ticket.ts";

export const run = (call: Call): Promise<void> => markTicket(call, "open");
