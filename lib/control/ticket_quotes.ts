/**
 * The commonest slip in a ticket: text that needs quotes and has none, as in `title: Login: fix it`.
 * YAML cannot read it, and a person sees at once what was meant.
 */

import { parseFrontmatter, splitFrontmatter } from "./frontmatter.ts";

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

/**
 * Puts quotes where they are missing.
 * @returns The text, unchanged but for those lines, and the lines; none when nothing can be mended so.
 */
export function quoteBrokenLines(text: string): { text: string; lines: readonly BrokenLine[] } {
  let mended = text;
  const lines: BrokenLine[] = [];
  // Each round mends one line, and there are only as many keys that hold text.
  for (let round = 0; round < 16; round++) {
    const problem = parseFrontmatter(mended).problems.find(({ code }) =>
      code === "yaml_syntax" || code === "yaml_alias"
    );
    if (problem === undefined) break;
    const quoted = quoteLine(mended, problem.line);
    if (quoted === null) break;
    const left = parseFrontmatter(quoted.text).problems;
    if (left.some((it) => it.line === problem.line)) break;
    mended = quoted.text;
    lines.push(quoted.line);
  }
  return { text: mended, lines };
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
  if (BLOCK_START.test(value)) return null;
  const quoted = JSON.stringify(value);
  const from = start + key.length + colon.length;
  return {
    text: text.slice(0, from) + quoted + text.slice(from + value.length),
    line: { code: /:(?:\s|$)/.test(value) ? "unquoted_colon" : "needs_quotes", key, line, quoted },
  };
}
