/**
 * What a program asks its terminal, and what a page's terminal answers by itself. A replay must not
 * ask again, and of several pages one answers: the rest would be typed into the program. Pure.
 */

import { EscapeReader, type Sequence } from "./escape_reader.ts";

/** One pattern a kind: questions, and what would set the clipboard anew. */
const QUESTIONS: Readonly<Record<Sequence["kind"], RegExp>> = {
  // Status, attributes, modes, parameters, version, keyboard, and reports about the window.
  csi: /^(?:[?>=]?[\d;]*[nc]|\??[\d;]*\$p|[\d;]*x|>[\d;]*q|\?u|(?:1[1-689]|2[01])[\d;]*t)$/,
  esc: /^Z$/,
  osc: /^(?:52;|[\d;]*;\?(?:;|$))/,
  dcs: /^[$+]q/,
  control: /^enq$/,
  other: /^$/,
};

const isQuestion = ({ kind, text }: Sequence): boolean => QUESTIONS[kind].test(text);

/** The same picture without its questions. @param bytes begin outside of any sequence. */
export function withoutQuestions(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const cuts: { readonly start: number; readonly end: number }[] = [];
  new EscapeReader().read(bytes, (sequence, start, end) => {
    if (isQuestion(sequence)) cuts.push({ start, end });
  });
  if (cuts.length === 0) return bytes;
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  let from = 0;
  for (const { start, end } of [...cuts, { start: bytes.length, end: bytes.length }]) {
    kept.set(bytes.subarray(from, start), length);
    length += start - from;
    from = end;
  }
  return kept.slice(0, length);
}

const ESC = "\u001b";
const BEL = "\u0007";
/** Attributes, places of the cursor, modes, window reports, colours and settings. */
const ANSWER = new RegExp(
  `^(?:${ESC}\\[[?>=]?[\\d;]*(?:[cnRt]|\\$?y|u)|${ESC}[\\]P][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\))+$`,
);
/** Answers are short; a paste need not be looked at. */
const ANSWER_BYTES_MAX = 1_024;
const decoder = new TextDecoder("latin1");

/** Whether a frame is only what a terminal says by itself, and no person typed. */
export const isAnswer = (frame: Uint8Array): boolean =>
  frame[0] === 0x1b && frame.length <= ANSWER_BYTES_MAX && ANSWER.test(decoder.decode(frame));
