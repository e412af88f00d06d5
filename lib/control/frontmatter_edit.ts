/**
 * Changing one key of frontmatter and no other byte: comments, order, spacing, line ends and the body
 * belong to the file's author. Each edit is read again and compared before it is given out.
 */

import { isCollection, isMap, isScalar, isSeq, LineCounter, type Pair, type YAMLMap } from "yaml";
import { CarError } from "../base/errors.ts";
import { type Fences, parseFrontmatter, parseYaml } from "./frontmatter.ts";
import type { YamlEntry, YamlNode } from "./yaml_node.ts";

export type Scalar = string | number | boolean | null;
/** A map of plain values: `{turns: 6}`. */
export type Fields = Readonly<Record<string, Scalar>>;
type Item = Scalar | Fields;
export type KeyValue = Item | readonly Item[];

/** Text that means itself without quotes, in any YAML there is. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./(][A-Za-z0-9_./(),-]*)*$/;
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i;

/** A value as it stands behind `key: `, in one line. */
export function yamlLiteral(value: KeyValue): string {
  if (isList(value)) return `[${value.map(itemLiteral).join(", ")}]`;
  if (isFields(value)) {
    const fields = Object.entries(value).map(([name, it]) =>
      `${yamlLiteral(name)}: ${itemLiteral(it)}`
    );
    return `{${fields.join(", ")}}`;
  }
  if (typeof value !== "string") return String(value);
  return PLAIN.test(value) && !RESERVED.test(value) ? value : quoted(value);
}

const isList = (value: KeyValue): value is readonly Item[] => Array.isArray(value);

const isFields = (value: KeyValue): value is Fields =>
  typeof value === "object" && value !== null && !isList(value);

/** A comma ends an item, so an item with one is quoted. */
const itemLiteral = (item: Item): string =>
  typeof item === "string" && /[,[\]{}]/.test(item) ? quoted(item) : yamlLiteral(item);

const quoted = (text: string): string => yamlEscaped(JSON.stringify(text));

/** JSON's escapes are YAML's, but for what JSON leaves as it is and YAML takes for a line end or forbids. */
export const yamlEscaped = (json: string): string =>
  json.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/**
 * The text with `key` set; a key that is missing is added as the last.
 * @throws {CarError} `invalid` when the frontmatter cannot be read, or is shaped so that one key
 * cannot be changed alone (all of it in one pair of braces).
 */
export function setKey(text: string, key: string, value: KeyValue): string {
  const { fences, map } = readable(text);
  const pair = findPair(map, key);
  const edited = pair === undefined
    ? added(text, fences, map, `${yamlLiteral(key)}: ${yamlLiteral(value)}`)
    : replaced(text, fences, pair, yamlLiteral(value));
  return checked(text, edited, key, value);
}

/**
 * The text without `key` and its lines; unchanged when the key is not there.
 * @throws {CarError} `invalid`, as `setKey`.
 */
export function removeKey(text: string, key: string): string {
  const { fences, map } = readable(text);
  const pair = findPair(map, key);
  if (pair === undefined) return text;
  const from = text.lastIndexOf("\n", fences.start + startOf(pair.key)) + 1;
  const last = Math.max(endOf(pair.key), valueEnd(text, fences, pair));
  const lineEnd = text.indexOf("\n", fences.start + last);
  return checked(text, text.slice(0, from) + text.slice(lineEnd + 1), key, undefined);
}

/**
 * The text with single items of the list at `key` replaced, the rest of the list as it was written. A
 * value alone is a list of one.
 * @param change The new value of an item, or undefined to leave it.
 * @throws {CarError} `invalid`, as `setKey`.
 */
export function setItems(
  text: string,
  key: string,
  change: (item: Scalar, index: number) => Scalar | undefined,
): string {
  const { fences, map } = readable(text);
  const value = findPair(map, key)?.value;
  const nodes: readonly unknown[] = isSeq(value) ? value.items : [value];
  let edited = text;
  // From the last, so that the places of those before stay right.
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index];
    if (!isScalar(node) || !isItem(node.value)) continue;
    const changed = change(node.value, index);
    if (changed === undefined) continue;
    const [start, end] = rangeOf(node);
    edited = edited.slice(0, fences.start + start) + itemLiteral(changed) +
      edited.slice(fences.start + end);
  }
  const others = (it: string) => othersOf(parseFrontmatter(it).entries, key);
  if (parseFrontmatter(edited).problems.length > 0 || !same(others(text), others(edited))) {
    throw notAlone();
  }
  return edited;
}

const isItem = (value: unknown): value is Scalar =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ||
  value === null;

interface Readable {
  readonly fences: Fences;
  /** Null when there is no key yet. */
  readonly map: YAMLMap | null;
}

function readable(text: string): Readable {
  const { problems, fences } = parseFrontmatter(text);
  const problem = problems[0];
  if (problem !== undefined || fences === null) {
    throw new CarError("invalid", `The frontmatter cannot be read (line ${problem?.line ?? 1}).`, {
      hint: 'See "car ticket lint".',
    });
  }
  const contents = parseYaml(text.slice(fences.start, fences.end), new LineCounter()).contents;
  if (isMap(contents) && contents.flow) throw notAlone();
  return { fences, map: isMap(contents) ? contents : null };
}

function notAlone(): CarError {
  return new CarError("invalid", "The frontmatter cannot be changed one key at a time.", {
    hint: "Write one `key: value` a line.",
  });
}

type AnyPair = Pair<unknown, unknown>;

const findPair = (map: YAMLMap | null, key: string): AnyPair | undefined =>
  map?.items.find((pair) => isScalar(pair.key) && (pair.key.source ?? pair.key.value) === key);

function rangeOf(node: unknown): readonly [number, number, number] {
  if ((isScalar(node) || isCollection(node)) && node.range) return node.range;
  throw notAlone();
}

const startOf = (node: unknown): number => rangeOf(node)[0];
const endOf = (node: unknown): number => rangeOf(node)[1];

/** Where the value ends, in the YAML, without the line end that belongs to a block. */
function valueEnd(text: string, fences: Fences, pair: AnyPair): number {
  const [start, end] = rangeOf(pair.value);
  const source = text.slice(fences.start + start, fences.start + end);
  return start + source.replace(/\s+$/, "").length;
}

/** Whether a value is written over several lines by indentation, or after `|` or `>`. */
function isBlockValue(value: unknown): boolean {
  if (isScalar(value)) return value.type === "BLOCK_FOLDED" || value.type === "BLOCK_LITERAL";
  return isCollection(value) && !value.flow;
}

function replaced(text: string, fences: Fences, pair: AnyPair, literal: string): string {
  const yaml = text.slice(fences.start, fences.end);
  const colon = yaml.indexOf(":", endOf(pair.key));
  const [start] = rangeOf(pair.value);
  const end = valueEnd(text, fences, pair);
  const block = isBlockValue(pair.value);
  // A value that is empty has no place of its own: it goes right behind the colon.
  const from = block || end <= start ? colon + 1 : start;
  const to = Math.max(from, end);
  const blank = from === colon + 1 ? " " : "";
  const behind = yaml.slice(to, to + 1) === "#" ? " " : "";
  return text.slice(0, fences.start + from) + blank + literal + behind +
    text.slice(fences.start + to);
}

function added(text: string, fences: Fences, map: YAMLMap | null, line: string): string {
  const first = map?.items[0];
  const keyStart = first === undefined ? fences.start : fences.start + startOf(first.key);
  const indent = text.slice(text.lastIndexOf("\n", keyStart - 1) + 1, keyStart);
  if (!/^ *$/.test(indent)) throw notAlone();
  return text.slice(0, fences.end) + indent + line + fences.newline + text.slice(fences.end);
}

/** Reads an edit again: the key says what was asked, every other key and the body what they said. */
function checked(before: string, after: string, key: string, value: KeyValue | undefined): string {
  const [old, now] = [parseFrontmatter(before), parseFrontmatter(after)];
  const found = now.entries.find((entry) => entry.key === key);
  const said = found === undefined ? undefined : plainValue(found.value);
  const right = now.problems.length === 0 &&
    same(said, value === undefined ? undefined : plainKeyValue(value)) &&
    same(othersOf(old.entries, key), othersOf(now.entries, key)) &&
    before.slice(old.fences?.body) === after.slice(now.fences?.body);
  if (!right) throw notAlone();
  return after;
}

const othersOf = (entries: readonly YamlEntry[], key: string) =>
  entries.filter((entry) => entry.key !== key).map((entry) => [entry.key, plainValue(entry.value)]);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What is to stand there, as `plainValue` reads it. */
function plainKeyValue(value: KeyValue): unknown {
  if (isList(value)) return value.map(plainKeyValue);
  return isFields(value) ? Object.entries(value) : value;
}

/** A node as plain data; a map as a list of its pairs, so that no key is special. */
function plainValue(node: YamlNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(plainValue);
    case "map":
      return node.entries.map((entry) => [entry.key, plainValue(entry.value)]);
  }
}
