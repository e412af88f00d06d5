/** The names of things. Branded, so that a ticket id is no run id; made from numbers and chance given as arguments. */

type Id<Kind extends string> = string & { readonly __kind: Kind };

/** One working-through of a queue: `run-0007`. Counted per repo, so that people can say it. */
export type RunId = Id<"run">;
/** One prompt to one agent: `turn_` and 16 hex digits. Unique everywhere: it marks processes. */
export type TurnId = Id<"turn">;
/** A ticket's stable name: `tkt_` and 16 hex digits when CAR makes it. */
export type TicketId = Id<"ticket">;
/** An agent's own name for a conversation it can continue. */
export type ThreadId = Id<"thread">;

const RUN = /^run-(\d{4,})$/;
const TICKET = /^[A-Za-z0-9._-]{6,128}$/;

export const runId = (number: number): RunId => `run-${String(number).padStart(4, "0")}` as RunId;

/** The number in a run id, or undefined when the text is none. `7`, `0007` and `run-0007` are one. */
export function parseRunId(text: string): RunId | undefined {
  const digits = RUN.exec(text)?.[1] ?? (/^\d+$/.test(text) ? text : undefined);
  return digits === undefined ? undefined : runId(Number(digits));
}

export const runNumber = (id: RunId): number => Number(RUN.exec(id)?.[1] ?? 0);

/** @param hex 16 hex digits of chance. */
export const turnId = (hex: string): TurnId => `turn_${hex}` as TurnId;
/** @param hex 16 hex digits of chance. */
export const newTicketId = (hex: string): TicketId => `tkt_${hex}` as TicketId;
export const threadId = (text: string): ThreadId => text as ThreadId;

/** A ticket id has 6 to 128 letters, digits, dots, dashes and underscores. */
export const isTicketId = (text: string): text is TicketId => TICKET.test(text);
