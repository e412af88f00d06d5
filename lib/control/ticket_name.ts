/** Names of ticket files: `TICKET-` + three or more digits + anything + `.md`, in any case. */

const TICKET_NAME = /^TICKET-(\d{3,})(.*)\.md$/is;
/** Nine digits are exact as a number, and a billion tickets are enough. */
const DIGITS_MAX = 9;
/** Digits CAR writes at least. */
const DIGITS_MIN = 3;

export interface TicketName {
  readonly number: number;
  /** What stands between the number and `.md`, e.g. `-fix-login`; may be empty. */
  readonly suffix: string;
}

/** A ticket's name taken apart; null for any other name. */
export function parseTicketName(name: string): TicketName | null {
  const found = TICKET_NAME.exec(name);
  const digits = found?.[1];
  if (digits === undefined || digits.length > DIGITS_MAX || /\p{Cc}/u.test(name)) return null;
  return { number: Number(digits), suffix: found?.[2] ?? "" };
}

/** The name of a ticket with that number; as many digits as the queue already uses keep a listing in order. */
export function ticketName(number: number, suffix: string, digits = DIGITS_MIN): string {
  return `TICKET-${String(number).padStart(Math.max(digits, DIGITS_MIN), "0")}${suffix}.md`;
}

/** Bytes of a suffix made from a title: leaves room under the 255 a name may have. */
const SLUG_MAX = 60;

/** `-fix-the-login` from a title; empty when it has no letter or digit of ASCII. */
export function slugSuffix(title: string): string {
  const words = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = words.replace(/[^a-z0-9]+/g, "-").slice(0, SLUG_MAX).replace(/^-+|-+$/g, "");
  return slug === "" ? "" : `-${slug}`;
}

/** What an entry of the ticket folder is by its name alone. */
export type NameKind = "ticket" | "tolerated" | "bad";

/** `bad`: it looks like a ticket and is none. AGENTS.md, hidden files and other kinds are tolerated. */
export function nameKind(name: string): NameKind {
  if (parseTicketName(name) !== null) return "ticket";
  if (name.startsWith(".") || name.toLowerCase() === "agents.md") return "tolerated";
  return /\.md$/i.test(name) || /^ticket-/i.test(name) ? "bad" : "tolerated";
}
