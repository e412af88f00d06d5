/** The part of a ticket that judges its own work: an agent may not soften it, CAR puts it back. */

import { listCriteria } from "./progress.ts";
import type { Ticket } from "./ticket.ts";

/** Frontmatter keys an agent may not change in the ticket it works on, and where a Ticket holds them. */
export const GUARDED_KEYS = {
  verify: (ticket) => ticket.verify,
  may_change: (ticket) => ticket.mayChange,
  limits: (ticket) => ticket.limits,
  review: (ticket) => ticket.review,
} as const satisfies Record<string, (ticket: Ticket) => unknown>;

export type GuardedKey = keyof typeof GUARDED_KEYS;

export interface TicketChange {
  /** Keys whose old value must be put back. */
  readonly putBack: readonly GuardedKey[];
  /** Criteria (the words of a box) that are gone from the body; ticking a box is no loss. */
  readonly lostCriteria: readonly string[];
}

/** Compares a ticket before and after a turn on it. */
export function compareTicket(
  before: { readonly ticket: Ticket; readonly body: string },
  after: { readonly ticket: Ticket; readonly body: string },
): TicketChange {
  const keys = Object.keys(GUARDED_KEYS) as GuardedKey[];
  const putBack = keys.filter((key) =>
    canonical(GUARDED_KEYS[key](before.ticket)) !== canonical(GUARDED_KEYS[key](after.ticket))
  );
  const left = [...listCriteria(after.body)];
  const lostCriteria = listCriteria(before.body).filter((words) => {
    const index = left.indexOf(words);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return { putBack, lostCriteria };
}

/** JSON with sorted keys: the order in which somebody wrote them means nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1));
  });
}
