/** What a draft would change, as a unified diff. Pure. */

import { formatPatch, type StructuredPatch, structuredPatch } from "diff";

/** Lines that may differ before a closer look is too much work: then one change from first to last is told. */
const EDITS_MAX = 500;
/** Lines shown around a change. */
const CONTEXT_LINES = 3;

export interface Difference {
  /** Unified, with file headers; empty when nothing differs. */
  readonly diff: string;
  /** Lines. */
  readonly added: number;
  readonly removed: number;
}

/** @param path Of the file, for the headers. */
export function differenceOf(path: string, base: string, draft: string): Difference {
  if (base === draft) return { diff: "", added: 0, removed: 0 };
  const patch = structuredPatch(`a/${path}`, `b/${path}`, base, draft, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: EDITS_MAX,
  }) ?? wholePatch(path, base, draft);
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  const count = (mark: string) => lines.filter((line) => line.startsWith(mark)).length;
  const text = formatPatch(patch);
  // Its first line is a rule for mail, not part of the diff.
  const diff = text.slice(text.indexOf("--- "));
  return { diff, added: count("+"), removed: count("-") };
}

const NO_END = "\\ No newline at end of file";

/** All lines away, all new ones in, save for those at head and foot that are the same. */
function wholePatch(path: string, base: string, draft: string): StructuredPatch {
  const [before, after] = [linesOf(base), linesOf(draft)];
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let foot = 0;
  while (foot < most - head && before.at(-1 - foot) === after.at(-1 - foot)) foot++;
  const marked = (mark: string, lines: readonly string[]) =>
    lines.flatMap((line) =>
      line.endsWith("\n") ? [mark + line.slice(0, -1)] : [mark + line, NO_END]
    );
  const away = before.slice(head, before.length - foot);
  const coming = after.slice(head, after.length - foot);
  return {
    oldFileName: `a/${path}`,
    newFileName: `b/${path}`,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: [{
      oldStart: head + 1,
      oldLines: away.length,
      newStart: head + 1,
      newLines: coming.length,
      lines: [...marked("-", away), ...marked("+", coming)],
    }],
  };
}

/** Each with its end, as far as it has one. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
