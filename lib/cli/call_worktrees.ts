/** The worktrees of the hub a command works in. */

import { isSafe } from "../base/permissions.ts";
import { Worktrees } from "../hub/worktrees/worktrees.ts";
import type { Call } from "./command.ts";

/** Opens them for `body`, and closes them whatever it does. */
export async function withWorktrees<T>(
  call: Call,
  body: (worktrees: Worktrees) => Promise<T>,
): Promise<T> {
  const { io, output } = call;
  const worktrees = await Worktrees.open(await call.context.hub(), {
    clock: io.clock,
    environment: io.environment(),
    safe: isSafe(io.confinement),
    say: (words) => output.remark(words),
  });
  try {
    return await body(worktrees);
  } finally {
    await worktrees.close();
  }
}
