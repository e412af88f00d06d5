/** `car agents`: which agents are there, and how to get the others. */

import { repoPaths } from "../../control/roots.ts";
import { openDoctorWorld } from "../../hub/doctor_world.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const { context, io, output } = call;
  const found = await context.found();
  const root = found.type === "none" ? await Deno.realPath(context.from) : found.root;
  const environment = io.environment();
  const world = await openDoctorWorld(repoPaths(root), { clock: io.clock, environment });
  try {
    const agents = await world.agents();
    if (call.json) {
      output.json(agents.map(({ name, kind, facts }) => ({ name, kind, ...facts })));
      return;
    }
    output.table(
      [{ title: "agent" }, { title: "found" }, { title: "version" }, { title: "login" }, {
        title: "where",
      }],
      agents.map(({ name, facts }) => [
        name,
        facts.found ? "yes" : "no",
        facts.version ?? "-",
        facts.login,
        facts.path ?? "-",
      ]),
    );
    for (const { name, facts } of agents) {
      if (facts.hint !== "") output.remark(`${name}: ${facts.hint}`);
    }
  } finally {
    await world.close();
  }
}
