/** The files beside a dispatch or reply: which are taken, under which name, and why others are not. */

import { byteLength, byteSize, clipHead, oneLine } from "../base/text.ts";
import { isTempName, systemCode } from "./files.ts";

/** Files beside one message. */
export const ATTACHMENTS_MAX = 100;
/** What chats and page pass on. */
export const ATTACHMENT_BYTES_MAX = 20 * 1024 * 1024;

/** A file, or what else may lie in a folder. */
export interface FolderItem {
  readonly name: string;
  readonly kind: "file" | "link" | "folder" | "other" | "gone";
  readonly size: number;
}

export interface Attachments {
  /** Names as they stand in the folder. */
  readonly taken: readonly string[];
  /** One sentence for each that stays where it is. */
  readonly refused: readonly string[];
}

/** Decides which files go with a message. Hidden files and those of an unfinished write stay silently. */
export function chooseAttachments(items: readonly FolderItem[]): Attachments {
  const taken: string[] = [];
  const refused: string[] = [];
  for (const item of items) {
    if (item.name.startsWith(".")) continue;
    const fault = faultOf(item) ?? (taken.length < ATTACHMENTS_MAX ? null : TOO_MANY);
    if (fault === null) taken.push(item.name);
    else refused.push(`${oneLine(item.name, 80)} was not attached: ${fault}.`);
  }
  return { taken, refused };
}

const TOO_MANY = `a message takes ${ATTACHMENTS_MAX} files`;

const FAULTS = {
  link: "it is a link",
  folder: "it is a folder",
  other: "it is no file",
  gone: "it went away",
} as const satisfies Record<Exclude<FolderItem["kind"], "file">, string>;

function faultOf(item: FolderItem): string | null {
  if (item.kind !== "file") return FAULTS[item.kind];
  if (item.size <= ATTACHMENT_BYTES_MAX) return null;
  return `it has ${byteSize(item.size)}, and ${byteSize(ATTACHMENT_BYTES_MAX)} are allowed`;
}

/** Controls and direction marks would forge lines in lists; separators would leave the folder. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029/\\]/gu;
const NAME_BYTES_MAX = 200;

/** A name that is safe to store and show, and none of `taken`. */
export function attachmentName(name: string, taken: ReadonlySet<string>): string {
  const plain = name.toWellFormed().replace(UNSAFE, "_").replace(/^[.\s]+/, "").trim() || "file";
  const dot = plain.lastIndexOf(".");
  const ending = dot > 0 && byteLength(plain.slice(dot)) <= 20 ? plain.slice(dot) : "";
  const stem = clipHead(plain.slice(0, plain.length - ending.length), NAME_BYTES_MAX).text;
  let candidate = stem + ending;
  for (let copy = 2; taken.has(candidate); copy++) candidate = `${stem} (${copy})${ending}`;
  return candidate;
}

/** What lies in a folder, sorted by name; empty when there is none, or when it is a link to another. */
export async function listFolder(folder: string): Promise<readonly FolderItem[]> {
  const items: FolderItem[] = [];
  try {
    if (!(await Deno.lstat(folder)).isDirectory) return [];
    for await (const entry of Deno.readDir(folder)) {
      if (!isTempName(entry.name)) items.push(await lookAt(folder, entry.name));
    }
  } catch (thrown) {
    if (systemCode(thrown) !== "ENOENT") throw thrown;
  }
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function lookAt(folder: string, name: string): Promise<FolderItem> {
  try {
    const info = await Deno.lstat(`${folder}/${name}`);
    const kind = info.isFile
      ? "file"
      : info.isSymlink
      ? "link"
      : info.isDirectory
      ? "folder"
      : "other";
    return { name, kind, size: info.size };
  } catch {
    return { name, kind: "gone", size: 0 };
  }
}
