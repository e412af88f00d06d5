/** What is known of the place where a repo's agents run, for `car doctor`. */

import { ProcessRoom } from "../adapters/process/room.ts";
import type { DestinationHealth } from "../control/doctor.ts";
import type { FactsPlace } from "./agent_facts.ts";
import { boxFor } from "./repo_box.ts";

/**
 * Has a container begin and end, where the config wants containers.
 * @throws {CarError} `unavailable` with what the engine said.
 */
export async function lookAtDestination(place: FactsPlace): Promise<DestinationHealth> {
  const box = await boxFor(place);
  if (box === null) return { found: "Agents and checks run on this machine.", unseen: [] };
  const { root, clock, environment, config } = place;
  const room = ProcessRoom.open({ root, owner: crypto.randomUUID(), clock, environment, box });
  try {
    await box.prepare((spec, options) => room.run(spec, options));
  } finally {
    await room.close();
  }
  const { from, env } = box.destination;
  const what = from.type === "image" ? `the image ${from.name}` : `the folder ${from.path}`;
  const rights = box.rootless ? "without root's rights" : "with root's rights";
  return {
    found: `${box.engine.program}, ${rights}, made a container from ${what}.`,
    unseen: Object.entries(config.agents).flatMap(([name, { pass_env }]) =>
      pass_env.filter((it) => !env.includes(it)).map((it) => `agents.${name}: ${it}`)
    ),
  };
}
