/** The head of a text file of any size, for a prompt: bounded, cut at a line, never outside its root. */

import fs from "node:fs";
import { byteLength, clipHead, thousands } from "../base/text.ts";
import { systemCode } from "./files.ts";
import { isInside } from "./ticket_file.ts";

export type BoundedText =
  | {
    readonly type: "text";
    /** Ends with a line that says what is missing, when something is. */
    readonly text: string;
    readonly bytes: number;
    readonly leftOutBytes: number;
  }
  | { readonly type: "missing" }
  /** A sentence without the file's name, e.g. "it is a folder". */
  | { readonly type: "refused"; readonly why: string };

/** Not to wait for the writer of a pipe that was put there meanwhile. */
const OPEN_FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK;
/** The longest character of UTF-8 may be cut after three of its bytes. */
const CHARACTER_BYTES_MAX = 4;

/**
 * The first lines of a file, at most `bytesMax` bytes of it.
 * @param root Absolute path: the file must lie below it, also after links.
 * @param path Relative to `root`.
 */
export function readBounded(root: string, path: string, bytesMax: number): BoundedText {
  try {
    const target = Deno.realPathSync(`${root}/${path}`);
    if (!isInside(Deno.realPathSync(root), target)) {
      return { type: "refused", why: "it lies outside the repo" };
    }
    return readTarget(target, path, bytesMax);
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === "ENOENT" || code === "ENOTDIR") return { type: "missing" };
    const why = code === "ELOOP" ? "its links lead in a circle" : `it cannot be read (${code})`;
    return { type: "refused", why };
  }
}

function readTarget(target: string, path: string, bytesMax: number): BoundedText {
  const handle = fs.openSync(target, OPEN_FLAGS);
  try {
    const info = fs.fstatSync(handle);
    if (!info.isFile()) {
      return { type: "refused", why: info.isDirectory() ? "it is a folder" : "it is no file" };
    }
    if (!isStill(target, info)) {
      return { type: "refused", why: "it was replaced while it was read" };
    }
    const wanted = Math.min(info.size, bytesMax + CHARACTER_BYTES_MAX);
    const buffer = new Uint8Array(wanted);
    let length = 0;
    while (length < wanted) {
      const more = fs.readSync(handle, buffer, length, wanted - length, null);
      if (more === 0) break;
      length += more;
    }
    const whole = length >= info.size;
    const text = decodeHead(buffer.subarray(0, length), whole);
    if (text === undefined) return { type: "refused", why: "it is not UTF-8 text" };
    return bounded(text, info.size, bytesMax, path);
  } finally {
    fs.closeSync(handle);
  }
}

/** Whether the path still leads to the opened file, by no link: one may have taken its place before the opening. */
function isStill(target: string, opened: fs.Stats): boolean {
  const now = fs.lstatSync(target);
  return now.ino === opened.ino && now.dev === opened.dev && Deno.realPathSync(target) === target;
}

/** `stream` keeps a character that is cut at the end from being an error. */
function decodeHead(bytes: Uint8Array, whole: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
  } catch {
    return undefined;
  }
}

function bounded(text: string, size: number, bytesMax: number, path: string): BoundedText {
  if (size <= bytesMax) return { type: "text", text, bytes: size, leftOutBytes: 0 };
  const head = cutAtLine(text, bytesMax);
  // The line end behind a cut line is not the file's.
  const keptBytes = byteLength(head) - (text.startsWith(head) ? 0 : 1);
  const leftOutBytes = size - keptBytes;
  const mark = `[${thousands(leftOutBytes)} of ${thousands(size)} bytes left out; ` +
    `the whole text is in ${path}]`;
  return { type: "text", text: `${head}${mark}\n`, bytes: size, leftOutBytes };
}

/** The first whole lines of a text that fit; the start of the first line when not even that does. */
export function cutAtLine(text: string, bytesMax: number): string {
  const clipped = clipHead(text, bytesMax);
  if (clipped.leftOutBytes === 0) return clipped.text;
  const end = clipped.text.lastIndexOf("\n");
  if (end >= 0) return clipped.text.slice(0, end + 1);
  return clipped.text === "" ? "" : `${clipped.text}\n`;
}
