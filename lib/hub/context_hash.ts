/** A fingerprint of the contextspace: compared, never read. */

import { createHash } from "node:crypto";
import type { ContextspacePaths } from "../control/roots.ts";

/** Over the bytes of the three documents; a missing one counts as empty. */
export async function contextHash(paths: ContextspacePaths): Promise<string> {
  const hash = createHash("sha256");
  for (const path of [paths.activeContext, paths.decisions, paths.spec]) {
    hash.update(`\0${path}\0`);
    hash.update(await Deno.readFile(path).catch(() => new Uint8Array()));
  }
  return hash.digest("hex");
}
