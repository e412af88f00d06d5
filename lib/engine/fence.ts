/** Fenced blocks of markdown: put foreign text in one it cannot close, and read around those in a text. */

/** The shortest fence markdown knows. */
const FENCE_LENGTH_MIN = 3;

/** `text` in a block of backticks longer than any run of them inside. */
export function fenced(text: string, label: string): string {
  let longest = FENCE_LENGTH_MIN - 1;
  for (const run of text.matchAll(/`+/g)) longest = Math.max(longest, run[0].length);
  const fence = "`".repeat(longest + 1);
  // An info string ends at the line's end and may hold no backtick.
  const info = label.replace(/[^\p{L}\p{N} ._:/#()-]/gu, " ").replace(/\s+/g, " ").trim();
  return `${fence}${info}\n${text}${text.endsWith("\n") ? "" : "\n"}${fence}`;
}

const OPENING = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/** The lines of `markdown` that are in no fenced block. A block left open reaches to the end. */
export function linesOutsideFences(markdown: string): readonly string[] {
  const outside: string[] = [];
  let fence: string | null = null;
  for (const line of markdown.split(/\r\n|\n|\r/)) {
    const marks = OPENING.exec(line);
    const run = marks?.[1] ?? "";
    const rest = marks?.[2] ?? "";
    if (fence !== null) {
      if (run.startsWith(fence) && rest.trim() === "") fence = null;
    } else if (run !== "" && !(run.startsWith("`") && rest.includes("`"))) {
      fence = run;
    } else {
      outside.push(line);
    }
  }
  return outside;
}
