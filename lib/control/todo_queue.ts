/** A list of boxes as a queue: reading the unchecked ones of TODO.md, and checking one off. Pure. */

import { CarError } from "../base/errors.ts";
import { oneLine } from "../base/text.ts";

/** One box of the list. */
export interface TodoItem {
  /** From 0, among all boxes of the file. */
  readonly index: number;
  /** 1-based. */
  readonly line: number;
  readonly done: boolean;
  /** What stands behind the box. */
  readonly text: string;
  /** Deeper lines below it that are no boxes, without their common indentation. */
  readonly detail: string;
  /** Of the character between the brackets, in UTF-16 units. */
  readonly offset: number;
}

const BOX = /^([ \t]*(?:>[ \t]?)*(?:[-*+]|\d{1,9}[.)])[ \t]+\[)([ xX])\](?:[ \t]+(.*))?$/;
const FENCE = /^[ \t]*(`{3,}|~{3,})(.*)$/;

/** A box while the lines below it are read. */
interface Draft {
  readonly item: Omit<TodoItem, "index" | "detail">;
  /** Indentation of the box. */
  readonly depth: number;
  readonly below: string[];
}

/** All boxes in order. Those in fenced blocks are examples, not work. */
export function parseTodo(text: string): readonly TodoItem[] {
  const drafts: Draft[] = [];
  let current: Draft | null = null;
  let fence: string | null = null;
  let offset = 0;
  for (const [at, ended] of text.split("\n").entries()) {
    const line = ended.replace(/\r$/, "");
    const marks = FENCE.exec(line);
    const inside = fence !== null;
    fence = nextFence(fence, marks?.[1] ?? "", marks?.[2] ?? "");
    const draft = inside || fence !== null ? null : parseBox(line, at + 1, offset);
    if (draft !== null) drafts.push(draft);
    // A line that is not indented ends what belongs to the box.
    current = draft ?? (current !== null && belongs(line, current.depth) ? current : null);
    if (draft === null) current?.below.push(line);
    offset += ended.length + 1;
  }
  return drafts.map(({ item, below }, index) => ({ ...item, index, detail: dedent(below) }));
}

function parseBox(line: string, number: number, offset: number): Draft | null {
  const box = BOX.exec(line);
  if (box === null) return null;
  const [, before = "", mark = " ", words = ""] = box;
  return {
    item: { line: number, done: mark !== " ", text: words.trim(), offset: offset + before.length },
    depth: indentOf(before),
    below: [],
  };
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

function nextFence(open: string | null, run: string, rest: string): string | null {
  if (open === null) return run === "" || (run[0] === "`" && rest.includes("`")) ? null : run;
  return run.startsWith(open) && rest.trim() === "" ? null : open;
}

/** Whether a line is indented deeper than the box above it, or blank. */
const belongs = (line: string, depth: number): boolean =>
  line.trim() === "" || indentOf(line) > depth;

function dedent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== "").map(indentOf);
  const common = Math.min(...indents);
  return lines.map((line) => line.slice(Math.min(common, line.length))).join("\n").trim();
}

/** The boxes still to be worked, in order. A box without words is no work. */
export const openTodos = (text: string): readonly TodoItem[] =>
  parseTodo(text).filter((item) => !item.done && item.text !== "");

/**
 * The text with one box checked and no other byte changed.
 * @param item From an earlier reading: found again by its words, the nearest when they stand twice.
 * @throws {CarError} `conflict` when no unchecked box has its words any more.
 */
export function checkOff(text: string, item: Pick<TodoItem, "text" | "line">): string {
  const same = openTodos(text).filter((it) => it.text === item.text);
  const distance = (it: TodoItem) => Math.abs(it.line - item.line);
  const found = same.reduce<TodoItem | undefined>(
    (best, it) => best === undefined || distance(it) < distance(best) ? it : best,
    undefined,
  );
  if (found === undefined) {
    throw new CarError("conflict", `No open box says "${oneLine(item.text, 60)}" any more.`, {
      hint: "The list was changed meanwhile; it is read afresh before the next item.",
    });
  }
  return text.slice(0, found.offset) + "x" + text.slice(found.offset + 1);
}

/** The text with one of its boxes checked or unchecked, and no other byte changed. */
export function setBox(
  text: string,
  item: Pick<TodoItem, "offset" | "done">,
  done: boolean,
): string {
  if (item.done === done) return text;
  return text.slice(0, item.offset) + (done ? "x" : " ") + text.slice(item.offset + 1);
}
