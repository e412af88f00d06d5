/** Makes a git repo with CAR and some tickets in it, in a temporary folder: for demonstrations. */

import { ProcessRoom } from "../adapters/process/room.ts";
import type { Clock } from "../base/clock.ts";
import { CarError } from "../base/errors.ts";
import { writeFileAtomic } from "../control/files.ts";
import { initRepo } from "../control/init.ts";
import { repoPaths } from "../control/roots.ts";

/** Longest wait for one of the few git commands, in milliseconds. */
const GIT_MS_MAX = 10_000;
/** The repo is nobody's: its first commit needs a name all the same. */
const IDENTITY = ["-c", "user.name=CAR demo", "-c", "user.email=demo@localhost"] as const;

/**
 * @returns The repo's path; the caller's to remove.
 * @throws {CarError} `unavailable` without git.
 */
export async function makeScratchRepo(
  prefix: string,
  tickets: readonly { readonly name: string; readonly text: string }[],
  clock: Clock,
): Promise<string> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix }));
  const room = ProcessRoom.open({ root, owner: crypto.randomUUID(), clock });
  try {
    await git(room, root, "init", "--quiet", "--initial-branch=main");
    await git(room, root, "commit", "--quiet", "--allow-empty", "--message=Begin");
  } finally {
    await room.close();
  }
  await initRepo(root);
  for (const { name, text } of tickets) {
    await writeFileAtomic(`${repoPaths(root).tickets}/${name}`, text);
  }
  return root;
}

async function git(room: ProcessRoom, root: string, ...args: readonly string[]): Promise<void> {
  const finished = await room.run(
    { argv: ["git", ...IDENTITY, ...args], cwd: root, purpose: "git" },
    { timeoutMs: GIT_MS_MAX },
  );
  if (finished.exit.code === 0) return;
  throw new CarError("unavailable", `git ${args[0]} failed: ${finished.exit.stderrTail.trim()}`, {
    hint: "See whether git works there, then try again.",
  });
}
