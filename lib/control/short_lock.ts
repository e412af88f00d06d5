/**
 * A lock for the moment of one write, so that two processes that change a file in place do not lose
 * each other's change. Who owns a repo is another matter: see lock.ts.
 */

import { type Clock, systemClock } from "../base/clock.ts";
import { CarError } from "../base/errors.ts";
import { fileError } from "./files.ts";

/** A holder needs milliseconds; one that takes this long hangs, or its disk does. */
const WAIT_MS_MAX = 10_000;
/** Between two tries. */
const TRY_EVERY_MS = 10;

const LOCK_MODE = 0o600;

/**
 * Does the work while no other process, and nobody else in this one, holds the lock.
 * @param path Of the lock file; its folder must exist. The file stays: it must never be exchanged.
 * @throws {CarError} `timeout` when others hold it for too long, `unavailable`; and what `work` throws.
 */
export async function underLock<T>(
  path: string,
  work: () => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  const file = openLock(path);
  try {
    await take(file, path, clock);
    return await work();
  } finally {
    // Closing frees the lock.
    file.close();
  }
}

function openLock(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { read: true, write: true, create: true, mode: LOCK_MODE });
  } catch (thrown) {
    throw fileError("open the lock", path, thrown);
  }
}

async function take(file: Deno.FsFile, path: string, clock: Clock): Promise<void> {
  const end = clock.elapsed() + WAIT_MS_MAX;
  const exclusive = true;
  for (;;) {
    try {
      if (file.tryLockSync(exclusive)) return;
    } catch (thrown) {
      throw fileError("lock", path, thrown);
    }
    if (clock.elapsed() >= end) break;
    await clock.sleep(TRY_EVERY_MS);
  }
  throw new CarError("timeout", `Another process has held ${path} for ${WAIT_MS_MAX / 1000} s.`, {
    hint: "Look for a CAR that hangs; `car doctor` helps.",
  });
}
