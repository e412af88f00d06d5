/**
 * The YAML block at the head of a markdown file: where it lies, and what it says, with the line of
 * every value. The fences are found by a line scan; only what lies between goes to the YAML parser,
 * and its size is bounded first, since the parser's time is not.
 */

import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLParseError,
  type YAMLWarning,
} from "yaml";
import { byteLength } from "../base/text.ts";
import { readPlainYaml } from "./plain_yaml.ts";
import type { YamlEntry, YamlNode } from "./yaml_node.ts";

/** The longest frontmatter. */
export const FRONTMATTER_BYTES_MAX = 32 * 1024;

/** Aliases, doubled keys and the like that are told of one file. */
const NODE_PROBLEMS_MAX = 10;

/** Lists and maps inside each other: far more than any ticket has. */
const DEPTH_MAX = 20;

/** Where the frontmatter lies in a text; offsets are in UTF-16 units, as `slice` takes them. */
export interface Fences {
  readonly type: "found";
  /** The first character after the opening line. */
  readonly start: number;
  /** The first character of the closing line. */
  readonly end: number;
  /** The first character after the closing line. */
  readonly body: number;
  /** How the opening line ends: the file's own style. */
  readonly newline: "\n" | "\r\n";
}

/** `none`: the first line is no fence. `open`: no line closes it. */
export type Split = Fences | { readonly type: "none" } | { readonly type: "open" };

const isBlank = (text: string): boolean => /^[ \t]*$/.test(text);

/** Whether a line, without its end, is the fence `mark` with nothing but blanks behind. */
const isFence = (line: string, marks: readonly string[]): boolean =>
  marks.includes(line.slice(0, 3)) && isBlank(line.slice(3));

/** Finds the fences. The text may begin with a byte order mark and have lines that end in CRLF. */
export function splitFrontmatter(text: string): Split {
  const first = text.startsWith("\uFEFF") ? 1 : 0;
  let newline: "\n" | "\r\n" = "\n";
  let start = -1;
  for (let at = first; at < text.length;) {
    const found = text.indexOf("\n", at);
    const next = found < 0 ? text.length : found + 1;
    const crlf = found > at && text[found - 1] === "\r";
    const line = text.slice(at, found < 0 ? next : crlf ? found - 1 : found);
    if (start >= 0) {
      if (isFence(line, ["---", "..."])) {
        return { type: "found", start, end: at, body: next, newline };
      }
    } else {
      if (!isFence(line, ["---"])) return { type: "none" };
      start = next;
      newline = crlf ? "\r\n" : "\n";
    }
    at = next;
  }
  return { type: start < 0 ? "none" : "open" };
}

/** Why frontmatter cannot be read. */
export type FrontmatterFault =
  | "frontmatter_missing"
  | "frontmatter_open"
  | "frontmatter_too_long"
  | "frontmatter_control"
  | "frontmatter_not_keys"
  | "frontmatter_too_deep"
  | "yaml_alias"
  | "yaml_duplicate_key"
  | "yaml_syntax";

export interface FrontmatterProblem {
  readonly code: FrontmatterFault;
  /** In the file, 1-based. */
  readonly line: number;
  readonly key: string | null;
  /** What was found there, for the message; "" when the code says all. */
  readonly found: string;
}

export interface Frontmatter {
  readonly entries: readonly YamlEntry[];
  readonly problems: readonly FrontmatterProblem[];
  /** Null when none was found. */
  readonly fences: Fences | null;
}

/** The document as the parser sees it; frontmatter_edit.ts needs its ranges. */
export function parseYaml(yaml: string, lines: LineCounter): Document.Parsed {
  return parseDocument(yaml, {
    lineCounter: lines,
    logLevel: "error",
    version: "1.2",
    // Its own check takes quadratic time; ours, below, says more.
    uniqueKeys: false,
    prettyErrors: false,
  });
}

/** Controls that YAML forbids. They would reach terminals and prompts. */
const CONTROL = /(?![\t\n\r\u0085])\p{Cc}/u;

const refused = (
  code: FrontmatterFault,
  line: number,
  fences: Fences | null,
  found = "",
): Frontmatter => ({ entries: [], problems: [{ code, line, key: null, found }], fences });

/** Reads the frontmatter of a markdown text. Never throws: what is wrong is in `problems`. */
export function parseFrontmatter(text: string): Frontmatter {
  const split = splitFrontmatter(text);
  if (split.type !== "found") {
    return refused(`frontmatter_${split.type === "open" ? "open" : "missing"}`, 1, null);
  }
  const yaml = text.slice(split.start, split.end);
  if (yaml.length * 3 > FRONTMATTER_BYTES_MAX) {
    const bytes = byteLength(yaml);
    if (bytes > FRONTMATTER_BYTES_MAX) {
      return refused("frontmatter_too_long", 1, split, String(bytes));
    }
  }
  const control = CONTROL.exec(yaml);
  if (control !== null) {
    const code = `U+${
      (yaml.charCodeAt(control.index)).toString(16).toUpperCase().padStart(4, "0")
    }`;
    const line = 1 + yaml.slice(0, control.index).split("\n").length;
    return refused("frontmatter_control", line, split, code);
  }
  const entries = readPlainYaml(yaml);
  return entries === null ? readYaml(yaml, split) : { entries, problems: [], fences: split };
}

/** What the YAML parser makes of the text between the fences: the truth that plain_yaml.ts equals. */
export function readYaml(yaml: string, fences: Fences): Frontmatter {
  const lines = new LineCounter();
  const lineAt = (offset: number) => 1 + Math.max(1, lines.linePos(offset).line);
  let document: Document.Parsed;
  try {
    document = parseYaml(yaml, lines);
  } catch {
    // The parser calls itself for each level and can run out of stack.
    return refused("frontmatter_too_deep", 2, fences);
  }
  const syntax = syntaxProblems(
    [...document.errors, ...document.warnings],
    (error) => lineAt(error.code === "MISSING_CHAR" ? openedAt(document, error) : error.pos[0]),
  );
  if (syntax.length > 0) return { entries: [], problems: syntax, fences };
  const reader = new NodeReader(lineAt);
  const contents = document.contents;
  if (contents === null || (isScalar(contents) && contents.source === "")) {
    return { entries: [], problems: [], fences };
  }
  const top = reader.read(contents, 0);
  const problems = reader.problems;
  if (top.kind === "map") return { entries: top.entries, problems, fences };
  return problems.length > 0
    ? { entries: [], problems, fences }
    : refused("frontmatter_not_keys", top.line, fences, top.kind === "list" ? "a list" : "text");
}

/** A quote or bracket that is not closed is noticed where the text ends; the slip is where it began. */
function openedAt(document: Document.Parsed, error: YAMLParseError | YAMLWarning): number {
  const [at] = error.pos;
  const items = isMap(document.contents) ? document.contents.items : [];
  for (const { value } of items) {
    if (!isScalar(value) && !isCollection(value)) continue;
    const [start, , end] = value.range ?? [at, at, at];
    if (start <= at && at <= end) return start;
  }
  return at;
}

/** Complaints of one file that are told: those behind them mostly follow from the first. */
const SYNTAX_PROBLEMS_MAX = 5;

/** One complaint a line, the first ones; that of too many levels alone. */
function syntaxProblems(
  errors: readonly (YAMLParseError | YAMLWarning)[],
  lineOf: (error: YAMLParseError | YAMLWarning) => number,
): readonly FrontmatterProblem[] {
  const byLine = new Map<number, FrontmatterProblem>();
  for (const error of errors) {
    const { code, message } = error;
    const line = lineOf(error);
    if (code === "RESOURCE_EXHAUSTION") {
      return [{ code: "frontmatter_too_deep", line, key: null, found: "" }];
    }
    if (!byLine.has(line)) {
      byLine.set(line, { code: "yaml_syntax", line, key: null, found: message });
    }
  }
  return [...byLine.values()].slice(0, SYNTAX_PROBLEMS_MAX);
}

/** Makes our nodes of the parser's, and notes what we do not accept. */
class NodeReader {
  readonly problems: FrontmatterProblem[] = [];
  readonly #lineAt: (offset: number) => number;

  constructor(lineAt: (offset: number) => number) {
    this.#lineAt = lineAt;
  }

  read(node: unknown, depth: number, above = 2): YamlNode {
    const line = this.#lineOf(node, above);
    if (isAlias(node)) return this.#refuse("yaml_alias", line, `*${node.source}`);
    if (isScalar(node)) {
      if (node.anchor !== undefined) return this.#refuse("yaml_alias", line, `&${node.anchor}`);
      return scalar(node.value, node.source, line);
    }
    if (isCollection(node) && depth > DEPTH_MAX) return this.#refuse("frontmatter_too_deep", line);
    if (isSeq(node)) {
      if (node.anchor !== undefined) return this.#refuse("yaml_alias", line, `&${node.anchor}`);
      return { kind: "list", line, items: node.items.map((it) => this.read(it, depth + 1, line)) };
    }
    if (isMap(node)) {
      if (node.anchor !== undefined) return this.#refuse("yaml_alias", line, `&${node.anchor}`);
      return { kind: "map", line, entries: this.#entries(node.items, depth, line) };
    }
    return scalar(null, "", line);
  }

  #entries(
    pairs: readonly { readonly key: unknown; readonly value: unknown }[],
    depth: number,
    above: number,
  ): readonly YamlEntry[] {
    const seen = new Map<string, number>();
    return pairs.map(({ key: keyNode, value }) => {
      const read = this.read(keyNode, depth + 1, above);
      const key = read.kind === "scalar" ? read.source : "?";
      const line = read.line;
      const before = seen.get(key);
      if (read.kind !== "scalar") this.#refuse("yaml_syntax", line, "a list or map as a key");
      if (before !== undefined) this.#refuse("yaml_duplicate_key", line, String(before), key);
      seen.set(key, line);
      return { key, line, value: this.read(value, depth + 1, line) };
    });
  }

  #lineOf(node: unknown, above: number): number {
    const ranged = isScalar(node) || isSeq(node) || isMap(node) || isAlias(node);
    return ranged && node.range ? this.#lineAt(node.range[0]) : above;
  }

  /** An empty value in its place. */
  #refuse(code: FrontmatterFault, line: number, found = "", key: string | null = null): YamlNode {
    if (this.problems.length < NODE_PROBLEMS_MAX) this.problems.push({ code, line, key, found });
    return scalar(null, "", line);
  }
}

function scalar(value: unknown, source: string | undefined, line: number): YamlNode {
  const known = typeof value === "string" || typeof value === "number" ||
    typeof value === "boolean" || value === null;
  return {
    kind: "scalar",
    line,
    value: known ? value : String(value),
    source: source ?? String(value),
  };
}

/** The value of a key; undefined when it is not there. */
export function entryOf(frontmatter: Frontmatter, key: string): YamlEntry | undefined {
  return frontmatter.entries.find((entry) => entry.key === key);
}
