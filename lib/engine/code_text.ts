/**
 * Source text with comments and the insides of strings blanked out, so that patterns see code alone.
 * A light scanner, no parser: what it misreads, it misreads before and after a change alike.
 */

export interface CodeText {
  /** Comments and insides of strings are spaces; every line and column stays where it was. */
  readonly code: string;
  /** Comments alone are spaces. */
  readonly spoken: string;
}

interface Syntax {
  /** Start of a comment that ends with the line. */
  readonly line: "//" | "#";
  /** The sign starts a comment only at the start of a word: `http://x#y` has none. */
  readonly spaced: boolean;
  /** Slash-star comments. */
  readonly block: boolean;
  /** Quotes that end with the line at the latest. */
  readonly quotes: string;
  /** Quotes that may span lines. */
  readonly long: readonly string[];
  /** Those of them in which a backslash escapes nothing. */
  readonly raw: readonly string[];
  /** A lone single quote is a lifetime or a character, never a string. */
  readonly lifetimes: boolean;
  /** Slashes may hold a regular expression. */
  readonly regexps: boolean;
}

const C_LIKE = { line: "//", spaced: false, block: true, quotes: "\"'", raw: [] } as const;
const HASHED = { line: "#", block: false, quotes: "\"'", raw: [] } as const;
const PLAIN = { lifetimes: false, regexps: false } as const;

export const SYNTAXES = {
  script: { ...C_LIKE, ...PLAIN, long: ["`"], regexps: true },
  python: { ...HASHED, ...PLAIN, spaced: false, long: ['"""', "'''"] },
  go: { ...C_LIKE, ...PLAIN, long: ["`"], raw: ["`"] },
  rust: { ...C_LIKE, ...PLAIN, quotes: "", long: ['"'], lifetimes: true },
  jvm: { ...C_LIKE, ...PLAIN, long: ['"""'] },
  settings: { ...HASHED, ...PLAIN, spaced: true, long: [] },
} as const satisfies Record<string, Syntax>;

export type SyntaxName = keyof typeof SYNTAXES;

interface Span {
  readonly comment: boolean;
  readonly from: number;
  readonly to: number;
}

/** Blanks `text` written in the given syntax. */
export function codeText(text: string, name: SyntaxName): CodeText {
  const spans = findSpans(text, SYNTAXES[name]);
  return {
    code: blanked(text, spans),
    spoken: blanked(text, spans.filter((span) => span.comment)),
  };
}

function blanked(text: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of spans) {
    parts.push(text.slice(at, from), text.slice(from, to).replace(/[^\n]/g, " "));
    at = to;
  }
  return parts.join("") + text.slice(at);
}

function findSpans(text: string, syntax: Syntax): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (at < text.length) {
    const span = spanAt(text, at, syntax);
    if (span === null) {
      at++;
    } else {
      spans.push(span);
      // A string's span leaves its quotes in the code, so the closing one must be stepped over.
      at = Math.max(at + 1, span.to + (span.comment ? 0 : quoteLengthAt(text, at, syntax)));
    }
  }
  return spans;
}

const CHARACTER = /'(?:\\[^\n]{1,10}?|[^'\\\n])'/y;

function spanAt(text: string, at: number, syntax: Syntax): Span | null {
  if (text.startsWith(syntax.line, at) && startsComment(text, at, syntax)) {
    return { comment: true, from: at, to: indexOrEnd(text, "\n", at) };
  }
  if (syntax.block && text.startsWith("/*", at)) {
    return {
      comment: true,
      from: at,
      to: Math.min(text.length, indexOrEnd(text, "*/", at + 2) + 2),
    };
  }
  const long = syntax.long.find((quote) => text.startsWith(quote, at));
  if (long !== undefined) {
    return syntax.raw.includes(long) ? rawSpan(text, at, long) : stringSpan(text, at, long);
  }
  const sign = text.charAt(at);
  if (syntax.quotes.includes(sign)) return stringSpan(text, at, sign, "\n");
  if (syntax.lifetimes && sign === "'") return characterSpan(text, at);
  if (syntax.regexps && sign === "/" && startsRegexp(text, at)) {
    return stringSpan(text, at, "/", "\n");
  }
  return null;
}

const startsComment = (text: string, at: number, syntax: Syntax): boolean =>
  !syntax.spaced || at === 0 || /[\s;,()[\]{}:]/.test(text.charAt(at - 1));

function quoteLengthAt(text: string, at: number, syntax: Syntax): number {
  return syntax.long.find((quote) => text.startsWith(quote, at))?.length ?? 1;
}

/** The inside of the string that opens at `at`; it ends before `limit` at the latest. */
function stringSpan(text: string, at: number, quote: string, limit?: string): Span {
  const from = at + quote.length;
  for (let to = from; to < text.length; to++) {
    if (text.startsWith(quote, to) || text.charAt(to) === limit) {
      return { comment: false, from, to };
    }
    if (text.charAt(to) === "\\") to++;
  }
  return { comment: false, from, to: text.length };
}

function rawSpan(text: string, at: number, quote: string): Span {
  const from = at + quote.length;
  return { comment: false, from, to: indexOrEnd(text, quote, from) };
}

function characterSpan(text: string, at: number): Span | null {
  CHARACTER.lastIndex = at;
  const length = CHARACTER.exec(text)?.[0].length ?? 0;
  return length === 0 ? null : { comment: false, from: at + 1, to: at + length - 1 };
}

/** A slash after an operator or an opening bracket begins a regular expression, else it divides. */
function startsRegexp(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  return before === "" || /[(,=:[!&|?{};+>]$|\breturn$/.test(before);
}

function indexOrEnd(text: string, needle: string, from: number): number {
  const index = text.indexOf(needle, from);
  return index < 0 ? text.length : index;
}

/** Makes a finder of the 1-based line of an offset; each find is quick however long the text is. */
export function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
