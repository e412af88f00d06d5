/** Frontmatter for CodeMirror's markdown: keys stand out, and its fences are no rules or headings. */

import { tags } from "@lezer/highlight";
import type { MarkdownConfig } from "@lezer/markdown";

const FENCE = /^---\s*$/;
const END = /^(?:---|\.\.\.)\s*$/;
const KEY = /^\s*(?:- )?([\w-]+):(?=\s|$)/;
const REMARK = /(?:^|\s)(#.*)$/;

interface Piece {
  readonly type: "FrontmatterMark" | "FrontmatterKey" | "FrontmatterRemark";
  readonly from: number;
  readonly to: number;
}

/** What stands out in a line of frontmatter that begins at `start`. */
export function frontmatterPieces(text: string, start: number): readonly Piece[] {
  if (END.test(text)) return [{ type: "FrontmatterMark", from: start, to: start + text.length }];
  const key = KEY.exec(text);
  const remark = REMARK.exec(text);
  const pieces: Piece[] = [];
  if (key !== null) {
    const from = start + key[0].length - 1 - (key[1] ?? "").length;
    pieces.push({ type: "FrontmatterKey", from, to: start + key[0].length - 1 });
  }
  if (remark !== null) {
    const from = start + text.length - (remark[1] ?? "").length;
    pieces.push({ type: "FrontmatterRemark", from, to: start + text.length });
  }
  return pieces;
}

export const frontmatter: MarkdownConfig = {
  defineNodes: [
    { name: "Frontmatter", block: true, style: { "Frontmatter/...": tags.string } },
    { name: "FrontmatterMark", style: tags.processingInstruction },
    { name: "FrontmatterKey", style: tags.propertyName },
    { name: "FrontmatterRemark", style: tags.comment },
  ],
  parseBlock: [{
    name: "Frontmatter",
    before: "HorizontalRule",
    parse(context, line) {
      if (context.lineStart !== 0 || !FENCE.test(line.text)) return false;
      const pieces = [{ type: "FrontmatterMark", from: 0, to: line.text.length }];
      let to = line.text.length;
      let isOpen = context.nextLine();
      while (isOpen) {
        pieces.push(...frontmatterPieces(line.text, context.lineStart));
        to = context.lineStart + line.text.length;
        isOpen = !END.test(line.text);
        if (!context.nextLine()) break;
      }
      const children = pieces.map((it) => context.elt(it.type, it.from, it.to));
      context.addElement(context.elt("Frontmatter", 0, to, children));
      return true;
    },
  }],
};
