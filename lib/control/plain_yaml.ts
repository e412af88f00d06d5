/**
 * The YAML that nearly every ticket is written in, read without the YAML parser: one key a line with
 * a scalar, a list of scalars, a list of small maps or one map below it. A library that reads all of
 * YAML takes ten times as long, which shows in a folder of a thousand tickets.
 *
 * Whatever is not certainly simple is left to the parser, whose answer this one must equal in every
 * value and line: frontmatter.ts asks here first.
 */

import type { YamlEntry, YamlNode } from "./yaml_node.ts";

/** The first line of the YAML in its file, behind the opening fence. */
const FIRST_LINE = 2;

/** Tabs, and blanks and line ends of which YAML, its parser and JavaScript each think differently. */
const ODD_CHARACTER = /[^\S \r\n]|\r(?!\n)/;

/** A key with what stands behind it in its line, a remark included. */
const KEY = /^([A-Za-z_][A-Za-z0-9_-]{0,99}):(?: +(.*))?$/;

/** What may follow a value in its line. */
const REST = /^(?: +#.*| *)$/;

/** A quoted text without line ends; the escapes are those that JSON writes most. */
const DOUBLE_QUOTED = /^"((?:[^"\\]|\\["\\/nt])*)"/;
const SINGLE_QUOTED = /^'((?:[^']|'')*)'/;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t" };

/** How a text without quotes may begin; what else a text can begin with has a meaning in YAML. */
const PLAIN_START = /^(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-[A-Za-z0-9])/;

/** A colon that would end a key. */
const COLON = /:(?: |$)/;
const FLOW_MARK = /[[\]{},]/;

type Scalar = Extract<YamlNode, { kind: "scalar" }>;

/** A line that is neither blank nor a remark. */
interface Line {
  readonly number: number;
  readonly indent: number;
  /** Without its indent and its line end. */
  readonly text: string;
}

/** The entries of the map that this YAML is; null when the parser has to be asked. */
export function readPlainYaml(yaml: string): readonly YamlEntry[] | null {
  if (ODD_CHARACTER.test(yaml)) return null;
  const lines = linesOf(yaml);
  const entries: YamlEntry[] = [];
  for (let at = 0; at < lines.length;) {
    const end = endOfEntry(lines, at);
    const entry = readEntry(lines.slice(at, end));
    if (entry === null) return null;
    entries.push(entry);
    at = end;
  }
  return entries.length === 0 || hasTwins(entries) ? null : entries;
}

function linesOf(yaml: string): readonly Line[] {
  const lines: Line[] = [];
  yaml.split("\n").forEach((whole, index) => {
    const text = whole.trimStart();
    if (text === "" || text.startsWith("#")) return;
    const indent = whole.length - text.length;
    lines.push({ number: FIRST_LINE + index, indent, text: text.trimEnd() });
  });
  return lines;
}

/** The entry's own line and those below it: indented, or items in the column of their key. */
function endOfEntry(lines: readonly Line[], start: number): number {
  let end = start + 1;
  for (let line = lines[end]; line !== undefined; line = lines[++end]) {
    if (line.indent === 0 && !line.text.startsWith("- ")) break;
  }
  return end;
}

function readEntry([first, ...below]: readonly Line[]): YamlEntry | null {
  const found = first === undefined || first.indent > 0 ? null : KEY.exec(first.text);
  const key = found?.[1];
  if (first === undefined || key === undefined) return null;
  const line = first.number;
  const value = isNothing(found?.[2])
    ? readBelow(below, line)
    : below.length > 0
    ? null
    : readInline(found?.[2] ?? "", line);
  return value === null ? null : { key, line, value };
}

const isNothing = (text: string | undefined): boolean =>
  text === undefined || text === "" || text.startsWith("#");

function readBelow(lines: readonly Line[], keyLine: number): YamlNode | null {
  const first = lines[0];
  if (first === undefined) return { kind: "scalar", line: keyLine, value: null, source: "" };
  return first.text.startsWith("- ") ? readList(lines, first) : readMap(lines, first);
}

function readMap(lines: readonly Line[], first: Line): YamlNode | null {
  const entries: YamlEntry[] = [];
  for (const line of lines) {
    const entry = line.indent === first.indent ? scalarEntry(line) : null;
    if (entry === null) return null;
    entries.push(entry);
  }
  return hasTwins(entries) ? null : { kind: "map", line: first.number, entries };
}

function readList(lines: readonly Line[], first: Line): YamlNode | null {
  const items: YamlNode[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    if (line === undefined || line.indent !== first.indent || !line.text.startsWith("- ")) {
      return null;
    }
    let end = at + 1;
    while ((lines[end]?.indent ?? 0) > first.indent) end++;
    const item = readItem(line, lines.slice(at + 1, end));
    if (item === null) return null;
    items.push(item);
    at = end;
  }
  return { kind: "list", line: first.number, items };
}

/** A scalar, or a map whose first key stands behind the dash and the others below it. */
function readItem(line: Line, below: readonly Line[]): YamlNode | null {
  const text = line.text.slice(1).trimStart();
  if (!KEY.test(text)) return below.length > 0 ? null : readScalar(text, line.number);
  const indent = line.indent + line.text.length - text.length;
  const head = { number: line.number, indent, text };
  return readMap([head, ...below], head);
}

/** An entry whose value stands behind its key. */
function scalarEntry({ number, text }: Line): YamlEntry | null {
  const found = KEY.exec(text);
  const key = found?.[1];
  if (key === undefined || isNothing(found?.[2])) return null;
  const value = readScalar(found?.[2] ?? "", number);
  return value === null ? null : { key, line: number, value };
}

const readInline = (text: string, line: number): YamlNode | null =>
  text.startsWith("[") ? readFlow(text, line) : readScalar(text, line);

function readScalar(text: string, line: number): Scalar | null {
  const quoted = readQuoted(text, line);
  if (quoted !== null) return REST.test(text.slice(quoted.length)) ? quoted.scalar : null;
  const remark = text.indexOf(" #");
  const plain = (remark < 0 ? text : text.slice(0, remark)).trimEnd();
  return readUnquoted(plain, line);
}

function readUnquoted(text: string, line: number): Scalar | null {
  if (!PLAIN_START.test(text) || COLON.test(text)) return null;
  const value = plainValue(text);
  return value === undefined ? null : { kind: "scalar", line, value, source: text };
}

/** A text in quotes at the beginning, with its length as written. */
function readQuoted(text: string, line: number): { scalar: Scalar; length: number } | null {
  const double = text.startsWith('"');
  const found = (double ? DOUBLE_QUOTED : SINGLE_QUOTED).exec(text);
  const inner = found?.[1];
  if (found === null || inner === undefined) return null;
  const value = double
    ? inner.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter)
    : inner.replaceAll("''", "'");
  return { scalar: { kind: "scalar", line, value, source: value }, length: found[0].length };
}

/** A list of scalars in brackets, in one line. */
function readFlow(text: string, line: number): YamlNode | null {
  const items: Scalar[] = [];
  let rest = text.slice(1).trimStart();
  while (!rest.startsWith("]")) {
    const item = readFlowItem(rest, line);
    if (item === null) return null;
    items.push(item.scalar);
    rest = rest.slice(item.length).trimStart();
    if (rest.startsWith(",")) rest = rest.slice(1).trimStart();
    else if (!rest.startsWith("]")) return null;
  }
  return REST.test(rest.slice(1)) ? { kind: "list", line, items } : null;
}

function readFlowItem(text: string, line: number): { scalar: Scalar; length: number } | null {
  const quoted = readQuoted(text, line);
  if (quoted !== null) return quoted;
  const length = text.search(FLOW_MARK);
  if (length < 0) return null;
  const written = text.slice(0, length);
  const scalar = written.includes(" #") ? null : readUnquoted(written.trimEnd(), line);
  return scalar === null ? null : { scalar, length };
}

/** What a text without quotes means; undefined for numbers in the rarer spellings. */
function plainValue(text: string): string | number | boolean | null | undefined {
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^(?:null|Null|NULL|~)$/.test(text)) return null;
  if (/^-?[0-9]{1,15}$/.test(text)) return parseInt(text, 10);
  // 1.10, 0x1F, 1e3, .inf: few, and each with rules of its own.
  return /^[-+.0-9][-+.0-9A-Za-z]*$/.test(text) ? undefined : text;
}

function hasTwins(entries: readonly YamlEntry[]): boolean {
  return new Set(entries.map(({ key }) => key)).size < entries.length;
}
