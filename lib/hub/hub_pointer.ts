/**
 * A note in a repo that lies elsewhere than its hub: where that hub is. The hub writes it while it is
 * served. It is only a hint: whoever reads it asks whether that hub runs and lists the repo.
 */

import * as z from "zod/mini";
import { readTextStrict, removeFile, writeFileAtomic } from "../control/files.ts";
import { isHubFor, repoPaths } from "../control/roots.ts";

const POINTER_BYTES_MAX = 8_192;

const POINTER = z.object({ hub: z.string().check(z.regex(/^\//)) });

const pointerPath = (root: string): string => `${repoPaths(root).state}/hub.json`;

/**
 * The folder of the hub that a repo is pointed to, as `isHubFor` allows it: it may be down, and may
 * have forgotten the repo. Null: there is none.
 */
export async function readHubPointer(root: string): Promise<string | null> {
  const hub = await pointedAt(root);
  return hub !== null && await isHubFor(hub, root) ? hub : null;
}

/** @throws {CarError} `unavailable`. */
export async function writeHubPointer(root: string, hub: string): Promise<void> {
  await writeFileAtomic(pointerPath(root), `${JSON.stringify({ hub })}\n`);
}

/** Takes the note away where it names this hub. @throws {CarError} `unavailable`. */
export async function removeHubPointer(root: string, hub: string): Promise<void> {
  if (await pointedAt(root) === hub) await removeFile(pointerPath(root));
}

/** What the note says, whatever is there. */
async function pointedAt(root: string): Promise<string | null> {
  try {
    const { text } = await readTextStrict(pointerPath(root), { maxBytes: POINTER_BYTES_MAX });
    const read = POINTER.safeParse(JSON.parse(text));
    return read.success ? read.data.hub : null;
  } catch {
    // None, or none that can be read.
    return null;
  }
}
