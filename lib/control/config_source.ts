/** A config file as a tree that knows where each part stands. Judging keys and values is config_decode.ts. */

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

/** Where something was written. */
export type Place =
  | { readonly type: "file"; readonly file: string; readonly line: number }
  | { readonly type: "env"; readonly name: string };

export type SourceNode =
  | { readonly type: "map"; readonly at: Place; readonly entries: readonly SourceEntry[] }
  /** A list, or anything else that is a value as a whole. `items`: those of a list, with their places. */
  | {
    readonly type: "value";
    readonly at: Place;
    readonly value: unknown;
    readonly items?: readonly SourceNode[];
  };

export interface SourceEntry {
  readonly name: string;
  /** Of the key. */
  readonly at: Place;
  readonly node: SourceNode;
}

/** One thing wrong with the configuration. */
export interface ConfigProblem {
  readonly at: Place;
  /** `limits.silence_seconds`; null when the file as a whole is meant. */
  readonly key: string | null;
  /** What was found and what is allowed, in one or two sentences. */
  readonly message: string;
}

/** Text that is read as configuration, at most. */
export const CONFIG_BYTES_MAX = 262_144;
/** A config nests four levels; deeper is no config. */
const DEPTH_MAX = 16;
/** Problems told of one file; a file of another kind would give thousands. */
export const PROBLEMS_MAX = 50;

interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly problems: ConfigProblem[];
}

export interface ParsedSource {
  /** Null when the text cannot be read at all. An empty file is an empty map. */
  readonly root: SourceNode | null;
  readonly problems: readonly ConfigProblem[];
}

/** Reads YAML of one document without aliases and without keys that stand twice. */
export function parseConfig(text: string, file: string): ParsedSource {
  const reading: Reading = { file, lines: new LineCounter(), problems: [] };
  const first: Place = { type: "file", file, line: 1 };
  try {
    // Keys that stand twice are found by the walk: the parser's own search is quadratic.
    const document = parseDocument(text, {
      version: "1.2",
      uniqueKeys: false,
      logLevel: "error",
      // An excerpt for each of many mistakes in one long line would take minutes.
      prettyErrors: false,
      lineCounter: reading.lines,
    });
    for (const problem of [...document.errors, ...document.warnings].slice(0, PROBLEMS_MAX)) {
      const line = Math.max(1, reading.lines.linePos(problem.pos[0]).line);
      const message = yamlWords(problem.message);
      reading.problems.push({ at: { ...first, line }, key: null, message });
    }
    if (reading.problems.length > 0) return { root: null, problems: reading.problems };
    const root = walk(document.contents, reading, "", 0);
    return { root, problems: reading.problems };
  } catch (thrown) {
    // The parser recurses: a file that is nested deeply enough exhausts the stack.
    if (!(thrown instanceof RangeError)) throw thrown;
    return { root: null, problems: [{ at: first, key: null, message: NESTED }] };
  }
}

const NESTED = "The file is nested too deeply.";

/** The parser's own sentence, without the excerpt it adds. */
function yamlWords(message: string): string {
  if (message.startsWith("Maximum call stack")) return NESTED;
  const words = (message.split("\n")[0] ?? "").replace(/:?( at line \d+.*)?$/, "");
  return words.startsWith("Source contains multiple documents")
    ? 'A second document begins here ("---"); one is allowed.'
    : `${words}.`;
}

function placeOf(node: unknown, reading: Reading): Place {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : null;
  const offset = Array.isArray(range) && typeof range[0] === "number" ? range[0] : 0;
  return {
    type: "file",
    file: reading.file,
    line: Math.max(1, reading.lines.linePos(offset).line),
  };
}

function refuse(reading: Reading, at: Place, key: string, message: string): SourceNode {
  reading.problems.push({ at, key: key === "" ? null : key, message });
  return { type: "value", at, value: null };
}

function walk(node: Node | null, reading: Reading, path: string, depth: number): SourceNode {
  const at = placeOf(node, reading);
  if (node === null) return { type: "value", at, value: null };
  if (depth > DEPTH_MAX) return refuse(reading, at, path, "The file is nested too deeply here.");
  if (isAlias(node)) {
    return refuse(reading, at, path, "An alias (*name) stands here; write the value out instead.");
  }
  if (isScalar(node)) return { type: "value", at, value: scalar(node.value, node.source) };
  if (isSeq(node)) {
    const items = node.items.map((item, index) =>
      walk(item as Node | null, reading, `${path}[${index}]`, depth + 1)
    );
    return { type: "value", at, value: items.map(plain), items };
  }
  if (!isMap(node)) return refuse(reading, at, path, "This is no key, value or list.");
  return { type: "map", at, entries: walkEntries(node.items, reading, path, depth) };
}

/** Numbers too large to be exact are kept as they are written: ids of a chat service are such. */
function scalar(value: unknown, source: string | undefined): unknown {
  const inexact = typeof value === "number" && Number.isInteger(value) &&
    !Number.isSafeInteger(value);
  return inexact ? source ?? String(value) : value;
}

function walkEntries(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  reading: Reading,
  path: string,
  depth: number,
): readonly SourceEntry[] {
  const seen = new Map<string, Place>();
  const entries: SourceEntry[] = [];
  for (const item of items) {
    const at = placeOf(item.key, reading);
    if (!isScalar(item.key)) {
      refuse(reading, at, path, "A key must be a word.");
      continue;
    }
    const name = String(item.key.value);
    const full = path === "" ? name : `${path}.${name}`;
    const before = seen.get(name);
    if (before?.type === "file") {
      refuse(reading, at, full, `The key stands twice; the first time in line ${before.line}.`);
      continue;
    }
    seen.set(name, at);
    entries.push({ name, at, node: walk(item.value as Node | null, reading, full, depth + 1) });
  }
  return entries;
}

/** The value of a node without its places. */
export function plain(node: SourceNode): unknown {
  if (node.type === "value") return node.value;
  return Object.fromEntries(node.entries.map((entry) => [entry.name, plain(entry.node)]));
}
