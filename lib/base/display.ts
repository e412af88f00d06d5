/**
 * Foreign text on a terminal: control and direction characters made visible, width in cells, tables.
 * A page needs none of this but `visible`: the browser measures by itself.
 */

/** Terminal sequences: CSI, OSC up to its end, other two-character escapes. */
const TERMINAL_SEQUENCES = new RegExp(
  [
    "\\u001b\\[[0-?]*[ -/]*[@-~]",
    "\\u009b[0-?]*[ -/]*[@-~]",
    "\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?",
    "\\u001b[PX^_][^\\u001b]*(?:\\u001b\\\\)?",
    "\\u001b[ -/]*[0-~]",
  ].join("|"),
  "g",
);

/** Controls, direction overrides, line separators, tag characters, lone surrogates. */
const HIDDEN =
  /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu;

const KEPT: ReadonlySet<string> = new Set(["\n", "\t"]);

/**
 * `text` as a person may safely see it: terminal sequences are dropped, other hidden characters
 * written as `\u{202e}`. Line ends become `\n`; they and tabs stay.
 */
export function visible(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(TERMINAL_SEQUENCES, "")
    .replace(
      HIDDEN,
      (character) =>
        KEPT.has(character)
          ? character
          : `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`,
    );
}

/** As `visible`, on one line: line ends and tabs become single spaces. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\n\t ]+/g, " ").trim();
}

let segmenter: Intl.Segmenter | undefined;

/** Made when first needed: its tables take longer to load than most commands to run. */
const graphemes = (text: string): Intl.Segments =>
  (segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" })).segment(text);

/** Ranges of East Asian Wide and Fullwidth code points, coarse on purpose. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;

function graphemeWidth(grapheme: string): 0 | 1 | 2 {
  if (ZERO_WIDTH.test(grapheme)) return 0;
  if (EMOJI.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0) ?? 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

const PLAIN = /^[\x20-\x7e]*$/;

/** Cells that `text` takes on a terminal. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

/** `text` in at most `cells` cells, with `…` where something is missing. */
export function fitWidth(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text;
  if (cells < 1) return "";
  let kept = "";
  let width = 0;
  for (const { segment } of graphemes(text)) {
    width += graphemeWidth(segment);
    if (width > cells - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Cells at most; longer text ends in `…`. */
  readonly cellsMax?: number;
}

/** Cells between two columns. */
const GAP = "  ";

function pad(text: string, cells: number, align: "left" | "right"): string {
  const blank = " ".repeat(Math.max(0, cells - displayWidth(text)));
  return align === "right" ? blank + text : text + blank;
}

/**
 * Rows under their titles, columns aligned, no frame, no blanks at line ends, no final line end.
 * Every cell passes `visibleLine`. A row may be shorter than the columns.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const shown = [columns.map((column) => column.title), ...rows].map((row) =>
    columns.map((column, index) =>
      fitWidth(visibleLine(row[index] ?? ""), column.cellsMax ?? Infinity)
    )
  );
  const widths = columns.map((_, index) =>
    shown.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? "")), 0)
  );
  return shown
    .map((row) =>
      row.map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align ?? "left"))
        .join(GAP).trimEnd()
    )
    .join("\n");
}
