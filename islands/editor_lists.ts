/** Lists and quotes while one types: Enter goes on with what begins a line, Backspace takes it away. Pure. */

/** What begins a line of a list or quote, and what follows. */
interface Begun {
  readonly indent: string;
  readonly quote: string;
  /** With the spaces behind it; empty in a plain quote. */
  readonly marker: string;
  readonly box: string;
  readonly rest: string;
}

const BEGUN = /^(\s*)((?:>[ \t]?)*)((?:[-*+]|\d{1,9}[.)])[ \t]+)?(\[[ xX]\][ \t]+)?(.*)$/;

function begunOf(line: string): Begun | null {
  const [, indent = "", quote = "", marker = "", box = "", rest = ""] = BEGUN.exec(line) ?? [];
  if (quote === "" && marker === "") return null;
  return marker === "" && box !== ""
    ? { indent, quote, marker, box: "", rest: box + rest }
    : { indent, quote, marker, box, rest };
}

/**
 * What Enter does in a line of a list or quote: the beginning of the next one, or, where nothing stands
 * in this one, its end. Null where Enter is just Enter.
 * @param before The line up to the cursor. @param after What of it stands behind.
 */
export function continued(before: string, after: string): { insert: string } | "end" | null {
  const begun = begunOf(before);
  if (begun === null) return null;
  const { indent, quote, marker, box, rest } = begun;
  if (rest.trim() === "") return after.trim() === "" ? "end" : null;
  return { insert: `\n${indent}${quote}${nextMarker(marker)}${box === "" ? "" : "[ ] "}` };
}

const nextMarker = (marker: string): string =>
  marker.replace(/^\d+/, (number) => String(Number(number) + 1));

/** Characters that Backspace takes away behind a marker; null where it is just Backspace. */
export function unmarked(before: string): number | null {
  const begun = begunOf(before);
  if (begun === null || begun.rest !== "") return null;
  return begun.marker === "" ? begun.quote.length : begun.marker.length + begun.box.length;
}
