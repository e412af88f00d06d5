/** Git's index as a file: copied and searched without starting git. */

import { STATE_FOLDER } from "../../control/roots.ts";

/** In an index whose names are shortened against the ones before, the end of a name stays whole. */
const STATE_FOLDER_END = new TextEncoder().encode(`${STATE_FOLDER.slice(-10)}/`);

/**
 * Copies the index with its time: git takes a file for unchanged only when it is older than the
 * index, so a younger copy would hide edits of the same moment and size. No index, no copy.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  try {
    const { mtime } = await Deno.stat(from);
    await Deno.copyFile(from, to);
    if (mtime !== null) await Deno.utime(to, mtime, mtime);
  } catch (thrown) {
    // Nothing was ever added in this repository.
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}

/** Whether files of CAR's state folder may be tracked; false is certain. */
export async function mayTrackState(index: string): Promise<boolean> {
  try {
    return includes(await Deno.readFile(index), STATE_FOLDER_END);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

function includes(bytes: Uint8Array, part: Uint8Array): boolean {
  const first = part[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (part.every((byte, offset) => bytes[at + offset] === byte)) return true;
  }
  return false;
}
