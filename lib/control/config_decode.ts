/** From config files and environment to values: each key judged by the table, each value's origin kept. */

import { closest } from "../base/suggest.ts";
import { clipHead } from "../base/text.ts";
import { isKey, isNamed, type Key, type Named, type Spec } from "./config_keys/row.ts";
import { type ConfigProblem, type Place, plain, type SourceNode } from "./config_source.ts";

/** Where a value came from. */
export type Origin = Place | { readonly type: "built-in" };

/** Values under construction: sections by name, keys by name. */
export interface Values {
  [name: string]: unknown;
}

export interface Decoding {
  readonly values: Values;
  /** By path, e.g. `limits.silence_seconds`. What is not in it is built in. */
  readonly origins: Map<string, Place>;
  readonly problems: ConfigProblem[];
}

/** The built-in values of a table. */
export function builtIns(spec: Spec): Values {
  const values: Values = {};
  for (const [name, node] of Object.entries(spec)) {
    if (isKey(node)) values[name] = node.default;
    else if (isNamed(node)) values[name] = builtInNames(node);
    else values[name] = builtIns(node);
  }
  return values;
}

function builtInNames(named: Named<Spec>): Values {
  return Object.fromEntries(
    Object.entries(named.builtIn).map((
      [name, values],
    ) => [name, { ...builtIns(named.spec), ...values }]),
  );
}

/** Lays one source over the values so far. Wrong keys and values become problems and change nothing. */
export function layOver(decoding: Decoding, spec: Spec, source: SourceNode): void {
  laySection(decoding, spec, decoding.values, source, "");
}

function laySection(
  decoding: Decoding,
  spec: Spec,
  values: Values,
  source: SourceNode,
  path: string,
): void {
  // A section whose keys are all commented out reads as nothing.
  if (source.type === "value" && source.value === null) return;
  if (source.type === "value") {
    const what = path === "" ? "The file" : "This section";
    const message = `${what} must be keys with values; found ${shown(source.value)}.`;
    decoding.problems.push({ at: source.at, key: path || null, message });
    return;
  }
  for (const { name, at, node } of source.entries) {
    const full = path === "" ? name : `${path}.${name}`;
    const row = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (row === undefined) {
      decoding.problems.push({ at, key: full, message: unknownKey(name, path, spec) });
    } else if (isKey(row)) {
      layKey(decoding, row, values, name, node, full);
    } else if (isNamed(row)) {
      layNamed(decoding, row, sectionIn(values, name), node, full);
    } else {
      laySection(decoding, row, sectionIn(values, name), node, full);
    }
  }
}

/** The section of that name, made when missing. */
function sectionIn(values: Values, name: string): Values {
  const found = Object.hasOwn(values, name) ? values[name] : undefined;
  if (typeof found === "object" && found !== null) return found as Values;
  const made: Values = {};
  values[name] = made;
  return made;
}

function layKey(
  decoding: Decoding,
  key: Key<unknown>,
  values: Values,
  name: string,
  node: SourceNode,
  path: string,
): void {
  const found = plain(node);
  const decoded = key.decode(found);
  if (decoded.ok) {
    values[name] = decoded.value;
    decoding.origins.set(path, node.at);
    return;
  }
  decoding.problems.push({ at: node.at, key: path, message: wrongValue(key, found) });
}

const NAME = /^[a-z][a-z0-9_-]{0,39}$/;
const NAME_ALLOWED = "1 to 40 small letters, digits, - and _, beginning with a letter";

function layNamed(
  decoding: Decoding,
  named: Named<Spec>,
  values: Values,
  source: SourceNode,
  path: string,
): void {
  if (source.type === "value") {
    if (source.value === null) return;
    const message = `Names with keys below them are allowed; found ${shown(source.value)}.`;
    decoding.problems.push({ at: source.at, key: path, message });
    return;
  }
  for (const { name, at, node } of source.entries) {
    const full = `${path}.${name}`;
    const refusal = nameRefusal(named, name);
    if (refusal !== null) {
      decoding.problems.push({ at, key: full, message: refusal });
      continue;
    }
    if (!Object.hasOwn(values, name)) values[name] = builtIns(named.spec);
    decoding.origins.set(full, at);
    laySection(decoding, named.spec, sectionIn(values, name), node, full);
  }
}

/** Why a name may not be chosen; null when it may. */
export function nameRefusal(named: Named<Spec>, name: string): string | null {
  const reserved = Object.hasOwn(named.reserved, name) ? named.reserved[name] : undefined;
  if (reserved !== undefined) return `The name "${name}" is reserved: ${reserved}.`;
  return NAME.test(name) ? null : `A name is ${NAME_ALLOWED}; found ${shown(name)}.`;
}

function unknownKey(name: string, path: string, spec: Spec): string {
  const names = Object.keys(spec);
  const near = closest(name, names);
  const where = path === "" ? "There is no such section" : `${path} has no such key`;
  const meant = near === undefined ? "" : `; did you mean "${near}"?`;
  return `${where}${meant || "."} Allowed: ${names.join(", ")}.`;
}

/** What was found and what is allowed, for people. */
export function wrongValue(key: Key<unknown>, found: unknown): string {
  const word = typeof found === "string" && key.choices !== null
    ? closest(found, key.choices.map(String))
    : undefined;
  const meant = word === undefined ? "" : ` Did you mean "${word}"?`;
  return `Found ${key.secret ? "(secret)" : shown(found)}; allowed: ${key.allowed}.${meant}`;
}

const SHOWN_BYTES_MAX = 80;

export function shown(found: unknown): string {
  const text = found === null ? "nothing" : JSON.stringify(found) ?? String(found);
  const clipped = clipHead(text, SHOWN_BYTES_MAX);
  return clipped.leftOutBytes === 0 ? clipped.text : `${clipped.text}…`;
}
