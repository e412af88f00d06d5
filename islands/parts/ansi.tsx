/** What a program printed: its colours as classes, every other terminal sequence dropped. */

import { visible } from "../../lib/base/display.ts";
import { marked } from "./foreign.tsx";

const ESCAPE = String.fromCharCode(27);

/** `ESC [ numbers m` sets colours; what is kept of it is what the page has a class for. */
const COLOURS = new RegExp([ESCAPE, "\\[([\\d;]*)m"].join(""));

const NAMES: Readonly<Record<number, string>> = {
  1: "bold",
  2: "dim",
  3: "italic",
  4: "underline",
  31: "red",
  32: "green",
  33: "yellow",
  34: "blue",
  35: "magenta",
  36: "cyan",
  91: "red",
  92: "green",
  93: "yellow",
  94: "blue",
  95: "magenta",
  96: "cyan",
};
const COLOUR_NAMES: ReadonlySet<string> = new Set(
  ["red", "green", "yellow", "blue", "magenta", "cyan"],
);

export interface AnsiPiece {
  readonly text: string;
  /** In the order they were set. */
  readonly styles: readonly string[];
}

/** Pieces of one style each, in order; nothing in them is a terminal sequence any more. */
export function ansiPieces(text: string): readonly AnsiPiece[] {
  let styles: readonly string[] = [];
  return text.split(COLOURS).flatMap((piece, at) => {
    if (at % 2 === 1) {
      styles = styled(styles, piece);
      return [];
    }
    const shown = visible(piece);
    return shown === "" ? [] : [{ text: shown, styles }];
  });
}

function styled(before: readonly string[], codes: string): readonly string[] {
  let styles = before;
  for (const code of codes.split(";").map(Number)) {
    const name = NAMES[code];
    if (code === 0) styles = [];
    else if (code === 22) styles = styles.filter((it) => it !== "bold" && it !== "dim");
    else if (code === 39) styles = styles.filter((it) => !COLOUR_NAMES.has(it));
    else if (name !== undefined) {
      const kept = COLOUR_NAMES.has(name) ? styles.filter((it) => !COLOUR_NAMES.has(it)) : styles;
      styles = [...kept.filter((it) => it !== name), name];
    }
  }
  return styles;
}

export function Ansi({ text }: { text: string }) {
  return (
    <pre class="ansi">
      <bdi>
        {ansiPieces(text).map((it, at) => (
          <span key={at} class={it.styles.map((name) => `ansi-${name}`).join(" ")}>
            {marked(it.text)}
          </span>
        ))}
      </bdi>
    </pre>
  );
}
