/** Config keys that hold one number, word, text, path or address. */

import type { Posture } from "../../engine/ports.ts";
import { type Key, key } from "./row.ts";

interface Range {
  readonly min: number;
  readonly max?: number;
  readonly unit?: string;
}

function rangeWords(what: string, { min, max }: Range): string {
  return max === undefined ? `${what}, ${min} or more` : `${what} from ${min} to ${max}`;
}

const inRange = (value: number, { min, max }: Range): boolean =>
  value >= min && value <= (max ?? Number.MAX_SAFE_INTEGER);

export function int(value: number, range: Range, meaning: string): Key<number> {
  return key({
    kind: "int",
    default: value,
    allowed: rangeWords("a whole number", range),
    meaning,
    ...(range.unit === undefined ? {} : { unit: range.unit }),
    decode: (found) =>
      typeof found === "number" && Number.isInteger(found) && inRange(found, range)
        ? found
        : undefined,
  });
}

export function number(value: number, range: Range, meaning: string): Key<number> {
  return key({
    kind: "number",
    default: value,
    allowed: rangeWords("a number", range),
    meaning,
    decode: (found) => typeof found === "number" && inRange(found, range) ? found : undefined,
  });
}

/** The longest wait a timer takes is almost 25 days. */
export const SECONDS_MAX = 2_000_000;
export const SECONDS_MIN = 0.05;

/** A wait. Fractions are fine. */
export function seconds(value: number, meaning: string, min = SECONDS_MIN): Key<number> {
  const range = { min, max: SECONDS_MAX };
  return key({
    kind: "seconds",
    default: value,
    unit: "s",
    allowed: rangeWords("seconds", range),
    meaning,
    decode: (found) => typeof found === "number" && inRange(found, range) ? found : undefined,
  });
}

function bool(value: boolean, meaning: string): Key<boolean> {
  return key({
    kind: "bool",
    default: value,
    allowed: "true or false",
    choices: [true, false],
    meaning,
    decode: (found) => typeof found === "boolean" ? found : undefined,
  });
}

const ON = true;
const OFF = false;
export const onByDefault = (meaning: string): Key<boolean> => bool(ON, meaning);
export const offByDefault = (meaning: string): Key<boolean> => bool(OFF, meaning);

/** Control characters other than tab and line end. */
export const CONTROL = /[^\P{Cc}\t\n]/u;

/** Text without control characters, so that it can be shown, logged and passed on. */
export const plainText = (found: unknown): string | undefined =>
  typeof found === "string" && found.trim() !== "" && !CONTROL.test(found) ? found : undefined;

export function string(value: string, meaning: string): Key<string> {
  return key({ kind: "string", default: value, allowed: "text", meaning, decode: plainText });
}

/** Relative to the root of the repo or hub unless it begins with a slash. */
export function path(value: string, meaning: string): Key<string> {
  return key({ kind: "path", default: value, allowed: "a path", meaning, decode: plainText });
}

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
export const isEnvName = (found: unknown): found is string =>
  typeof found === "string" && ENV_NAME.test(found);

/** The name of an environment variable, never its value: secrets stay out of files. */
export function envName(value: string, meaning: string): Key<string> {
  return key({
    kind: "string",
    default: value,
    allowed: "the name of an environment variable",
    meaning,
    decode: (found) => isEnvName(found) ? found : undefined,
  });
}

const URL_PROTOCOLS: readonly string[] = ["http:", "https:", "ws:", "wss:"];

/** Without a slash at its end, whatever was written. */
export function url(value: string, meaning: string): Key<string> {
  return key({
    kind: "url",
    default: value,
    allowed: "an address such as https://example.org/api",
    meaning,
    decode: (found) =>
      typeof found === "string" && URL_PROTOCOLS.includes(URL.parse(found)?.protocol ?? "")
        ? found.replace(/\/+$/, "")
        : undefined,
  });
}

/** @param also Other spellings, e.g. `true` for the word that was once written so. */
export function choice<const W extends string | boolean>(
  words: readonly W[],
  value: W,
  meaning: string,
  also: Readonly<Record<string, W>> = {},
): Key<W> {
  return key<W>({
    kind: "enum",
    default: value,
    allowed: words.map(String).join(", "),
    choices: words,
    meaning,
    decode(found) {
      const spelled = String(found);
      const same = words.find((word) => word === found);
      return same ?? (Object.hasOwn(also, spelled) ? also[spelled] : undefined);
    },
  });
}

export const POSTURES = ["yolo", "safe", "read-only"] as const satisfies readonly Posture[];
export const posture = (value: Posture, meaning: string): Key<Posture> =>
  choice(POSTURES, value, meaning);
