/** Config keys that hold a list, a map, a command or a span. */

import type { VerifyCommand } from "../../engine/ticket.ts";
import { type Key, key, orNone } from "./row.ts";
import { CONTROL, isEnvName, plainText, SECONDS_MAX, SECONDS_MIN } from "./scalars.ts";

function listOf<T>(found: unknown, item: (found: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(found)) return undefined;
  const items: T[] = [];
  for (const each of found) {
    const value = item(each);
    if (value === undefined) return undefined;
    items.push(value);
  }
  return items;
}

/** One text stands for a list of one. */
export function list(value: readonly string[], meaning: string): Key<readonly string[]> {
  return key<readonly string[]>({
    kind: "list",
    default: value,
    allowed: "a list of texts, e.g. [one, two]",
    meaning,
    decode: (found) => listOf(typeof found === "string" ? [found] : found, plainText),
  });
}

/** A list whose items are among `words`. */
export function choices<const W extends string>(
  words: readonly W[],
  value: readonly W[],
  meaning: string,
): Key<readonly W[]> {
  return key<readonly W[]>({
    kind: "list",
    default: value,
    allowed: `a list of ${words.join(", ")}`,
    choices: words,
    meaning,
    decode: (found) => listOf(found, (item) => words.find((word) => word === item)),
  });
}

/** Ids of a chat service. Kept as text: those of Discord do not fit a number. */
const CHAT_ID = /^-?\d{1,20}$/;

function chatId(found: unknown): string | undefined {
  const text = typeof found === "number" && Number.isSafeInteger(found) ? String(found) : found;
  return typeof text === "string" && CHAT_ID.test(text) ? text : undefined;
}

export function id(meaning: string): Key<string | null> {
  const inner = key({ kind: "string", default: "", allowed: "a number", meaning, decode: chatId });
  return orNone(inner);
}

export function ids(meaning: string): Key<readonly string[]> {
  return key<readonly string[]>({
    kind: "ids",
    default: [],
    allowed: "a list of numbers, e.g. [12345]",
    meaning,
    decode: (found) => listOf(found, chatId),
  });
}

const isRecord = (found: unknown): found is Record<string, unknown> =>
  typeof found === "object" && found !== null && !Array.isArray(found);

/** Environment variables by name. A number or a truth value is taken as its text. */
export function env(meaning: string): Key<Readonly<Record<string, string>>> {
  return key<Readonly<Record<string, string>>>({
    kind: "map",
    default: {},
    allowed: "names of environment variables, each with a text",
    meaning,
    decode(found) {
      if (!isRecord(found)) return undefined;
      const pairs = Object.entries(found);
      const fine = pairs.every(([name, text]) =>
        isEnvName(name) && ["string", "number", "boolean"].includes(typeof text)
      );
      return fine ? Object.fromEntries(pairs.map(([name, text]) => [name, `${text}`])) : undefined;
    },
  });
}

/** One text is divided at its blanks; a list is taken as it is. */
function argv(found: unknown): readonly string[] | undefined {
  const words = typeof found === "string"
    ? found.split(/\s+/).filter((word) => word !== "")
    : listOf(found, (item) => typeof item === "string" ? item : undefined);
  return words?.[0] && !words.some((word) => CONTROL.test(word)) ? words : undefined;
}

/** A program and its arguments. */
export function command(meaning: string): Key<readonly string[] | null> {
  const inner = key<readonly string[]>({
    kind: "command",
    default: [],
    allowed: "a program, or a list of the program and its arguments",
    meaning,
    decode: argv,
  });
  return orNone(inner, "found by itself");
}

/** What a person chooses something by, on pages and command lines. */
const COMMAND_NAME = /^[A-Za-z0-9][\w.-]{0,31}$/;

/** Programs and their arguments, by names a person chooses. */
export function commands(meaning: string): Key<Readonly<Record<string, readonly string[]>>> {
  return key<Readonly<Record<string, readonly string[]>>>({
    kind: "map",
    default: {},
    allowed: "names, each with a program or a list of the program and its arguments",
    meaning,
    decode(found) {
      if (!isRecord(found)) return undefined;
      const named = Object.entries(found).flatMap(([name, words]) => {
        const read = COMMAND_NAME.test(name) ? argv(words) : undefined;
        return read === undefined ? [] : [[name, read] as const];
      });
      return named.length === Object.keys(found).length ? Object.fromEntries(named) : undefined;
    },
  });
}

function check(found: unknown): VerifyCommand | undefined {
  if (typeof found === "string") {
    return found.trim() === "" ? undefined : { run: found, timeoutSeconds: null };
  }
  if (
    !isRecord(found) || Object.keys(found).some((name) => name !== "run" && name !== "timeout_s")
  ) {
    return undefined;
  }
  const run = found["run"];
  const timeout = found["timeout_s"] ?? null;
  if (typeof run !== "string" || run.trim() === "") return undefined;
  if (timeout === null) return { run, timeoutSeconds: null };
  const fits = typeof timeout === "number" && timeout >= SECONDS_MIN && timeout <= SECONDS_MAX;
  return fits ? { run, timeoutSeconds: timeout } : undefined;
}

/** Commands behind a done claim, as in a ticket's `verify`. */
export function checks(meaning: string): Key<readonly VerifyCommand[]> {
  return key<readonly VerifyCommand[]>({
    kind: "checks",
    default: [],
    allowed: 'a list of commands, each a text or {run: "...", timeout_s: 60}',
    meaning,
    decode: (found) => listOf(typeof found === "string" ? [found] : found, check),
  });
}

/** A span of the day in local time; may pass midnight. */
export interface HourSpan {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const HOURS = /^([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)$/;

export function hours(meaning: string): Key<HourSpan | null> {
  const inner = key<HourSpan>({
    kind: "hours",
    default: { fromMinute: 0, toMinute: 0 },
    allowed: 'a span such as "22:00-07:00"',
    meaning,
    decode(found) {
      const parts = typeof found === "string" ? HOURS.exec(found.trim()) : null;
      if (parts === null) return undefined;
      const [fromHour = 0, from = 0, toHour = 0, to = 0] = parts.slice(1).map(Number);
      return { fromMinute: fromHour * 60 + from, toMinute: toHour * 60 + to };
    },
  });
  return orNone(inner);
}
