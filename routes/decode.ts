/** What is wrong with what a caller sent, in words that name the key. Pure. */

import type * as z from "zod/mini";
import { visible } from "../lib/base/display.ts";
import { closest } from "../lib/base/suggest.ts";
import { knownKeys } from "./known_keys.ts";
import type { Schema } from "./route.ts";

/** One thing that does not fit a schema. */
export interface Misfit {
  /** `body.limits.turns`, `query.after`. */
  readonly path: string;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** A value is shown no longer than this, in characters. */
const SHOWN_CHARACTERS_MAX = 60;
/** Named at once; who sends a thousand wrong keys learns of the first. */
export const MISFITS_MAX = 10;

/**
 * @param where What the value is: `body`, `query`.
 * @param value What was decoded.
 * @param schema It was decoded by.
 */
export function misfits(
  where: string,
  issues: readonly Issue[],
  value: unknown,
  schema: Schema,
): Misfit[] {
  return issues.flatMap(nearestForm).slice(0, MISFITS_MAX).map((issue) => ({
    path: pathOf(where, issue.path),
    message: issue.code === "unrecognized_keys"
      ? unknownWords(issue.keys, knownKeys(schema, issue.path))
      : `${wordsOf(issue)}${foundAt(value, issue)}.`,
  }));
}

/** Of several forms the one that was meant, where only its keys are wrong. */
function nearestForm(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.find((form) => form.every((it) => it.code === "unrecognized_keys"));
  return meant?.map((it) => ({ ...it, path: [...issue.path, ...it.path] })) ?? [issue];
}

function unknownWords(keys: readonly string[], known: readonly string[]): string {
  const named = keys.slice(0, MISFITS_MAX).map((key) => {
    const near = closest(key, known);
    return `${show(key)}${near === undefined ? "" : ` (did you mean ${show(near)}?)`}`;
  });
  const more = keys.length > named.length ? ` and ${keys.length - named.length} more` : "";
  const takes = known.length === 0 ? "nothing is taken here" : `known are ${known.join(", ")}`;
  return `has no key ${named.join(", ")}${more}; ${takes}.`;
}

/** All of them as one sentence for people. */
export const misfitSentence = (all: readonly Misfit[]): string =>
  all.map(({ path, message }) => `${path}: ${message}`).join(" ");

const pathOf = (where: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (before, key) =>
      typeof key === "number" ? `${before}[${key}]` : `${before}.${visible(String(key))}`,
    where,
  );

function wordsOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return issue.values.length === 1
        ? `must be ${show(issue.values[0])}`
        : `must be one of ${issue.values.map(show).join(", ")}`;
    case "too_big":
      return `must be ${issue.maximum}${unitOf(issue.origin)} at most`;
    case "too_small":
      return `must be ${issue.minimum}${unitOf(issue.origin)} at least`;
    case "invalid_format":
      if (issue.message !== "Invalid input") return issue.message;
      return `does not have the form that is asked for${
        "pattern" in issue && typeof issue.pattern === "string" ? ` (${issue.pattern})` : ""
      }`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_union":
      return "is none of the forms that are allowed";
    case "invalid_key":
      return "has a key that is not allowed";
    case "invalid_element":
      return "has an element that is not allowed";
    default:
      return issue.message === "" || issue.message === "Invalid input"
        ? "is not allowed"
        : issue.message.replace(/\.$/, "");
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
  undefined: "left away",
};

const unitOf = (origin: string): string =>
  origin === "string" ? " characters long" : origin === "array" ? " elements long" : "";

/** What stands in its place. The issue itself does not carry it. */
function foundAt(value: unknown, issue: Issue): string {
  const found = issue.path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
  if (found === undefined) return "; it is missing";
  return typeof found === "object" && found !== null
    ? `; it is ${Array.isArray(found) ? "a list" : "an object"}`
    : `; it is ${show(found)}`;
}

function show(value: unknown): string {
  const text = typeof value === "bigint" ? String(value) : JSON.stringify(value) ?? String(value);
  const clipped = text.length <= SHOWN_CHARACTERS_MAX
    ? text
    : `${text.slice(0, SHOWN_CHARACTERS_MAX).toWellFormed()}…`;
  return visible(clipped);
}
