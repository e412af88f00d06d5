/**
 * CAR's config as it stood before a turn, so that it can be put back. It lies beside the journal, which
 * knows its hash alone: secrets may stand in a config, and the journal is read, shown and sent around.
 */

import { createHash } from "node:crypto";
import { writeFileAtomic } from "./files.ts";
import type { RepoPaths } from "./roots.ts";

/** Secrets may stand in it. */
const COPY_MODE = 0o600;

interface Kept {
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** For the holder of a repo's lock. One turn is on at a time, so one copy is enough. */
export class ConfigCopy {
  readonly #paths: Pick<RepoPaths, "config" | "configCopy">;
  /** What this process kept: the file is for the time after its death, and an agent could change it. */
  #kept: Kept | null = null;

  constructor(paths: Pick<RepoPaths, "config" | "configCopy">) {
    this.#paths = paths;
  }

  /**
   * Copies the config as it is now.
   * @returns Its hash; null when there is none, or none that can be read: then nothing can be put back.
   */
  async keep(): Promise<string | null> {
    this.#kept = await read(this.#paths.config);
    if (this.#kept === null) return null;
    const { hash, bytes } = this.#kept;
    const there = await read(this.#paths.configCopy);
    const isThere = there?.hash === hash && await isOwners(this.#paths.configCopy);
    if (!isThere) await writeFileAtomic(this.#paths.configCopy, bytes, COPY_MODE);
    return hash;
  }

  /**
   * Puts the config of this hash back where it is another now, or gone.
   * @returns `lost`: it is another, and there is no copy of what it was.
   */
  async putBack(hash: string): Promise<"same" | "restored" | "lost"> {
    const now = await read(this.#paths.config);
    if (now?.hash === hash) return "same";
    const kept = this.#kept?.hash === hash ? this.#kept : await read(this.#paths.configCopy);
    if (kept?.hash !== hash) return "lost";
    // One that is gone may have been its owner's alone.
    await writeFileAtomic(this.#paths.config, kept.bytes, now === null ? COPY_MODE : undefined);
    return "restored";
  }
}

/** Null: it is not there, or not to be read. */
async function read(path: string): Promise<Kept | null> {
  try {
    const bytes = await Deno.readFile(path);
    return { hash: createHash("sha256").update(bytes).digest("hex"), bytes };
  } catch {
    return null;
  }
}

async function isOwners(path: string): Promise<boolean> {
  const { mode } = await Deno.stat(path);
  return mode === null || (mode & 0o777) === COPY_MODE;
}
