/** A part of a prompt: foreign text in blocks it cannot close, cut on line borders with a mark that says so. */

import { byteLength, clipHead, clipTail, thousands } from "../base/text.ts";
import { fenced } from "./fence.ts";

export const PART_NAMES = [
  "rules",
  "paths",
  "replies",
  "active_context",
  "decisions",
  "spec",
  "context",
  "feedback",
  "note",
  "ticket",
  "prior_output",
] as const;
export type PartName = (typeof PART_NAMES)[number];

export interface PromptPart {
  readonly name: PartName;
  /** Empty when there is nothing to say. */
  readonly text: string;
  /** Most bytes of foreign text in it; headings and fences come on top. */
  readonly bytesMax: number;
  /** Bytes of `text`. */
  readonly bytes: number;
  /** Bytes of foreign text that were left out. */
  readonly cut: number;
}

/** Foreign text on its way into the prompt. */
export interface Block {
  /** One line above it, in our own words. */
  readonly heading: string;
  /** Info string of its fence. */
  readonly label: string;
  readonly text: string;
  readonly bytesMax: number;
  /** Which end is worth more. */
  readonly keep: "head" | "tail";
  /** Where the whole is, for the mark of a cut; null when nowhere. */
  readonly whole: string | null;
}

export interface Draft {
  readonly name: PartName;
  /** Our own words: never cut. */
  readonly intro: string;
  readonly blocks: readonly Block[];
  /** Most bytes of all blocks together. */
  readonly bytesMax: number;
}

/** The part as text, its blocks within the smaller of `draft.bytesMax` and `bytesMax`, first come first served. */
export function renderPart(draft: Draft, bytesMax: number = draft.bytesMax): PromptPart {
  let left = Math.max(0, Math.min(draft.bytesMax, bytesMax));
  let cut = 0;
  const pieces = draft.intro === "" ? [] : [draft.intro.trimEnd()];
  for (const block of draft.blocks) {
    const kept = clipLines(block.text, Math.min(block.bytesMax, left), block.keep);
    left -= byteLength(kept.text);
    cut += kept.leftOutBytes;
    const mark = kept.leftOutBytes === 0 ? [] : [cutMark(kept.leftOutBytes, block)];
    const body = kept.text === "" && mark.length > 0 ? [] : [fenced(kept.text, block.label)];
    const around = block.keep === "tail" ? [...mark, ...body] : [...body, ...mark];
    pieces.push([block.heading, ...around].filter((it) => it !== "").join("\n"));
  }
  const text = pieces.join("\n\n");
  return { name: draft.name, text, bytesMax: draft.bytesMax, bytes: byteLength(text), cut };
}

function cutMark(leftOutBytes: number, { keep, whole }: Block): string {
  const where = keep === "tail" ? "above" : "here";
  const rest = whole === null ? "" : `; the whole is in ${whole}`;
  return `[${thousands(leftOutBytes)} bytes are left out ${where}${rest}]`;
}

/** Cut on a line border; on a character border when one line alone is too long. */
function clipLines(text: string, bytesMax: number, keep: "head" | "tail") {
  const clipped = keep === "head" ? clipHead(text, bytesMax) : clipTail(text, bytesMax);
  if (clipped.leftOutBytes === 0) return clipped;
  const onLines = keep === "head"
    ? clipped.text.slice(0, clipped.text.lastIndexOf("\n") + 1)
    : clipped.text.slice(clipped.text.indexOf("\n") + 1);
  if (onLines === "" || !clipped.text.includes("\n")) return clipped;
  const dropped = byteLength(clipped.text) - byteLength(onLines);
  return { text: onLines, leftOutBytes: clipped.leftOutBytes + dropped };
}
