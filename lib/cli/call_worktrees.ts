/** The worktrees of the hub or repo a command works in. */

import { isSafe } from "../base/permissions.ts";
import { Worktrees } from "../hub/worktrees/worktrees.ts";
import type { Call } from "./command.ts";

/**
 * Opens them for `body`, and closes them whatever it does. `repo` is the one a person stands in; absent
 * in the hub's own folder, where those of all repos are meant.
 */
export async function withWorktrees<T>(
  call: Call,
  body: (worktrees: Worktrees, repo?: string) => Promise<T>,
): Promise<T> {
  const { io, output } = call;
  const options = {
    clock: io.clock,
    environment: io.environment(),
    safe: isSafe(io.confinement),
    say: (words: string) => output.remark(words),
  };
  const place = await call.context.either();
  const { worktrees, repo } = place.type === "hub"
    ? { worktrees: await Worktrees.open(place.paths, options), repo: undefined }
    : await Worktrees.ofRepo(place.paths, options);
  try {
    return await body(worktrees, repo);
  } finally {
    await worktrees.close();
  }
}
