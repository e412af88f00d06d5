/**
 * Writing and reading of files so that a crash, a full disk or a bad byte is an error message and
 * never a damaged file. The only place of lib/ that writes files.
 */

import { CarError, notAllowed } from "../base/errors.ts";
import { type Failpoint, failpoint } from "../base/failpoint.ts";

/**
 * Every call that changes the disk. A test puts its own in `durable.calls` to fail or to stop at the
 * n-th one; the product never replaces it.
 */
export interface DurableCalls {
  /** Makes a new empty file; fails when the name is taken. */
  create(path: string, mode: number): Promise<Deno.FsFile>;
  write(file: Deno.FsFile, bytes: Uint8Array): Promise<number>;
  /** Waits until the disk has the file, or the entries of the folder. */
  fsync(file: Deno.FsFile): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  mkdir(path: string, mode: number): Promise<void>;
  createSync(path: string, mode: number): Deno.FsFile;
  writeSync(file: Deno.FsFile, bytes: Uint8Array): number;
  fsyncSync(file: Deno.FsFile): void;
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
}

export const systemCalls: DurableCalls = {
  create: (path, mode) =>
    before("file.create", () => Deno.open(path, { write: true, createNew: true, mode })),
  write: (file, bytes) => before("file.write", () => file.write(bytes)),
  fsync: (file) => before("file.fsync", () => file.sync()),
  rename: (from, to) => before("file.rename", () => Deno.rename(from, to)),
  unlink: (path) => before("file.unlink", () => Deno.remove(path)),
  mkdir: (path, mode) => before("folder.make", () => Deno.mkdir(path, { mode })),
  createSync: (path, mode) => {
    failpoint("file.create");
    return Deno.openSync(path, { write: true, createNew: true, mode });
  },
  writeSync: (file, bytes) => {
    failpoint("file.write");
    return file.writeSync(bytes);
  },
  fsyncSync: (file) => {
    failpoint("file.fsync");
    file.syncSync();
  },
  renameSync: (from, to) => {
    failpoint("file.rename");
    Deno.renameSync(from, to);
  },
  unlinkSync: (path) => {
    failpoint("file.unlink");
    Deno.removeSync(path);
  },
};

/** The call, unless a test has it fail: then a rejection, as of the call itself. */
async function before<T>(place: Failpoint, call: () => Promise<T>): Promise<T> {
  failpoint(place);
  return await call();
}

/** The seam for durability tests. */
export const durable: { calls: DurableCalls } = { calls: systemCalls };

/** What the system's error codes mean to a person, and what to do about them. */
const CAUSES = {
  ENOSPC: { words: "the disk is full", hint: "Free some space and try again." },
  EDQUOT: { words: "the disk quota is used up", hint: "Free some space and try again." },
  EFBIG: { words: "the file is larger than this process may write", hint: "Raise `ulimit -f`." },
  EROFS: { words: "the file system is read-only", hint: "Mount it writable, or move the repo." },
  EACCES: { words: "permission denied", hint: "Give this account the right to it." },
  EPERM: { words: "the system forbids it", hint: "Give this account the right to it." },
  EIO: { words: "the disk reports an error", hint: "Check the disk." },
  ENOENT: { words: "the folder does not exist", hint: "Make the folder, or name another one." },
  ENOTDIR: { words: "a part of the path is a file", hint: "Move that file out of the way." },
  EISDIR: { words: "a folder has that name", hint: "Move the folder out of the way." },
  EEXIST: { words: "something has that name already", hint: "Move it out of the way." },
  ENAMETOOLONG: { words: "the name is too long", hint: "Use a shorter name." },
  ELOOP: { words: "its symbolic links lead in a circle", hint: "Mend the link." },
  EMFILE: { words: "this process has too many open files", hint: "Raise `ulimit -n`." },
  ENFILE: { words: "the machine has too many open files", hint: "Close other programs." },
} as const satisfies Record<string, { words: string; hint: string }>;

const isCause = (code: string): code is keyof typeof CAUSES => Object.hasOwn(CAUSES, code);

/** The system's word for a failure, e.g. `ENOSPC`, `NotCapable`; "" when it has none. */
export function systemCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  return thrown instanceof Deno.errors.NotCapable ? "NotCapable" : "";
}

/**
 * A failed call on a path as an error for people: `unavailable`, the path and the cause in words.
 * @param doing what was tried, e.g. "write".
 */
export function fileError(doing: string, path: string, thrown: unknown): CarError {
  if (thrown instanceof CarError) return thrown;
  const refused = notAllowed(thrown);
  if (refused !== null) return refused;
  const code = systemCode(thrown);
  const known = isCause(code) ? CAUSES[code] : undefined;
  const words = known?.words ?? (thrown instanceof Error ? thrown.message : String(thrown));
  return new CarError("unavailable", `Cannot ${doing} ${path}: ${words}.`, {
    ...(known === undefined ? {} : { hint: known.hint }),
    cause: thrown,
  });
}

const FILE_MODE = 0o644;
const PERMISSION_BITS = 0o7777;
/** Codes with which file systems say that a folder cannot be synced: there is nothing to wait for. */
const NO_FOLDER_SYNC: readonly string[] = ["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/** The name of a half-written file: short, so that a name of 255 bytes has one too. */
const TEMP_NAME = /^\.car-[0-9a-f]{16}\.tmp$/;

/** Whether a name is that of a file left by a writer that was killed. Such a file is worth nothing. */
export const isTempName = (name: string): boolean => TEMP_NAME.test(name);

function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}

function tempBeside(path: string): string {
  const chance = crypto.getRandomValues(new Uint8Array(8));
  return `${folderOf(path)}/.car-${chance.toHex()}.tmp`;
}

/**
 * The path with the links of its folder followed: a restricted CAR may then not write through one that
 * leads outside. As it is when there is no such folder: the call that follows tells.
 */
function inRealFolder(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash < 0) return path;
  try {
    const folder = Deno.realPathSync(path.slice(0, slash) || "/");
    return `${folder === "/" ? "" : folder}${path.slice(slash)}`;
  } catch {
    return path;
  }
}

const asBytes = (data: string | Uint8Array): Uint8Array =>
  typeof data === "string" ? new TextEncoder().encode(data) : data;

/** What stands at a path, links followed; null when nothing does or it cannot be told. */
function statOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch {
    return null;
  }
}

/** The mode of the new file: as asked, else that of the file it replaces. */
const modeFor = (path: string, asked: number | undefined): number =>
  asked ?? ((statOrNull(path)?.mode ?? FILE_MODE) & PERMISSION_BITS);

/** Whether the umask took away bits at the creation that the replaced file may have. */
const maskedMode = (made: Deno.FileInfo, wanted: number): boolean =>
  made.mode !== null && (made.mode & PERMISSION_BITS) !== wanted;

async function fill(temp: string, bytes: Uint8Array, mode: number): Promise<void> {
  using file = await durable.calls.create(temp, mode);
  for (let at = 0; at < bytes.length;) {
    at += await durable.calls.write(file, bytes.subarray(at));
  }
  if (maskedMode(await file.stat(), mode)) await Deno.chmod(temp, mode);
  await durable.calls.fsync(file);
}

function fillSync(temp: string, bytes: Uint8Array, mode: number): void {
  using file = durable.calls.createSync(temp, mode);
  for (let at = 0; at < bytes.length;) at += durable.calls.writeSync(file, bytes.subarray(at));
  if (maskedMode(file.statSync(), mode)) Deno.chmodSync(temp, mode);
  durable.calls.fsyncSync(file);
}

/** Makes new, renamed and removed entries of a folder last through a power cut. */
export async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await durable.calls.fsync(folder);
  } catch (thrown) {
    if (!NO_FOLDER_SYNC.includes(systemCode(thrown))) throw fileError("sync", path, thrown);
  }
}

/** `syncFolder`, at once. */
export function syncFolderSync(path: string): void {
  try {
    using folder = Deno.openSync(path);
    durable.calls.fsyncSync(folder);
  } catch (thrown) {
    if (!NO_FOLDER_SYNC.includes(systemCode(thrown))) throw fileError("sync", path, thrown);
  }
}

/**
 * Writes a whole file so that every reader, and the next start after a crash, sees the old content
 * or the new, never a mixture. A symbolic link at `path` is replaced, not followed.
 * @param mode permission bits; without it those of the file that is replaced, else 0644.
 * @throws {CarError} `unavailable`; the old file is untouched and no temporary file is left.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  mode?: number,
): Promise<void> {
  const real = inRealFolder(path);
  const temp = tempBeside(real);
  try {
    await fill(temp, asBytes(data), modeFor(real, mode));
    await durable.calls.rename(temp, real);
  } catch (thrown) {
    await durable.calls.unlink(temp).catch(() => {});
    throw fileError("write", path, thrown);
  }
  await syncFolder(folderOf(path));
}

/** `writeFileAtomic`, at once: for the few places that must not yield, such as the end of CAR. */
export function writeFileAtomicSync(path: string, data: string | Uint8Array, mode?: number): void {
  const real = inRealFolder(path);
  const temp = tempBeside(real);
  try {
    fillSync(temp, asBytes(data), modeFor(real, mode));
    durable.calls.renameSync(temp, real);
  } catch (thrown) {
    try {
      durable.calls.unlinkSync(temp);
    } catch {
      // The first failure is the one to tell; a temporary file that stays is harmless.
    }
    throw fileError("write", path, thrown);
  }
  syncFolderSync(folderOf(path));
}

/** Only the owner reads what a program logged. */
const LOG_MODE = 0o600;

/**
 * A file to add lines to, made when it is not there. Nothing written to it is synced: for logs alone.
 * @throws {CarError} `unavailable`, also for a pipe or device, which could make the writer wait.
 */
export function openForAppending(path: string): Deno.FsFile {
  try {
    const there = statOrNull(path);
    if (there !== null && !there.isFile) throw new Error("it is no regular file");
    return Deno.openSync(path, { append: true, create: true, mode: LOG_MODE });
  } catch (thrown) {
    throw fileError("write", path, thrown);
  }
}

/** Renames or moves within one file system, durably. Replaces what has the new name. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await durable.calls.rename(inRealFolder(from), inRealFolder(to));
  } catch (thrown) {
    throw fileError("move", `${from} to ${to}`, thrown);
  }
  await syncFolder(folderOf(to));
  if (folderOf(from) !== folderOf(to)) await syncFolder(folderOf(from));
}

/** Removes a file, durably. A file that is not there is fine. */
export async function removeFile(path: string): Promise<void> {
  try {
    await durable.calls.unlink(inRealFolder(path));
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return;
    throw fileError("remove", path, thrown);
  }
  await syncFolder(folderOf(path));
}

/**
 * Makes a folder and those above it, where they are missing.
 * @param mode permission bits of the folders it makes.
 * @throws {CarError} `unavailable`, also when a file is in the way.
 */
export async function ensureDir(path: string, mode = 0o755): Promise<void> {
  if (statOrNull(path)?.isDirectory) return;
  const parent = folderOf(path.replace(/\/+$/, ""));
  if (parent !== path && parent !== ".") await ensureDir(parent, mode);
  try {
    await durable.calls.mkdir(path, mode);
  } catch (thrown) {
    // Another process may have made it meanwhile.
    if (statOrNull(path)?.isDirectory) return;
    throw fileError("make the folder", path, thrown);
  }
  await syncFolder(parent);
}

/**
 * Whether anything has that name, also a link to nothing.
 * @throws {CarError} `unavailable` when the folder may not be looked into.
 */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw fileError("look at", path, thrown);
  }
}

/** Text that was in a file, and whether a byte order mark stood before it (it is not in `text`). */
export interface StrictText {
  readonly text: string;
  readonly bom: boolean;
}

/** Bytes as text; undefined when they are not UTF-8. */
export function decodeStrict(bytes: Uint8Array): StrictText | undefined {
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), bom };
  } catch {
    return undefined;
  }
}

/**
 * The text of a regular file.
 * @throws {CarError} `not_found`; `invalid` when it is no regular file, longer than `maxBytes`, or
 * not UTF-8; `unavailable` when the system does not let CAR read it.
 */
export async function readTextStrict(
  path: string,
  options: { readonly maxBytes: number },
): Promise<StrictText> {
  let bytes: Uint8Array;
  try {
    // Links are followed first: a restricted CAR may then not read what lies outside.
    const real = await Deno.realPath(path);
    const info = await Deno.stat(real);
    // A pipe would be waited for, and a device may never end.
    if (!info.isFile) throw new CarError("invalid", `${path} is not a regular file.`);
    if (info.size > options.maxBytes) throw tooLong(path, info.size, options.maxBytes);
    bytes = await Deno.readFile(real);
  } catch (thrown) {
    if (systemCode(thrown) !== "ENOENT") throw fileError("read", path, thrown);
    throw new CarError("not_found", `${path} does not exist.`, { cause: thrown });
  }
  if (bytes.length > options.maxBytes) throw tooLong(path, bytes.length, options.maxBytes);
  const text = decodeStrict(bytes);
  if (text !== undefined) return text;
  throw new CarError("invalid", `${path} is not UTF-8 text.`, {
    hint: "Save the file as UTF-8; nothing of it was changed.",
  });
}

function tooLong(path: string, found: number, allowed: number): CarError {
  return new CarError("invalid", `${path} has ${found} bytes; ${allowed} are allowed.`);
}
