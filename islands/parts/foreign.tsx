/** Text of agents, files and git: shown as it is, with what hides or turns text around made visible. */

import { visible, visibleLine } from "../../lib/base/display.ts";

const ESCAPED = /(\\u\{[0-9a-f]{4,6}\})/;

/** One line, isolated from the direction of the words around it. */
export function Foreign({ text, title }: { text: string; title?: string }) {
  return <bdi title={title}>{marked(visibleLine(text))}</bdi>;
}

/** Several lines, as they are. */
export function ForeignBlock({ text }: { text: string }) {
  return <bdi>{marked(visible(text))}</bdi>;
}

/** Escaped characters are marked, so that nobody takes them for text of the file. */
export function marked(text: string) {
  if (!text.includes("\\u{")) return text;
  return text.split(ESCAPED).map((piece, at) =>
    at % 2 === 1 ? <span key={at} class="hidden-character">{piece}</span> : piece
  );
}
