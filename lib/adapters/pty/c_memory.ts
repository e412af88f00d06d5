/** Texts and lists as C programs lay them out in memory. */

import { CarError } from "../../base/errors.ts";

const encoder = new TextEncoder();
const POINTER_BYTES = 8;

/** @throws {CarError} `invalid`: a text with a zero byte would end early. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (!text.includes("\0")) return encoder.encode(`${text}\0`);
  throw new CarError("invalid", "A command, path or variable of a terminal holds a zero byte.");
}

/** `char *`. */
export const cText = (text: string): Uint8Array<ArrayBuffer> => bytesOf(text);

/**
 * `char *[]`, null at its end. Pointers and texts lie in one block, so that whoever holds the list
 * holds the texts too.
 */
export function cTexts(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const items = texts.map(bytesOf);
  const table = (items.length + 1) * POINTER_BYTES;
  const block = new Uint8Array(table + items.reduce((sum, it) => sum + it.length, 0));
  const pointers = new BigUint64Array(block.buffer, 0, items.length + 1);
  const base = Deno.UnsafePointer.value(Deno.UnsafePointer.of(block));
  let at = table;
  items.forEach((item, index) => {
    block.set(item, at);
    pointers[index] = base + BigInt(at);
    at += item.length;
  });
  return block;
}

/** The text before the first zero byte. */
export function textFrom(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(bytes.subarray(0, end < 0 ? bytes.length : end));
}
