/**
 * Moving a message and its attachments into the history of a run. Everything is gathered in a folder
 * beside the history and becomes an entry with one rename: a crash at any point loses nothing, and
 * the next call goes on where it broke off.
 */

import { CarError } from "../base/errors.ts";
import { historyName, nextHistoryNumber, parseHistoryName } from "../engine/dispatch.ts";
import { attachmentName, chooseAttachments, listFolder } from "./attachments.ts";
import {
  ensureDir,
  exists,
  fileError,
  moveFile,
  readTextStrict,
  systemCode,
  writeFileAtomic,
} from "./files.ts";

/** A message being written, and where it goes. */
export interface Outbox {
  /** `…/DISPATCH.md` */
  readonly document: string;
  /** Folder of its attachments. */
  readonly files: string;
  readonly history: string;
}

/** What is kept beside a filed message, in filed.json. */
export interface FilingNote {
  /** Of the effect that filed it: the same key never files twice. */
  readonly key: string;
  readonly atMs: number;
  /** Of a reply: the newest dispatch at that time. */
  readonly answers: number | null;
  /** One sentence for each attachment that was left where it was. */
  readonly refused: readonly string[];
}

/** One entry of a history. */
export interface Filed {
  readonly number: number;
  /** Absolute; attachments lie in `files/` below it. */
  readonly folder: string;
  readonly note: FilingNote;
  readonly text: string;
  readonly attachments: readonly string[];
}

const STAGING = ".filing";
const NOTE = "filed.json";
const FILES = "files";
/** More than a person or an agent writes to be read. */
export const MESSAGE_BYTES_MAX = 1024 * 1024;
const NOTE_BYTES_MAX = 256 * 1024;

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/**
 * Files the message that waits, or finishes a filing that was broken off.
 * @param check Throws when the message that waits must stay where it is.
 * @returns The number of the entry; null when nothing waits. The same key gives the same number.
 */
export async function fileAway(
  box: Outbox,
  note: Omit<FilingNote, "refused">,
  check: () => Promise<unknown>,
): Promise<number | null> {
  if (!(await exists(box.document)) && !(await exists(box.history))) return null;
  await requireOwnFolder(box.history);
  const staging = `${box.history}/${STAGING}`;
  const document = `${staging}/${nameOf(box.document)}`;
  const finished = (await exists(document)) ? await settle(staging, box.history) : null;
  const before = await numberOfKey(box.history, note.key);
  if (before !== null) return before;
  if (!(await exists(box.document))) return finished;
  await check();
  await gather(box, staging, note);
  await moveFile(box.document, document);
  return await settle(staging, box.history);
}

async function gather(
  box: Outbox,
  staging: string,
  note: Omit<FilingNote, "refused">,
): Promise<void> {
  await ensureDir(`${staging}/${FILES}`);
  const { taken, refused } = chooseAttachments(await listFolder(box.files));
  await writeFileAtomic(`${staging}/${NOTE}`, JSON.stringify({ ...note, refused }, null, 2));
  const names = new Set((await listFolder(`${staging}/${FILES}`)).map((item) => item.name));
  for (const name of taken) {
    const kept = attachmentName(name, names);
    names.add(kept);
    await moveFile(`${box.files}/${name}`, `${staging}/${FILES}/${kept}`);
  }
}

/**
 * Files a message that is given whole, not found in files.
 * @param document `USER_REPLY.md`
 */
export async function fileGiven(
  history: string,
  document: string,
  given: {
    readonly text: string;
    readonly attachments: readonly { readonly name: string; readonly bytes: Uint8Array }[];
    readonly note: FilingNote;
  },
): Promise<number> {
  await requireOwnFolder(history);
  const before = await numberOfKey(history, given.note.key);
  if (before !== null) return before;
  // Its own name: two processes may file at the same time.
  const staging = `${history}/${STAGING}-${crypto.randomUUID()}`;
  await ensureDir(`${staging}/${FILES}`);
  const names = new Set<string>();
  for (const { name, bytes } of given.attachments) {
    const kept = attachmentName(name, names);
    names.add(kept);
    await writeFileAtomic(`${staging}/${FILES}/${kept}`, bytes);
  }
  await writeFileAtomic(`${staging}/${NOTE}`, JSON.stringify(given.note, null, 2));
  await writeFileAtomic(`${staging}/${document}`, given.text);
  return await settle(staging, history);
}

/** A history of more entries than this is damaged, or an agent ran wild. */
const ENTRIES_MAX = 1_000_000;

/** Gives the gathered folder the next number. */
async function settle(staging: string, history: string): Promise<number> {
  const names = (await listFolder(history)).map((item) => item.name);
  for (let number = nextHistoryNumber(names); number < ENTRIES_MAX; number++) {
    try {
      await moveFile(staging, `${history}/${historyName(number)}`);
      return number;
    } catch (thrown) {
      const code = systemCode(thrown instanceof CarError ? thrown.cause : thrown);
      // Another process took the number meanwhile.
      if (code !== "ENOTEMPTY" && code !== "EEXIST") throw thrown;
    }
  }
  throw new CarError("damaged", `${history} has no number left.`);
}

/** A link in the history's place would carry messages out of the repo. */
async function requireOwnFolder(history: string): Promise<void> {
  await ensureDir(history);
  if ((await Deno.lstat(history)).isDirectory) return;
  throw new CarError("invalid", `${history} is a link, not a folder.`, {
    hint: "Remove the link; CAR makes the folder.",
  });
}

async function numbers(history: string): Promise<readonly number[]> {
  const items = await listFolder(history);
  return items.flatMap((item) => {
    const number = item.kind === "folder" ? parseHistoryName(item.name) : null;
    return number === null ? [] : [number];
  });
}

async function numberOfKey(history: string, key: string): Promise<number | null> {
  for (const number of (await numbers(history)).toReversed()) {
    const note = await readNote(`${history}/${historyName(number)}`);
    if (note.key === key) return number;
  }
  return null;
}

/**
 * The entries of a history from number `after` on, oldest first. What cannot be read of an entry is
 * left empty: history is shown as far as it is there.
 * @param document `DISPATCH.md`
 */
export async function listFiled(
  history: string,
  document: string,
  after = 0,
): Promise<readonly Filed[]> {
  const filed: Filed[] = [];
  for (const number of await numbers(history)) {
    if (number <= after) continue;
    const folder = `${history}/${historyName(number)}`;
    const files = await listFolder(`${folder}/${FILES}`);
    filed.push({
      number,
      folder,
      note: await readNote(folder),
      text: await readLenient(`${folder}/${document}`, MESSAGE_BYTES_MAX),
      attachments: files.filter((item) => item.kind === "file").map((item) => item.name),
    });
  }
  return filed.sort((a, b) => a.number - b.number);
}

async function readLenient(path: string, maxBytes: number): Promise<string> {
  try {
    return await readMessage(path, maxBytes);
  } catch (thrown) {
    if (thrown instanceof CarError && thrown.code !== "unavailable") return "";
    throw thrown;
  }
}

/**
 * The text of a message file.
 * @throws {CarError} `not_found`; `invalid` for a link, a pipe, a file that is too long or not UTF-8.
 */
export async function readMessage(path: string, maxBytes = MESSAGE_BYTES_MAX): Promise<string> {
  let isLink: boolean;
  try {
    isLink = (await Deno.lstat(path)).isSymlink;
  } catch (thrown) {
    if (systemCode(thrown) !== "ENOENT") throw fileError("read", path, thrown);
    throw new CarError("not_found", `${path} does not exist.`);
  }
  if (isLink) throw new CarError("invalid", `${nameOf(path)} is a link, not a file.`);
  return (await readTextStrict(path, { maxBytes })).text;
}

async function readNote(folder: string): Promise<FilingNote> {
  const text = await readLenient(`${folder}/${NOTE}`, NOTE_BYTES_MAX);
  const found = parseRecord(text);
  const { key, atMs, answers, refused } = found;
  return {
    key: typeof key === "string" ? key : "",
    atMs: typeof atMs === "number" ? atMs : 0,
    answers: typeof answers === "number" ? answers : null,
    refused: Array.isArray(refused) ? refused.filter((it) => typeof it === "string") : [],
  };
}

function parseRecord(text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? { ...found } : {};
  } catch {
    return {};
  }
}
