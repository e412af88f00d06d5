/** `car hub worktree create`: a worktree of a repo for a branch. */

import { CarError } from "../../base/errors.ts";
import { withRepo } from "../../engine/command_words.ts";
import { withWorktrees } from "../call_worktrees.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const { input, output } = call;
  const [repo, branch] = [input.argument("repo"), input.argument("branch")];
  const { record, existed } = await withWorktrees(call, (it) =>
    it.create(repo, branch, {
      from: input.text("from"),
      setup: !input.flag("skip-setup"),
      seeds: {
        tickets: input.flag("with-tickets") ? "open" : "none",
        contextspace: input.flag("with-context"),
      },
    }));
  if (record.state === "setup_failed") {
    throw new CarError("unavailable", `${record.id}: ${record.reason ?? "Its setup failed."}`, {
      hint: `The worktree stays in ${record.path}. Mend it, then the same command again ` +
        "repeats the setup.",
    });
  }
  if (call.json) return output.json({ ...record, existed });
  output.say(
    existed
      ? `${record.id} is there already: ${record.path}`
      : `Made ${record.id} on ${record.branch}: ${record.path}`,
    "good",
  );
  if (!existed) {
    // In the hub its id is enough; a single repo knows no ids.
    const there = (await call.context.either()).type === "hub" ? record.id : record.path;
    output.say(withRepo("Next: `car ticket new`, then `car run`.", there));
  }
}
