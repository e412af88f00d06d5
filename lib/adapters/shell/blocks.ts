/** The commands of a ticket: its fenced blocks that say which shell they are for. */

/** What stands behind the fence, and the program it asks for. */
const SHELLS = { sh: "sh", shell: "sh", bash: "bash" } as const satisfies Record<string, string>;

export interface Block {
  readonly shell: "sh" | "bash";
  readonly script: string;
  /** 1-based line of the opening fence in the file. */
  readonly line: number;
}

export type Blocks =
  | { readonly type: "blocks"; readonly blocks: readonly Block[] }
  /** A block that no fence closes: what belongs to it cannot be known. */
  | { readonly type: "open"; readonly line: number };

/** An opening fence as markdown has it: at most three blanks, three or more marks, a word. */
const OPENING = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;

/** The blocks of `text` in order; blocks for other languages are passed over, and what is in them. */
export function blocksOf(text: string): Blocks {
  const lines = text.split(/\r?\n/);
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const opening = OPENING.exec(lines[at] ?? "");
    if (opening === null) continue;
    const [, marks = "", word = ""] = opening;
    const end = closingAt(lines, at + 1, marks);
    const shell = shellOf(word);
    if (shell !== undefined && end === lines.length) return { type: "open", line: at + 1 };
    if (shell !== undefined) {
      blocks.push({ shell, script: lines.slice(at + 1, end).join("\n"), line: at + 1 });
    }
    at = end;
  }
  return { type: "blocks", blocks };
}

/** The line that closes the fence: the same mark, at least as often, nothing else. */
function closingAt(lines: readonly string[], from: number, marks: string): number {
  const mark = marks[0] ?? "`";
  for (let at = from; at < lines.length; at++) {
    const line = (lines[at] ?? "").trim();
    const onlyMarks = line.length >= marks.length && line === mark.repeat(line.length);
    if (onlyMarks && !/^ {4}|^\t/.test(lines[at] ?? "")) return at;
  }
  return lines.length;
}

function shellOf(word: string): Block["shell"] | undefined {
  const known: Readonly<Record<string, Block["shell"]>> = SHELLS;
  return Object.hasOwn(known, word.toLowerCase()) ? known[word.toLowerCase()] : undefined;
}
