/**
 * The commonest slip in a ticket: text that needs quotes and has none, as in `title: Login: fix it`.
 * YAML cannot read it, and a person sees at once what was meant.
 */

import { type Frontmatter, parseFrontmatter, splitFrontmatter } from "./frontmatter.ts";

/** A line that YAML can read once its text is in quotes. */
export interface BrokenLine {
  readonly code: "unquoted_colon" | "needs_quotes";
  readonly key: string;
  /** In the file, 1-based. */
  readonly line: number;
  /** The text with its quotes. */
  readonly quoted: string;
}

/** Keys that hold one text, so that quotes cannot change what was meant. A remark behind ` # ` stays one. */
const TEXT_LINE =
  /^(title|goal|agent|model|reasoning|profile|review|fallback)(:[ \t]+)(\S.*?)([ \t]+#[ \t].*)?[ \t]*(\r?\n|$)/;

/** A text over several lines begins so: quotes around its first line would not help. */
const BLOCK_START = /^[|>][-+0-9]*$/;

/** Each round mends one line: more than there are keys that hold text. */
const LINES_MAX = 16;

/** A quote that is opened and not closed: where it should end is a guess. */
const HALF_QUOTED = /^(?:"[^"]*|'[^']*)$/;

/** A text with its quotes, how it reads now, and the lines that got them. */
export interface Quoted {
  readonly text: string;
  readonly frontmatter: Frontmatter;
  readonly lines: readonly BrokenLine[];
}

/**
 * Puts quotes where they are missing; every other byte stays.
 * @param frontmatter What the text reads as.
 */
export function quoteBrokenLines(text: string, frontmatter = parseFrontmatter(text)): Quoted {
  let mended: Quoted = { text, frontmatter, lines: [] };
  for (let round = 0; round < LINES_MAX; round++) {
    const problem = mended.frontmatter.problems.find(({ code }) =>
      code === "yaml_syntax" || code === "yaml_alias"
    );
    const quoted = problem === undefined ? null : quoteLine(mended.text, problem.line);
    if (problem === undefined || quoted === null) break;
    const next = parseFrontmatter(quoted.text);
    if (next.problems.some((it) => it.line === problem.line)) break;
    mended = { text: quoted.text, frontmatter: next, lines: [...mended.lines, quoted.line] };
  }
  return mended;
}

function quoteLine(text: string, line: number): { text: string; line: BrokenLine } | null {
  const split = splitFrontmatter(text);
  if (split.type !== "found") return null;
  let start = split.start;
  // The first line behind the opening fence is line 2.
  for (let at = 2; at < line && start > 0; at++) start = text.indexOf("\n", start) + 1;
  if (start === 0 || start >= split.end) return null;
  const found = TEXT_LINE.exec(text.slice(start, split.end).split("\n", 1)[0] ?? "");
  const [, key, colon, value] = found ?? [];
  if (key === undefined || colon === undefined || value === undefined) return null;
  if (BLOCK_START.test(value) || HALF_QUOTED.test(value)) return null;
  const quoted = JSON.stringify(value);
  const from = start + key.length + colon.length;
  return {
    text: text.slice(0, from) + quoted + text.slice(from + value.length),
    line: { code: /:(?:\s|$)/.test(value) ? "unquoted_colon" : "needs_quotes", key, line, quoted },
  };
}
