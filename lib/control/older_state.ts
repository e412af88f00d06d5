/** The state file of an older CAR: what it said is kept, out of the way of what is true now. */

import { ensureDir, exists, moveFile } from "./files.ts";
import type { RepoPaths } from "./roots.ts";

/** What the older CAR called it. */
const NAME = "state";

/**
 * Moves `state.json` below `archive/older/`, byte for byte. Nothing reads it any more: runs are in
 * the journal. Never two into one place.
 * @returns A sentence for people, or null when there is none.
 * @throws {CarError} when it cannot be moved; it lies where it was then.
 */
export async function archiveOlderState(
  { root, state, archive }: Pick<RepoPaths, "root" | "state" | "archive">,
): Promise<string | null> {
  const from = `${state}/${NAME}.json`;
  if (!await isFile(from)) return null;
  const folder = `${archive}/older`;
  await ensureDir(folder);
  const to = await freeName(folder);
  await moveFile(from, to);
  const where = to.slice(root.length + 1);
  return `state.json of an older CAR was moved to ${where}; runs are kept in flows.db now.`;
}

const isFile = (path: string): Promise<boolean> =>
  Deno.lstat(path).then((it) => it.isFile, () => false);

async function freeName(folder: string): Promise<string> {
  for (let count = 1;; count++) {
    const path = `${folder}/${NAME}${count === 1 ? "" : `-${count}`}.json`;
    if (!await exists(path)) return path;
  }
}
