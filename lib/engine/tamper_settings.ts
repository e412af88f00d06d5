/** What a change did to the files that steer the checks: what became looser, what is gone. */

import { oneLine } from "../base/text.ts";
import { codeText, lineFinder, type SyntaxName } from "./code_text.ts";
import type { FileChange, TamperFinding, TamperRule } from "./tamper_finding.ts";
import type { Looser, SettingsKind, Stricter } from "./tamper_settings_rules.ts";

const SCRIPT_LIKE =
  /\.(?:[cm]?[jt]sx?|jsonc?|kts|gradle)$|(?:^|\/)(?:Jenkinsfile|\.eslintrc|\.nycrc|\.c8rc|\.mocharc)$/;
const syntaxOf = (path: string): SyntaxName => SCRIPT_LIKE.test(path) ? "script" : "settings";

/** Findings of one changed file that exists before and after. */
export function findLooserSettings(
  change: FileChange,
  kinds: readonly SettingsKind[],
): readonly TamperFinding[] {
  if (change.before === null || change.after === null) return [];
  const syntax = syntaxOf(change.path);
  const before = codeText(change.before.replaceAll("\r\n", "\n"), syntax).spoken;
  const after = codeText(change.after.replaceAll("\r\n", "\n"), syntax).spoken;
  const lineOf = lineFinder(after);
  const at = (offset: number, rule: TamperRule, found: string): TamperFinding => ({
    path: change.path,
    line: lineOf(offset),
    rule,
    found,
    severity: "hold",
  });
  const asks = new Set(kinds.flatMap((kind) => kind.asks));
  const all = [
    ...kinds.flatMap((kind) => kind.looser).flatMap((it) => moreOf(it, before, after, at)),
    ...kinds.flatMap((kind) => kind.stricter).flatMap((it) => lessOf(it, before, after, at)),
    ...(asks.has("thresholds") ? looserThresholds(before, after, at) : []),
    ...(asks.has("levels") ? lowerLevels(before, after, at) : []),
    ...(asks.has("lists") ? longerLists(before, after, at) : []),
  ];
  return [...new Map(all.map((it) => [`${it.line} ${it.rule}`, it])).values()];
}

type MakeFinding = (offset: number, rule: TamperRule, found: string) => TamperFinding;

function moreOf(
  { rule, pattern }: Looser,
  before: string,
  after: string,
  at: MakeFinding,
): readonly TamperFinding[] {
  const was = [...before.matchAll(pattern)];
  const is = [...after.matchAll(pattern)];
  const grown = is.length - was.length;
  if (grown <= 0) return [];
  const lines = new Map<string, number>();
  for (const match of was) count(lines, lineText(before, match.index), 1);
  return is.filter((match) => count(lines, lineText(after, match.index), -1) < 0)
    .slice(0, Math.min(grown, FINDINGS_A_RULE_MAX))
    .map((match) => at(match.index, rule, shown(lineText(after, match.index))));
}

/** Findings of one rule in one file: more would say the same. */
const FINDINGS_A_RULE_MAX = 20;

const shown = (line: string): string => oneLine(line, 160);

/** Adds to a counter and answers with its new value. */
function count(counts: Map<string, number>, key: string, by: number): number {
  const value = (counts.get(key) ?? 0) + by;
  counts.set(key, value);
  return value;
}

function lessOf(
  { rule, pattern, words }: Stricter,
  before: string,
  after: string,
  at: MakeFinding,
): readonly TamperFinding[] {
  const was = [...before.matchAll(pattern)];
  const is = [...after.matchAll(pattern)];
  if (is.length >= was.length) return [];
  const left = new Map<string, number>();
  for (const match of is) count(left, lineText(after, match.index), 1);
  const gone = was.find((match) => count(left, lineText(before, match.index), -1) < 0);
  const line = gone === undefined ? "" : `: ${shown(lineText(before, gone.index))}`;
  return [at(Math.min(gone?.index ?? 0, after.length), rule, words + line)];
}

/** A longer line, such as that of a minified file, is told from the match on. */
const LINE_LENGTH_MAX = 400;

/** The line around an offset. */
function lineText(text: string, offset: number): string {
  const near = Math.max(0, offset - LINE_LENGTH_MAX);
  const lineEnd = text.slice(near, offset).lastIndexOf("\n");
  const from = lineEnd >= 0 ? near + lineEnd + 1 : near === 0 ? 0 : offset;
  const line = text.slice(from, from + LINE_LENGTH_MAX);
  const end = line.indexOf("\n");
  return (end < 0 ? line : line.slice(0, end)).trim();
}

/** Numbers that measure a check, and which way is looser. */
const THRESHOLDS = [
  {
    looser: "lower",
    pattern:
      /["']?\b(branches|functions|lines|statements|fail[_-]under|cov-fail-under|min(?:imum)?(?:[_-]?(?:coverage|ratio))?|coverage[_-]?threshold|threshold|target|score)["']?\s*(?:[:=]|\s|>)\s*["']?(\d+(?:\.\d+)?)/gi,
  },
  {
    looser: "higher",
    pattern:
      /["']?\b(max[_-]?warnings|max[_-]?complexity|max[_-]?line[_-]?length|max[_-]?issues(?:[_-]\w+)?|max[_-]?same[_-]?issues|retries|reruns|cognitive-complexity-threshold)["']?\s*(?:[:=]|\s|>)\s*["']?(-?\d+(?:\.\d+)?)/gi,
  },
] as const;

function looserThresholds(
  before: string,
  after: string,
  at: MakeFinding,
): readonly TamperFinding[] {
  return THRESHOLDS.flatMap(({ looser, pattern }) => {
    const was = byKey(before, pattern);
    const is = byKey(after, pattern);
    return [...was].flatMap(([key, values]) => {
      const now = is.get(key) ?? [];
      const first = values.find((value, index) => {
        const next = now[index]?.value;
        return next === undefined || (looser === "lower" ? next < value.value : next > value.value);
      });
      if (first === undefined || (looser === "higher" && now.length < values.length)) return [];
      const next = now[values.indexOf(first)];
      const words = next === undefined
        ? `the threshold "${key}" of ${first.value} is gone`
        : `the threshold "${key}" went from ${first.value} to ${next.value}`;
      return [at(next?.offset ?? 0, "threshold_loosened", words)];
    });
  });
}

interface Measured {
  readonly value: number;
  readonly offset: number;
}

function byKey(text: string, pattern: RegExp): Map<string, Measured[]> {
  const found = new Map<string, Measured[]>();
  for (const match of text.matchAll(pattern)) {
    const key = (match[1] ?? "").toLowerCase();
    const measured = { value: Number(match[2]), offset: match.index };
    const same = found.get(key);
    if (same === undefined) found.set(key, [measured]);
    else same.push(measured);
  }
  return found;
}

const LEVELS: Readonly<Record<string, number>> = {
  off: 0,
  "0": 0,
  allow: 0,
  none: 0,
  info: 1,
  warn: 1,
  warning: 1,
  "1": 1,
  error: 2,
  deny: 2,
  "2": 2,
  forbid: 2,
};
const LEVEL =
  /(?<![@\w/-])([@\w/-]{1,120})["']?\s*[:=]\s*(?:\[|\{\s*["']?level["']?\s*[:=])?\s*["']?(off|none|allow|info|warn|warning|error|deny|forbid|0|1|2)\b(?!\.\d)/g;

function lowerLevels(before: string, after: string, at: MakeFinding): readonly TamperFinding[] {
  const was = new Map([...before.matchAll(LEVEL)].map((it) => [it[1] ?? "", it[2] ?? ""]));
  const rank = (level: string | undefined) => LEVELS[level ?? ""] ?? null;
  const seen = new Set<string>();
  const lowered = [...after.matchAll(LEVEL)].flatMap((match) => {
    const [, key = "", level = ""] = match;
    seen.add(key);
    const old = was.get(key);
    const now = rank(level) ?? 0;
    if (old === undefined ? now > 0 : now >= (rank(old) ?? 0)) return [];
    const words = old === undefined
      ? `"${key}" is ${level} now`
      : `"${key}" went from ${old} to ${level}`;
    return [at(match.index, "lint_loosened", `the lint rule ${words}`)];
  });
  const gone = [...was].filter(([key, level]) => !seen.has(key) && rank(level) === 2);
  return [
    ...lowered,
    ...gone.map(([key]) => at(0, "lint_loosened", `the lint rule "${key}" is gone`)),
  ];
}

/** Lists whose every further entry takes something out of a check. */
const LIST =
  /["']?\b(exclude(?:d|s|_lines|-rules|-dirs|-files)?|ignore(?:s|d|Patterns|_patterns)?|extend-ignore|extend-exclude|per-file-ignores|disable|disable_error_code|omit|skip|testPathIgnorePatterns|coveragePathIgnorePatterns|deselect|collect_ignore|norecursedirs)\b["']?\s*[:=][ \t]*/g;

function longerLists(before: string, after: string, at: MakeFinding): readonly TamperFinding[] {
  const was = listLengths(before);
  return [...listLengths(after)].flatMap(([key, { length, offset }]) => {
    const old = was.get(key)?.length ?? 0;
    if (length <= old) return [];
    return [at(offset, "exception_added", `"${key}" has ${length} entries, it had ${old}`)];
  });
}

function listLengths(text: string): Map<string, { length: number; offset: number }> {
  const found = new Map<string, { length: number; offset: number }>();
  for (const match of text.matchAll(LIST)) {
    const key = match[1] ?? "";
    const before = found.get(key);
    const length = (before?.length ?? 0) + entriesAt(text, match.index + match[0].length);
    found.set(key, { length, offset: match.index });
  }
  return found;
}

/** A list is counted this far, in characters: its first entries tell enough. */
const LIST_LENGTH_MAX = 20_000;

/** Entries of the bracketed, dashed or comma-separated list that starts at `from`. */
function entriesAt(text: string, from: number): number {
  const rest = text.slice(from, from + LIST_LENGTH_MAX);
  const bracketed = /^[[{(]([^\])}]*)/.exec(rest)?.[1];
  if (bracketed !== undefined) {
    return bracketed.split(/[,\n]/).filter((it) => it.trim() !== "").length;
  }
  const [first = "", ...lines] = rest.split("\n");
  // An indented continuation, or a list of dashes, follows an empty first line.
  const own = first.trim() === "" ? [] : [first];
  const end = lines.findIndex((line) => !/^\s+\S|^\s*-\s/.test(line));
  const more = (end < 0 ? lines : lines.slice(0, end)).filter((line) =>
    !/^\s*[\w.-]+\s*[:=]/.test(line)
  );
  return [...own, ...(own.length > 0 ? [] : more)].join(",").split(/[,\n]/)
    .filter((it) => it.trim() !== "" && it.trim() !== "|").length;
}
