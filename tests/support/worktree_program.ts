/** Does one thing with the worktrees of a hub, in a process that a test may kill: HUB create|cleanup NAME. */

import { systemClock } from "../../lib/base/clock.ts";
import { hubPaths } from "../../lib/control/roots.ts";
import { Worktrees } from "../../lib/hub/worktrees/worktrees.ts";

const [hub = "", what = "", name = ""] = Deno.args;
const worktrees = await Worktrees.open(hubPaths(hub), {
  clock: systemClock,
  environment: Deno.env.toObject(),
});
if (what === "create") {
  await worktrees.create("base", name, { seeds: { tickets: "open", contextspace: true } });
} else await worktrees.cleanup(name);
await worktrees.close();
