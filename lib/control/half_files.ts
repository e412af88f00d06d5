/** Files that a killed writer left half-written: worth nothing, and taken away by the next owner. */

import { isTempName, removeFile, systemCode } from "./files.ts";
import type { RepoPaths } from "./roots.ts";

/**
 * Removes them from the folders CAR writes into. Only while holding the lock: a file of that name may
 * else be one that is being written.
 * @returns How many there were.
 */
export async function removeHalfFiles(paths: RepoPaths): Promise<number> {
  let removed = 0;
  for (const folder of [paths.state, paths.tickets, paths.contextspace.folder]) {
    for (const name of namesIn(folder).filter(isTempName)) {
      await removeFile(`${folder}/${name}`);
      removed++;
    }
  }
  return removed;
}

function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return [];
    throw thrown;
  }
}
