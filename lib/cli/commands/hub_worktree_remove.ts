/** `car hub worktree cleanup` and `delete`: removes a worktree and tells where its work is now. */

import { plural } from "../../base/text.ts";
import type { Removed } from "../../hub/worktrees/removal.ts";
import { refuseAgent } from "../actor.ts";
import { withWorktrees } from "../call_worktrees.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const { input, output, spec } = call;
  const options = { force: input.flag("force"), deleteBranch: input.flag("delete-branch") };
  if (options.force) refuseAgent(call);
  const id = input.argument("id");
  const removed = await withWorktrees(
    call,
    (it) => spec.path.endsWith("delete") ? it.delete(id, options) : it.cleanup(id, options),
  );
  if (call.json) output.json(removed);
  else tell(call, removed);
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
