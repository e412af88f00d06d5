/**
 * One owner per repo. The kernel's `flock` on `.codex-autorunner/lock` decides, so a lock is free the
 * instant its holder is dead; the text inside only tells people who holds it and whether the last
 * holder ended in order. The file is never deleted: two owners could then hold two files of one name.
 */

import { type Clock, systemClock } from "../base/clock.ts";
import { CarError } from "../base/errors.ts";
import { decodeStrict, durable, fileError, systemCode } from "./files.ts";
import { networkMount } from "./mounts.ts";
import { canSeeProcesses, isAlive } from "./process_identity.ts";

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly start: string;
  readonly boot: string;
  /** Fresh for each start of CAR; marks the processes it starts. */
  readonly owner: string;
  /** Where its web page answers, or null. */
  readonly url: string | null;
  readonly version: string;
  /** What it was started for, e.g. `car run`. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** The text in a lock file. */
export interface LockText extends LockHolder {
  /** Written as the last thing by a holder that ended in order. */
  readonly clean: boolean;
}

export interface HeldLock {
  readonly path: string;
  /** Who held it before; null when nobody did or the text cannot be read. */
  readonly previous: LockText | null;
  /** Whether the last holder was killed, so that what it left has to be checked. */
  readonly unclean: boolean;
  /** Rewrites what others are told, e.g. the url once the page answers. */
  update(changes: Partial<Pick<LockHolder, "url" | "command">>): void;
  /** Marks a clean end and frees the lock. Safe to call twice. */
  release(): void;
}

export type LockResult =
  | { readonly type: "held"; readonly lock: HeldLock }
  | {
    readonly type: "busy";
    readonly holder: LockText | null;
    /** Whether the process in the text runs, as far as it can be seen: false when another one took over its lock. */
    readonly alive: boolean;
  };

/** A dying holder that is just starting a child frees its lock a moment later: tries, and between them. */
const TRIES_MAX = 5;
const TRY_EVERY_MS = 10;

const LOCK_MODE = 0o600;
/** More than any lock text. */
const TEXT_BYTES_MAX = 16_384;
/** What the system answers on file systems that know no locks. */
const NO_LOCKS: readonly string[] = ["ENOTSUP", "EOPNOTSUPP", "ENOLCK", "ENOSYS"];

/**
 * Takes the lock, or tells who has it. The folder must exist.
 * @throws {CarError} `unavailable` when the file cannot be opened or the file system knows no locks;
 * `invalid` when something other than a file has its name.
 */
export async function acquireLock(
  path: string,
  holder: LockHolder,
  clock: Clock = systemClock,
): Promise<LockResult> {
  for (let tries = 1;; tries++) {
    const file = tryOnce(path);
    if (file !== null) return { type: "held", lock: hold(path, file, holder) };
    if (tries >= TRIES_MAX) break;
    await clock.sleep(TRY_EVERY_MS);
  }
  const found = readHolder(path);
  return { type: "busy", holder: found, alive: found !== null && seemsAlive(found) };
}

/** What a lock file says without taking part: whether anyone holds it, and its text. */
export type LockSight =
  | { readonly type: "free"; readonly last: LockText | null }
  | { readonly type: "busy"; readonly holder: LockText | null; readonly alive: boolean };

/** Looks whether a lock is held. Two lookers do not disturb each other; a missing file is free. */
export function lookAtLock(path: string): LockSight {
  refuseOther(path);
  const text = readHolder(path);
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return { type: "free", last: null };
    throw fileError("look at", path, thrown);
  }
  const shared = false;
  try {
    if (file.tryLockSync(shared)) return { type: "free", last: text };
  } catch (thrown) {
    throw lockFailure(path, thrown);
  } finally {
    free(file);
  }
  return { type: "busy", holder: text, alive: text !== null && seemsAlive(text) };
}

/** Where processes cannot be seen, the lock that is held speaks for the one in its text. */
const seemsAlive = (holder: LockText): boolean => !canSeeProcesses() || isAlive(holder);

/** The text in a lock file; null when there is none, or none that can be read. */
export function readHolder(path: string): LockText | null {
  try {
    if (!Deno.lstatSync(path).isFile) return null;
    using file = Deno.openSync(path);
    return parseText(readStart(file));
  } catch {
    return null;
  }
}

/** The refusal of a command that needs a lock another process has. */
export function lockedError(root: string, busy: Extract<LockSight, { type: "busy" }>): CarError {
  const { holder, alive } = busy;
  if (holder === null || !alive) {
    return new CarError(
      "locked",
      `Another process has ${root} locked; it does not say who it is.`,
      {
        hint: "Wait a moment and try again; `car doctor` looks for it.",
      },
    );
  }
  const where = holder.url === null ? "" : `, ${holder.url}`;
  const who = `${holder.command} (process ${holder.pid}, since ${holder.startedAt}${where})`;
  return new CarError("locked", `${root} is in use by ${who}.`, {
    hint: "Wait for it, or end it with `car stop`.",
  });
}

/** A warning for people when a lock there would not hold between machines; null when all is well. */
export function lockWarning(folder: string): string | null {
  const mount = networkMount(folder);
  return mount === null ? null : `${folder} lies on a network file system (${mount.type} at ` +
    `${mount.folder}): CAR on another machine may not see the lock. Keep the repo on a local disk.`;
}

/** The locked file, or null when another has it or the file was exchanged meanwhile. */
function tryOnce(path: string): Deno.FsFile | null {
  refuseOther(path);
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true, write: true, create: true, mode: LOCK_MODE });
  } catch (thrown) {
    throw fileError("open the lock", path, thrown);
  }
  let locked = false;
  const exclusive = true;
  try {
    locked = file.tryLockSync(exclusive) && isSameFile(file, path);
  } catch (thrown) {
    throw lockFailure(path, thrown);
  } finally {
    if (!locked) file.close();
  }
  return locked ? file : null;
}

/** A link would have CAR write into a file elsewhere, a pipe would be waited for. */
function refuseOther(path: string): void {
  try {
    if (Deno.lstatSync(path).isFile) return;
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return;
    throw fileError("look at the lock", path, thrown);
  }
  throw new CarError("invalid", `${path} is not a regular file, so it cannot be the lock.`, {
    hint: "Move it out of the way; CAR makes a new one.",
  });
}

function isSameFile(file: Deno.FsFile, path: string): boolean {
  try {
    const [held, named] = [file.statSync(), Deno.lstatSync(path)];
    return held.ino === named.ino && held.dev === named.dev;
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return false;
    throw thrown;
  }
}

function lockFailure(path: string, thrown: unknown): CarError {
  const code = systemCode(thrown);
  if (!NO_LOCKS.includes(code)) return fileError("lock", path, thrown);
  const mount = networkMount(path);
  const where = mount === null ? "its file system" : `${mount.type} at ${mount.folder}`;
  return new CarError("unavailable", `Cannot lock ${path}: ${where} knows no locks (${code}).`, {
    hint: "Keep the repo on a local disk.",
    cause: thrown,
  });
}

function hold(path: string, file: Deno.FsFile, asked: LockHolder): HeldLock {
  let holder = asked;
  let open = true;
  let before: string | null;
  try {
    before = readStart(file);
    writeText(file, { ...holder, clean: false });
  } catch (thrown) {
    file.close();
    throw fileError("write the lock", path, thrown);
  }
  const previous = parseText(before);
  return {
    path,
    previous,
    unclean: before !== "" && previous?.clean !== true,
    update(changes) {
      holder = { ...holder, ...changes };
      if (open) writeText(file, { ...holder, clean: false });
    },
    release() {
      if (!open) return;
      open = false;
      try {
        writeText(file, { ...holder, clean: true });
      } finally {
        free(file);
      }
    },
  };
}

/** Unlocks as well as closes: a child that is just being started has the file open for a moment too. */
function free(file: Deno.FsFile): void {
  try {
    file.unlockSync();
  } catch {
    // It was not locked; to close it is enough.
  }
  file.close();
}

/**
 * Overwrites the text in place and cuts the rest after: a reader takes the first line, so it finds the
 * old text or the new one. A rename would leave the lock on the old file.
 */
function writeText(file: Deno.FsFile, text: LockText): void {
  const bytes = new TextEncoder().encode(JSON.stringify(text) + "\n");
  file.seekSync(0, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) at += durable.calls.writeSync(file, bytes.subarray(at));
  file.truncateSync(bytes.length);
  durable.calls.fsyncSync(file);
}

/** The first bytes of the file; null when they are no text. */
function readStart(file: Deno.FsFile): string | null {
  const buffer = new Uint8Array(TEXT_BYTES_MAX);
  file.seekSync(0, Deno.SeekMode.Start);
  const length = file.readSync(buffer) ?? 0;
  return decodeStrict(buffer.subarray(0, length))?.text ?? null;
}

/** The first line of a lock file as a holder; null when it is none. */
function parseText(text: string | null): LockText | null {
  let value: unknown;
  try {
    value = JSON.parse(text?.split("\n")[0] ?? "");
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  const word = (key: string): string => {
    const found = fields.get(key);
    return typeof found === "string" ? found : "";
  };
  const pid = fields.get("pid");
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return null;
  return {
    pid,
    start: word("start"),
    boot: word("boot"),
    owner: word("owner"),
    url: word("url") || null,
    version: word("version"),
    command: word("command"),
    startedAt: word("startedAt"),
    clean: fields.get("clean") === true,
  };
}
