/** `car hub scan`: finds the repos in the hub's folders, lists them and sets CAR up in them. */

import { asCarError } from "../../base/errors.ts";
import { isSafe } from "../../base/permissions.ts";
import { type HubState, writeHubState } from "../../control/hub_state.ts";
import { lookAtLock } from "../../control/lock.ts";
import { hubPaths } from "../../control/roots.ts";
import { mendAndScan } from "../../hub/listing/hub_scanner.ts";
import { callGround, rowsOf, tellServed } from "../call_hub.ts";
import type { Call } from "../command.ts";
import { countWords, showRepos } from "../repos_view.ts";

export async function run(call: Call): Promise<void> {
  const { io, output } = call;
  const ground = await callGround(call);
  const scan = await mendAndScan({
    root: ground.root,
    clock: io.clock,
    environment: io.environment(),
    safe: isSafe(io.confinement),
    say: (words) => output.remark(words),
  });
  const { added, initialized, skipped } = scan;
  const rows = await rowsOf(call, ground, scan.repos);
  await remember(call, ground.root, rows);
  if (call.json) return output.json({ repos: rows, added, initialized, skipped });
  for (const { path, reason } of skipped) output.remark(`${path}: ${reason}`);
  for (const id of added) output.say(`listed ${id}`, "dim");
  for (const id of initialized) output.say(`set CAR up in ${id}`, "dim");
  if (added.length > 0) await tellServed(call);
  showRepos(output, rows);
  output.say(countWords(rows));
}

/** Who serves the hub keeps its saved list; else this scan is the newest there is. */
async function remember(
  { io, output }: Call,
  root: string,
  repos: HubState["repos"],
): Promise<void> {
  if (lookAtLock(hubPaths(root).lock).type === "busy") return;
  try {
    await writeHubState(root, { lastScanMs: io.clock.now(), repos });
  } catch (thrown) {
    // Nothing depends on it.
    output.remark(asCarError(thrown).message);
  }
}
