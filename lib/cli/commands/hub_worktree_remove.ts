/** `car hub worktree cleanup` and `delete`: removes a worktree and tells where its work is now. */

import { CarError } from "../../base/errors.ts";
import { plural } from "../../base/text.ts";
import type { WorktreeLook } from "../../hub/worktrees/look.ts";
import type { Removed } from "../../hub/worktrees/removal.ts";
import { refuseAgent } from "../actor.ts";
import { withWorktrees } from "../call_worktrees.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const { input, output, spec } = call;
  const options = { force: input.flag("force"), deleteBranch: input.flag("delete-branch") };
  if (options.force) refuseAgent(call);
  const id = input.argument("id");
  const removed = await withWorktrees(call, async (it) => {
    refuseInside(call.io.cwd, await it.show(id));
    return spec.path.endsWith("delete")
      ? await it.delete(id, options)
      : await it.cleanup(id, options);
  });
  if (call.json) output.json(removed);
  else tell(call, removed);
}

/** Nothing can be started from a folder that is gone, and the removal would stop half way. */
function refuseInside(cwd: string, { id, path }: WorktreeLook): void {
  if (!`${cwd}/`.startsWith(`${path}/`)) return;
  throw new CarError("conflict", `You stand in ${id}, which would be removed under you.`, {
    hint: `Go out of it first, as to ${path.slice(0, path.lastIndexOf("/"))}, and type it there.`,
  });
}

function tell({ output }: Call, removed: Removed): void {
  const { id, branch, saved, archive, branchKept, savedBranch } = removed;
  output.say(`Removed ${id}.`, "good");
  if (saved !== null && saved.files > 0) {
    output.say(`${plural(saved.files, "changed file")}: git stash apply ${saved.ref}`);
  } else if (saved !== null) output.say(`Commits without a branch: git branch NAME ${saved.ref}`);
  if (archive !== null) output.say(`Tickets and runs: ${archive}`);
  if (branchKept) output.say(`The branch ${branch} stays.`);
  else if (savedBranch !== null) {
    output.say(`Commits of ${branch}, which is deleted: git branch ${branch} ${savedBranch}`);
  } else if (branch !== "") output.say(`The branch ${branch} is deleted.`);
}
