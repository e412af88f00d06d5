/**
 * Opening what lies in the ticket folder. Anything may lie there (a pipe, a device, a link out of the
 * repo, a file of 50 MB, one that is being exchanged), and none of it may hang, fill or mislead CAR.
 */

import fs from "node:fs";
import { CarError } from "../base/errors.ts";
import { decodeStrict, systemCode } from "./files.ts";
import { type LintCode, lintProblem } from "./ticket_rules.ts";
import type { LintProblem } from "../engine/ticket.ts";

/** The longest ticket. */
export const TICKET_BYTES_MAX = 1024 * 1024;

/** Not to follow a link that was put there meanwhile, and not to wait for the writer of a pipe. */
const OPEN_FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOFOLLOW;

/** What changes when a file is written or exchanged. */
export interface FileStamp {
  readonly inode: number;
  readonly size: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

export type TicketStat =
  | {
    readonly type: "file";
    /** The file itself, behind the links. */
    readonly path: string;
    readonly stamp: FileStamp;
  }
  | { readonly type: "gone" }
  | { readonly type: "refused"; readonly problem: LintProblem };

export type TicketText =
  | {
    readonly type: "text";
    /** Whole, with its byte order mark. */
    readonly text: string;
    readonly path: string;
    readonly stamp: FileStamp;
  }
  | Exclude<TicketStat, { type: "file" }>;

const refusal = (name: string, code: LintCode, found = "", allowed = "") => ({
  type: "refused" as const,
  problem: lintProblem(code, { file: name, line: 1, key: null }, found, allowed),
});

const stampOf = (info: Deno.FileInfo): FileStamp => ({
  inode: info.ino ?? 0,
  size: info.size,
  modifiedMs: info.mtime?.getTime() ?? 0,
  changedMs: info.ctime?.getTime() ?? 0,
});

/**
 * Looks at a ticket without opening it.
 * @param root The repo, without links: a ticket that is a link must end inside it.
 */
export function statTicket(root: string, folder: string, name: string): TicketStat {
  const path = `${folder}/${name}`;
  try {
    const info = Deno.lstatSync(path);
    if (info.isSymlink) return statLink(root, path, name);
    return judged(path, name, info);
  } catch (thrown) {
    return failed(name, thrown);
  }
}

function statLink(root: string, path: string, name: string): TicketStat {
  let target: string;
  try {
    target = Deno.realPathSync(path);
  } catch (thrown) {
    return refusal(
      name,
      "link_broken",
      systemCode(thrown) === "ELOOP" ? "a circle" : "no such file",
    );
  }
  if (!isInside(root, target)) return refusal(name, "link_outside");
  return judged(target, name, Deno.lstatSync(target));
}

/** Whether a path without links lies below a folder without links. */
export const isInside = (root: string, path: string): boolean =>
  path.startsWith(root.endsWith("/") ? root : `${root}/`);

function judged(path: string, name: string, info: Deno.FileInfo): TicketStat {
  if (!info.isFile) return refusal(name, "not_a_file", kindOf(info));
  if (info.size <= TICKET_BYTES_MAX) return { type: "file", path, stamp: stampOf(info) };
  return refusal(name, "too_large", String(info.size), String(TICKET_BYTES_MAX));
}

function kindOf(info: Deno.FileInfo): string {
  if (info.isDirectory) return "a folder";
  if (info.isFifo) return "a pipe";
  if (info.isSocket) return "a socket";
  return info.isBlockDevice || info.isCharDevice ? "a device" : "no file";
}

function failed(name: string, thrown: unknown): Exclude<TicketStat, { type: "file" }> {
  const code = systemCode(thrown);
  if (code === "ENOENT") return { type: "gone" };
  const words = code === "EACCES" || code === "EPERM" ? "permission denied." : String(thrown);
  return refusal(name, "unreadable", words);
}

/** A file is exchanged in an instant; one that changes at each of so many looks is being written to. */
const LOOKS_MAX = 3;

/** Reads a ticket: the bytes of the file that was looked at, or why not. */
export function readTicket(root: string, folder: string, name: string): TicketText {
  for (let look = 1;; look++) {
    const found = statTicket(root, folder, name);
    if (found.type !== "file") return found;
    const read = readStatted(name, found);
    const changing = read.type === "refused" && read.problem.code === "changing";
    if (!changing || look >= LOOKS_MAX) return read;
  }
}

function readStatted(name: string, found: Extract<TicketStat, { type: "file" }>): TicketText {
  let bytes: Uint8Array | null;
  try {
    bytes = readBytes(found.path, found.stamp);
  } catch (thrown) {
    return systemCode(thrown) === "ELOOP" ? refusal(name, "changing") : failed(name, thrown);
  }
  if (bytes === null) return refusal(name, "changing");
  const decoded = decodeStrict(bytes);
  if (decoded === undefined) return refusal(name, "not_utf8");
  return {
    type: "text",
    text: (decoded.bom ? "\uFEFF" : "") + decoded.text,
    path: found.path,
    stamp: found.stamp,
  };
}

/** The bytes; null when it is not the file that was looked at any more, or grows. */
function readBytes(path: string, stamp: FileStamp): Uint8Array | null {
  const handle = fs.openSync(path, OPEN_FLAGS);
  try {
    const info = fs.fstatSync(handle);
    if (!info.isFile() || info.ino !== stamp.inode) return null;
    // One byte more than the file has: it must not come.
    const buffer = new Uint8Array(stamp.size + 1);
    let length = 0;
    while (length < buffer.length) {
      const more = fs.readSync(handle, buffer, length, buffer.length - length, null);
      if (more === 0) break;
      length += more;
    }
    return length === stamp.size ? buffer.subarray(0, length) : null;
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * The text of a ticket that is to be changed.
 * @throws {CarError} `not_found`, or `invalid` with the linter's words.
 */
export function requireTicket(
  root: string,
  folder: string,
  name: string,
): { text: string; path: string } {
  const found = readTicket(root, folder, name);
  if (found.type === "text") return found;
  if (found.type === "gone") throw new CarError("not_found", `There is no ticket ${name}.`);
  throw new CarError("invalid", `${name}: ${found.problem.message}`);
}
