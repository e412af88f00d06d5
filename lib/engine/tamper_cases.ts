/** What a change did to test cases: lost ones, lost assertions, new skips. Moves and renames are no loss. */

import { oneLine } from "../base/text.ts";
import { codeText, lineFinder } from "./code_text.ts";
import type { FileChange, TamperFinding } from "./tamper_finding.ts";
import type { TestEcosystem } from "./tamper_rules.ts";

interface TestCase {
  readonly path: string;
  readonly name: string;
  readonly line: number;
  readonly from: number;
  readonly to: number;
  /** Without white space, quotes and trailing commas, so that formatting does not matter. */
  readonly assertions: readonly string[];
  readonly body: string;
}

interface Mark {
  readonly path: string;
  readonly line: number;
  readonly offset: number;
  readonly text: string;
  readonly words: string;
}

interface Side {
  readonly cases: readonly TestCase[];
  readonly skips: readonly Mark[];
  readonly only: readonly Mark[];
  readonly vacuous: readonly Mark[];
}

/** Findings of all changed files of one ecosystem together, since a test may move between them. */
export function findLostTests(
  changes: readonly FileChange[],
  ecosystem: TestEcosystem,
): readonly TamperFinding[] {
  const before = sideOf(changes, ecosystem, (change) => change.before);
  const after = sideOf(changes, ecosystem, (change) => change.after);
  const { kept, lost, added } = pairCases(before.cases, after.cases);
  const fresh = new Set(added);
  const casesOf = Map.groupBy(after.cases, (it) => it.path);
  const ofNewCase = (mark: Mark) => {
    const owner = ownerOf(mark, casesOf.get(mark.path) ?? [], ecosystem.skipsAbove);
    return owner !== null && fresh.has(owner);
  };
  return [
    ...lostCases(lost, changes),
    ...lostAssertions(kept, added, before, after),
    ...newMarks("skip_added", before.skips, after.skips.filter((mark) => !ofNewCase(mark))),
    ...newMarks("only_added", before.only, after.only),
    ...newMarks(
      "assertion_emptied",
      before.vacuous,
      after.vacuous.filter((mark) => !ofNewCase(mark)),
    ),
  ];
}

function sideOf(
  changes: readonly FileChange[],
  ecosystem: TestEcosystem,
  textOf: (change: FileChange) => string | null,
): Side {
  const sides = changes.flatMap((change) => {
    const text = textOf(change);
    return text === null ? [] : [readSide(change.path, text.replaceAll("\r\n", "\n"), ecosystem)];
  });
  return {
    cases: sides.flatMap((side) => side.cases),
    skips: sides.flatMap((side) => side.skips),
    only: sides.flatMap((side) => side.only),
    vacuous: sides.flatMap((side) => side.vacuous),
  };
}

function readSide(path: string, text: string, ecosystem: TestEcosystem): Side {
  const { code, spoken } = codeText(text, ecosystem.syntax);
  const lineOf = lineFinder(code);
  const marks = (pattern: RegExp, words: string): Mark[] =>
    [...code.matchAll(pattern)].map((match) => ({
      path,
      line: lineOf(match.index),
      offset: match.index,
      text: squeezed(spoken.slice(match.index, match.index + match[0].length)),
      words,
    }));
  return {
    cases: readCases(path, code, spoken, ecosystem),
    skips: ecosystem.skips.flatMap(({ pattern, words }) => marks(pattern, words)),
    only: ecosystem.only === null ? [] : marks(ecosystem.only, "only this test runs now"),
    vacuous: ecosystem.vacuous === null
      ? []
      : marks(ecosystem.vacuous, "an assertion that cannot fail"),
  };
}

function readCases(
  path: string,
  code: string,
  spoken: string,
  { testCase, assertion }: TestEcosystem,
): readonly TestCase[] {
  const lineOf = lineFinder(code);
  const heads = [...code.matchAll(testCase)];
  return heads.map((head, index) => {
    const from = head.index;
    const to = heads[index + 1]?.index ?? code.length;
    const name = head[1] ?? nameAfter(spoken, from + head[0].length);
    const assertions = [...code.slice(from, to).matchAll(assertion)].map((match) =>
      squeezed(spoken.slice(from + match.index, statementEnd(code, from + match.index, to)))
    );
    const body = squeezed(spoken.slice(from, to).replace(name, ""));
    return { path, name, line: lineOf(from), from, to, assertions, body };
  });
}

/** A name stands near its head, or there is none. */
const NAME_REACH = 400;
const NAME =
  /^\s*(?:async\s+)?function\s*\*?\s*(\w+)|^[^"'`]*?(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|`((?:\\.|[^`\\])*)`)/;

function nameAfter(spoken: string, offset: number): string {
  // A head that ends in a backtick is a table; its name follows all the same.
  const match = NAME.exec(spoken.slice(offset, offset + NAME_REACH));
  return match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4] ?? "";
}

const squeezed = (text: string): string => text.replace(/[\s"'`;]+|,(?=\s*[)\]}])/g, "");

/** Longest assertion that is compared whole. */
const STATEMENT_REACH = 2000;

/** End of the statement at `from`: its brackets closed, and no call chained on. */
function statementEnd(code: string, from: number, limit: number): number {
  const end = Math.min(limit, from + STATEMENT_REACH);
  let depth = 0;
  for (let at = from; at < end; at++) {
    const sign = code.charAt(at);
    if ("([{".includes(sign)) depth++;
    if (")]}".includes(sign)) depth--;
    if (depth < 0) return at;
    if (
      depth === 0 && (sign === ";" || (sign === "\n" && !/^\s*[.?]/.test(code.slice(at, at + 80))))
    ) {
      return at;
    }
  }
  return end;
}

/**
 * The case a mark belongs to: the next one when marks stand above their case, else the one around it.
 *
 * @param cases Those of the mark's file, in order.
 */
function ownerOf(mark: Mark, cases: readonly TestCase[], above: boolean): TestCase | null {
  let low = 0;
  let high = cases.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cases[middle]?.from ?? 0) <= mark.offset) low = middle + 1;
    else high = middle;
  }
  const around = cases[low - 1] ?? null;
  const next = around?.from === mark.offset ? around : cases[low] ?? null;
  const isAbove = above && next !== null && next.line - mark.line <= ANNOTATION_LINES;
  return isAbove ? next : around;
}

/** Most lines of annotations between a mark and its case. */
const ANNOTATION_LINES = 6;

interface Pairing {
  readonly kept: readonly (readonly [TestCase, TestCase])[];
  readonly lost: readonly TestCase[];
  readonly added: readonly TestCase[];
}

/** Pairs by path and name, then by name (moved), then by content (renamed). */
function pairCases(before: readonly TestCase[], after: readonly TestCase[]): Pairing {
  const kept: [TestCase, TestCase][] = [];
  let lost = before;
  let added = after;
  const keys: ((it: TestCase) => string)[] = [
    (it) => `${it.path}\n${it.name}`,
    (it) => it.name,
    (it) => it.assertions.length > 0 ? [...it.assertions].sort().join("\n") : `body ${it.body}`,
  ];
  for (const key of keys) {
    const open = new Map<string, TestCase[]>();
    for (const it of [...added].reverse()) {
      const same = open.get(key(it));
      if (same === undefined) open.set(key(it), [it]);
      else same.push(it);
    }
    lost = lost.filter((it) => {
      const partner = open.get(key(it))?.pop();
      if (partner !== undefined) kept.push([it, partner]);
      return partner === undefined;
    });
    added = [...open.values()].flat();
  }
  return { kept, lost, added };
}

function lostCases(
  lost: readonly TestCase[],
  changes: readonly FileChange[],
): readonly TamperFinding[] {
  const gone = new Set(changes.filter((it) => it.after === null).map((it) => it.path));
  const removed = lost
    .filter((it) => !gone.has(it.path))
    .map((it) => finding(it, "test_removed", `the test "${oneLine(it.name, 80)}" is gone`));
  const deleted = [...gone].flatMap((path) => {
    const count = lost.filter((it) => it.path === path).length;
    const found = `the file is deleted with ${count === 1 ? "1 test" : `${count} tests`}`;
    return count === 0 ? [] : [finding({ path, line: 1 }, "test_file_deleted", found)];
  });
  return [...deleted, ...removed];
}

/** A kept test with fewer assertions than before; those that only moved to another place do not count. */
function lostAssertions(
  kept: Pairing["kept"],
  added: readonly TestCase[],
  before: Side,
  after: Side,
): readonly TamperFinding[] {
  const arrived = surplus(
    after.cases.flatMap((it) => it.assertions),
    before.cases.flatMap((it) => it.assertions),
  );
  const shrunk = kept.filter(([was, is]) => is.assertions.length < was.assertions.length);
  // Assertions split off into a new test are there still, even when they were rewritten on the way.
  const elsewhere = surplus(added.flatMap((it) => it.assertions), []);
  return shrunk.flatMap(([was, is]) => {
    const missing = surplus(was.assertions, is.assertions);
    let count = was.assertions.length - is.assertions.length;
    for (const [text, times] of missing) {
      count -= Math.min(times, Math.max(arrived.get(text) ?? 0, elsewhere.get(text) ?? 0));
    }
    if (count <= 0) return [];
    const many = count === 1 ? "1 assertion" : `${count} assertions`;
    return [finding(is, "assertion_removed", `the test "${oneLine(is.name, 80)}" lost ${many}`)];
  });
}

/** What `more` has beyond `less`, counted. */
function surplus(more: readonly string[], less: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const it of more) counts.set(it, (counts.get(it) ?? 0) + 1);
  for (const it of less) counts.set(it, (counts.get(it) ?? 0) - 1);
  return counts;
}

/** As many of the marks after as there are more than before; those whose text is new come first. */
function newMarks(
  rule: TamperFinding["rule"],
  before: readonly Mark[],
  after: readonly Mark[],
): readonly TamperFinding[] {
  const known = surplus(before.map((mark) => `${mark.path} ${mark.text}`), []);
  const isNew = (mark: Mark): boolean => {
    const key = `${mark.path} ${mark.text}`;
    const left = known.get(key) ?? 0;
    known.set(key, left - 1);
    return left <= 0;
  };
  const added = after.filter(isNew);
  const count = Math.max(0, after.length - before.length);
  return added.slice(0, count).map((mark) => finding(mark, rule, `${mark.words}: ${mark.text}`));
}

function finding(
  at: { readonly path: string; readonly line: number },
  rule: TamperFinding["rule"],
  found: string,
): TamperFinding {
  return { path: at.path, line: at.line, rule, found, severity: "hold" };
}
