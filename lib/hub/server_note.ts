/**
 * Where a running server answers, for the CLI: a note beside the state, believed only while the
 * process that wrote it lives.
 */

import * as z from "zod/mini";
import { readTextStrict, removeFile, writeFileAtomic } from "../control/files.ts";
import { isAlive, processIdentity } from "../control/process_identity.ts";

/** Only its owner is told where the socket is. */
const NOTE_MODE = 0o600;
const NOTE_BYTES_MAX = 4_096;

const NOTE = z.object({
  url: z.string(),
  socket: z.nullable(z.string()),
  pid: z.int(),
  start: z.string(),
  boot: z.string(),
});

/** Where a server answers. */
export interface ServerPlace {
  /** `http://127.0.0.1:4173`, no slash at the end. */
  readonly url: string;
  /** Absolute; null when it has none. */
  readonly socket: string | null;
  readonly pid: number;
}

/** @param state The folder of the state: `.codex-autorunner` of the hub or repo. */
const notePath = (state: string): string => `${state}/server.json`;

/** @throws {CarError} `unavailable`. */
export async function writeServerNote(
  state: string,
  place: Pick<ServerPlace, "url" | "socket">,
): Promise<void> {
  const identity = processIdentity(Deno.pid);
  const note = {
    ...place,
    pid: Deno.pid,
    start: identity?.start ?? "",
    boot: identity?.boot ?? "",
  };
  await writeFileAtomic(notePath(state), `${JSON.stringify(note)}\n`, NOTE_MODE);
}

export async function removeServerNote(state: string): Promise<void> {
  await removeFile(notePath(state));
}

/** Where the server of this place answers; null when none runs. */
export async function findServer(state: string): Promise<ServerPlace | null> {
  let found: unknown;
  try {
    found = JSON.parse((await readTextStrict(notePath(state), { maxBytes: NOTE_BYTES_MAX })).text);
  } catch {
    // None, or none that can be read: then nobody is asked.
    return null;
  }
  const note = z.safeParse(NOTE, found);
  if (!note.success || !isAlive(note.data)) return null;
  const { url, socket, pid } = note.data;
  return { url, socket, pid };
}
