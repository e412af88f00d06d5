/** The id of a repo's work tree as it is now, for those who only look: nothing is written in the repo. */

import { Git } from "../adapters/git/git.ts";
import { ProcessRoom } from "../adapters/process/room.ts";
import type { Clock } from "../base/clock.ts";
import { notAllowed } from "../base/errors.ts";
import { repoPaths } from "../control/roots.ts";
import { RepoGit } from "./repo_git.ts";

export interface TreeNowOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
}

const PREFIX = "car-tree-";

/** A restricted CAR may write in the repo's own state only. */
async function makeScratch(root: string): Promise<string> {
  try {
    return await Deno.makeTempDir({ prefix: PREFIX });
  } catch (thrown) {
    if (notAllowed(thrown) === null) throw thrown;
    return await Deno.makeTempDir({ dir: repoPaths(root).state, prefix: PREFIX });
  }
}

/** @throws {CarError} `unavailable` without git, `not_found` outside of a git repo. */
export async function treeIdNow(root: string, options: TreeNowOptions): Promise<string> {
  const scratch = await makeScratch(root);
  const room = ProcessRoom.open({
    root: scratch,
    owner: crypto.randomUUID(),
    clock: options.clock,
    environment: options.environment,
  });
  try {
    const path = options.environment["PATH"];
    const git = Git.find({ room, clock: options.clock, ...(path === undefined ? {} : { path }) });
    return await (await RepoGit.open(git, root, scratch)).treeId();
  } finally {
    await room.close();
    await Deno.remove(scratch, { recursive: true });
  }
}
