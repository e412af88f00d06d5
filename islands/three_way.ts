/** Two changed versions of one text made into one, line by line: what does not touch comes from both. Pure. */

import { diffArrays } from "diff";

export interface Merged {
  readonly text: string;
  /** Places that both changed, differently: there mine stands. */
  readonly clashes: number;
}

/** What one side has instead of the lines from `from` up to `to` of the base. */
interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** @param base What both versions were made from. */
export function threeWay(base: string, mine: string, theirs: string): Merged {
  const lines = linesOf(base);
  const left = { mine: hunksOf(lines, mine), theirs: hunksOf(lines, theirs) };
  const out: string[] = [];
  let [at, clashes] = [0, 0];
  for (;;) {
    const region = nextRegion(left.mine, left.theirs);
    if (region === null) break;
    out.push(...lines.slice(at, region.from));
    const own = applied(lines, region, left.mine);
    const other = applied(lines, region, left.theirs);
    if (own.count > 0 && other.count > 0 && !same(own.lines, other.lines)) clashes++;
    out.push(...(own.count > 0 ? own.lines : other.lines));
    left.mine = left.mine.slice(own.count);
    left.theirs = left.theirs.slice(other.count);
    at = region.to;
  }
  return { text: [...out, ...lines.slice(at)].join(""), clashes };
}

/** Each with its line end. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const same = (a: readonly string[], b: readonly string[]): boolean => a.join("") === b.join("");

function hunksOf(base: string[], changed: string): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let at = 0;
  let open: { from: number; to: number; lines: string[] } | null = null;
  for (const { added, removed, value } of diffArrays(base, linesOf(changed))) {
    if (!added && !removed) {
      at += value.length;
      open = null;
      continue;
    }
    if (open === null) hunks.push(open = { from: at, to: at, lines: [] });
    if (added) open.lines.push(...value);
    else open.to = at += value.length;
  }
  return hunks;
}

interface Region {
  readonly from: number;
  readonly to: number;
}

const touch = (a: Region, b: Region): boolean =>
  a.from === b.from || (a.from < b.to && b.from < a.to);

/** The first hunk with all that lie over each other with it, of both sides. */
function nextRegion(mine: readonly Hunk[], theirs: readonly Hunk[]): Region | null {
  const all = [...mine, ...theirs].sort((a, b) => a.from - b.from || a.to - b.to);
  const first = all[0];
  if (first === undefined) return null;
  let region: Region = { from: first.from, to: first.to };
  for (const hunk of all) {
    if (touch(region, hunk)) region = { from: region.from, to: Math.max(region.to, hunk.to) };
  }
  return region;
}

/** The lines of the region with the hunks of one side in it, and how many those are. */
function applied(
  base: readonly string[],
  region: Region,
  hunks: readonly Hunk[],
): { readonly lines: readonly string[]; readonly count: number } {
  const inside = hunks.filter((it) => touch(region, it));
  const lines: string[] = [];
  let at = region.from;
  for (const hunk of inside) {
    lines.push(...base.slice(at, hunk.from), ...hunk.lines);
    at = hunk.to;
  }
  return { lines: [...lines, ...base.slice(at, region.to)], count: inside.length };
}
