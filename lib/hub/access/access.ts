/** Everything that stands between a call and the house, for one running server. */

import type { Clock } from "../../base/clock.ts";
import type { Doors } from "./admission.ts";
import type { AuditLog } from "./audit_log.ts";
import type { EntryTickets } from "./entry_tickets.ts";
import type { Guesses } from "./guesses.ts";
import type { TokenSource } from "./token.ts";

/** Who calls, for the journal and the audit log. A name to remember, never a right. */
export interface Caller {
  /** `web`, or what a program calls itself: `cli:anna`, `agent:turn_...`. */
  readonly by: string;
  /** The address of the caller: `127.0.0.1`, or `socket`. */
  readonly from: string;
}

export interface Access {
  readonly clock: Clock;
  /** Known once the server listens, since they hold its port. */
  doors: Doors;
  readonly token: TokenSource;
  readonly guesses: Guesses;
  readonly tickets: EntryTickets<Caller>;
  readonly audit: AuditLog;
}
