/** `car hub remove`: takes a repo off the list and leaves its files alone. */

import { findCandidates } from "../../hub/listing/candidates.ts";
import { removeRepo } from "../../hub/listing/roster.ts";
import { callGround, tellServed } from "../call_hub.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const { output } = call;
  const ground = await callGround(call);
  const { repo, worktrees } = await removeRepo(ground, call.input.argument("id"));
  const { candidates } = await findCandidates(ground);
  const isFoundAgain = candidates.some((it) => it.root === repo.root);
  if (call.json) {
    return output.json({ id: repo.id, path: repo.path, root: repo.root, worktrees, isFoundAgain });
  }
  output.say(`${repo.id} is off the list; ${repo.root} was not touched.`, "good");
  if (worktrees.length > 0) output.say(`Its worktrees stay listed: ${worktrees.join(", ")}.`);
  if (isFoundAgain) {
    output.say("The next scan lists it again, since it lies in a folder of the hub's.", "warn");
  }
  await tellServed(call);
}
