/**
 * Changing one place of a YAML text and no other byte. Each function gives the new text; whoever asks
 * reads it again and compares, since YAML has more corners than these functions know.
 */

import { isCollection, isMap, isScalar, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { CarError } from "../base/errors.ts";
import { type KeyValue, yamlEscaped, yamlLiteral } from "./frontmatter_edit.ts";

export type AnyPair = Pair<unknown, unknown>;

/** A place that cannot be changed alone. */
export function notAlone(what: string): CarError {
  return new CarError("invalid", `${what} cannot be changed alone.`, {
    hint: 'Edit the file by hand; "car doctor" tells whether it can be read.',
  });
}

const isScalarValue = (value: unknown): value is string | number | boolean | null =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

const isKeyValue = (value: unknown): value is KeyValue =>
  isScalarValue(value) || (Array.isArray(value) && value.every(isScalarValue));

/** What YAML can hold, in one line. A map is written as JSON, which is YAML. */
export const literalOf = (value: unknown): string =>
  isKeyValue(value) ? yamlLiteral(value) : yamlEscaped(JSON.stringify(value));

export const pairOf = (map: YAMLMap, name: string): AnyPair | undefined =>
  map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === name);

export function rangeOf(node: unknown): readonly [number, number, number] {
  if ((isScalar(node) || isCollection(node)) && node.range) return node.range;
  throw notAlone("This place");
}

export const endOfKey = (pair: AnyPair): number => rangeOf(pair.key)[1];

export const newlineOf = (text: string): "\n" | "\r\n" => text.includes("\r\n") ? "\r\n" : "\n";

/** The blanks that bring a line to the column of this key. */
export function indentOf(text: string, pair: AnyPair): string {
  const start = rangeOf(pair.key)[0];
  const line = text.slice(lineStart(text, start), start);
  // The first key of a list's item stands behind its dash.
  return /^[- ]*$/.test(line) ? " ".repeat(line.length) : "";
}

export const lineStart = (text: string, offset: number): number =>
  text.lastIndexOf("\n", offset - 1) + 1;

/** The first character of the next line, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** Where a value ends, without the line end and remarks that belong to a block. */
export function endOfValue(text: string, node: unknown): number {
  const last = isCollection(node) && !node.flow ? node.items.at(-1) : undefined;
  if (last !== undefined) {
    return isMap(node) ? endOfPair(text, last as AnyPair) : endOfValue(text, last);
  }
  const [start, end] = rangeOf(node);
  return start + text.slice(start, end).trimEnd().length;
}

export const endOfPair = (text: string, pair: AnyPair): number =>
  Math.max(endOfKey(pair), pair.value === null ? 0 : endOfValue(text, pair.value));

/** `limits:` and below it `stalls: 3`, as lines. */
export function nested(
  parts: readonly string[],
  value: string,
  indent: string,
  newline: string,
): string {
  return parts.map((part, depth) => {
    const last = depth === parts.length - 1 ? ` ${value}` : "";
    return `${indent}${"  ".repeat(depth)}${part}:${last}${newline}`;
  }).join("");
}

/** The text with `lines` behind it. */
export function append(text: string, lines: string, newline: string): string {
  return text + (text === "" || text.endsWith("\n") ? "" : newline) + lines;
}

/** Puts lines behind the line in which `offset` lies. */
export function insertAfter(text: string, offset: number, lines: string): string {
  const end = text.indexOf("\n", offset);
  if (end >= 0) return text.slice(0, end + 1) + lines + text.slice(end + 1);
  return append(text, lines, newlineOf(lines));
}

/** Adds the key at the end of the map; `parts` after the first are maps below it. */
export function insertInto(
  text: string,
  map: YAMLMap,
  parts: readonly string[],
  value: string,
): string {
  if (map.flow) {
    const below = parts.slice(1).reduceRight((inner, part) => `{${part}: ${inner}}`, value);
    return insertIntoFlow(text, map, `${parts[0]}: ${below}`);
  }
  const first = map.items[0];
  const last = map.items.at(-1);
  if (first === undefined || last === undefined) throw notAlone(parts.join("."));
  const lines = nested(parts, value, indentOf(text, first), newlineOf(text));
  return insertAfter(text, endOfPair(text, last), lines);
}

/** Adds an item in braces or brackets, right behind the last one. */
export function insertIntoFlow(text: string, flow: YAMLMap | YAMLSeq, item: string): string {
  const last = flow.items.at(-1);
  const end = last === undefined
    ? rangeOf(flow)[0] + 1
    : isScalar(last) || isCollection(last)
    ? endOfValue(text, last)
    : endOfPair(text, last as AnyPair);
  return `${text.slice(0, end)}${last === undefined ? "" : ", "}${item}${text.slice(end)}`;
}

/** Writes another value behind a key. */
export function replaceValue(text: string, pair: AnyPair, value: string): string {
  const colon = text.indexOf(":", endOfKey(pair)) + 1;
  const node = pair.value;
  const empty = node === null || (isScalar(node) && node.source === "" && node.value === null);
  const [start, stop] = empty ? [colon, colon] : rangeOf(node);
  const block = isCollection(node) ? !node.flow : isScalar(node) && /^BLOCK/.test(node.type ?? "");
  const end = block ? Math.max(colon, endOfValue(text, node)) : stop;
  if (!block && stop > start) return text.slice(0, start) + value + text.slice(end);
  // Nothing stood there, or it began in the next line: the value goes right behind the colon.
  return `${text.slice(0, colon)} ${value}${text.slice(Math.max(colon, end))}`;
}
