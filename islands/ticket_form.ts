/** A ticket's frontmatter as a form: every value as it is typed, and which keys a change of it sets. */

import type { Ticket, VerifyCommand } from "../lib/engine/ticket.ts";

export interface CheckRow {
  readonly run: string;
  /** Seconds, as typed; empty takes the repo's own. */
  readonly timeout: string;
}

export interface TicketForm {
  readonly title: string;
  readonly agent: string;
  readonly goal: string;
  readonly model: string;
  readonly reasoning: string;
  /** Numbers and ids with commas or spaces between them. */
  readonly dependsOn: string;
  readonly verify: readonly CheckRow[];
  readonly turns: string;
  readonly minutes: string;
  readonly tokens: string;
  readonly done: boolean;
  readonly profile: string;
  readonly review: string;
  readonly fallback: string;
  /** One glob a line. */
  readonly touches: string;
  readonly mayChange: string;
}

/** The fields that are one line of text. */
export type TextField = {
  [Name in keyof TicketForm]: TicketForm[Name] extends string ? Name : never;
}[keyof TicketForm];

type Scalar = string | number | boolean;
type Item = Scalar | Readonly<Record<string, Scalar>>;

/** What a key is set to; null takes it away. */
export type KeyChange = Item | readonly Item[] | null;
export type KeyChanges = Readonly<Record<string, KeyChange>>;

/** What the form says of a ticket. */
export const formOf = (it: Ticket): TicketForm => ({
  title: it.title ?? "",
  agent: it.agent,
  goal: it.goal ?? "",
  model: it.model ?? "",
  reasoning: it.reasoning ?? "",
  dependsOn: it.dependsOn.join(", "),
  verify: it.verify.map(checkRow),
  turns: typed(it.limits.turns),
  minutes: typed(it.limits.minutes),
  tokens: typed(it.limits.tokens),
  done: it.done,
  profile: it.profile ?? "",
  review: it.review ?? "",
  fallback: it.fallback ?? "",
  touches: it.touches.join("\n"),
  mayChange: it.mayChange.join("\n"),
});

const typed = (number: number | null): string => number === null ? "" : String(number);

const checkRow = ({ run, timeoutSeconds }: VerifyCommand): CheckRow => ({
  run,
  timeout: typed(timeoutSeconds),
});

/** Each key of the frontmatter that the form knows, as the form has it. */
const KEYS: Readonly<Record<string, (form: TicketForm) => KeyChange>> = {
  agent: ({ agent }) => agent,
  done: ({ done }) => done,
  title: ({ title }) => textOrNone(title),
  goal: ({ goal }) => textOrNone(goal),
  depends_on: ({ dependsOn }) => listOrNone(dependsOn.split(/[\s,]+/).map(numberOrText)),
  verify: ({ verify }) => listOrNone(verify.map(checkItem)),
  limits: limitsOf,
  model: ({ model }) => textOrNone(model),
  reasoning: ({ reasoning }) => textOrNone(reasoning),
  profile: ({ profile }) => textOrNone(profile),
  touches: ({ touches }) => listOrNone(touches.split("\n").map((it) => it.trim())),
  may_change: ({ mayChange }) => listOrNone(mayChange.split("\n").map((it) => it.trim())),
  review: ({ review }) => textOrNone(review),
  fallback: ({ fallback }) => textOrNone(fallback),
};

/** Keys that have a field; complaints about others stand above the form. */
export const hasField = (key: string | null): boolean => key !== null && Object.hasOwn(KEYS, key);

/** Only the keys whose value is another one: the rest of the file stays byte for byte. */
export function changedKeys(before: TicketForm, after: TicketForm): KeyChanges {
  return Object.fromEntries(
    Object.entries(KEYS).flatMap(([key, valueOf]) => {
      const value = valueOf(after);
      return JSON.stringify(value) === JSON.stringify(valueOf(before)) ? [] : [[key, value]];
    }),
  );
}

const textOrNone = (text: string): string | null => text.trim() === "" ? null : text.trim();

function listOrNone(items: readonly Item[]): readonly Item[] | null {
  const kept = items.filter((it) => it !== "");
  return kept.length === 0 ? null : kept;
}

/** A number stays one; what is none is sent as it is, for the linter to say so. */
function numberOrText(text: string): number | string {
  const trimmed = text.trim();
  return /^\d{1,15}(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

function checkItem({ run, timeout }: CheckRow): Item {
  if (run.trim() === "" || timeout.trim() === "") return run.trim();
  return { run: run.trim(), timeout_s: numberOrText(timeout) };
}

function limitsOf({ turns, minutes, tokens }: TicketForm): KeyChange {
  const limits = Object.entries({ turns, minutes, tokens }).filter(([, it]) => it.trim() !== "");
  return limits.length === 0
    ? null
    : Object.fromEntries(limits.map(([name, it]) => [name, numberOrText(it)]));
}
