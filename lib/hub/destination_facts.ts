/** What is known of the place where a repo's agents run, for `car doctor`. */

import type { DestinationHealth } from "../control/doctor.ts";
import type { FactsPlace } from "./agent_facts.ts";
import { runsElsewhere } from "./repo_box.ts";
import { withRepoRoom } from "./repo_room.ts";

const HERE: DestinationHealth = { found: "Agents and checks run on this machine.", unseen: [] };

/**
 * Has a container begin and end, where the config wants containers.
 * @throws {CarError} `unavailable` with what the engine said.
 */
export async function lookAtDestination(place: FactsPlace): Promise<DestinationHealth> {
  if (!runsElsewhere(place)) return HERE;
  return await withRepoRoom(place, (_room, box) => {
    if (box === null) return Promise.resolve(HERE);
    const { from, env } = box.destination;
    const what = from.type === "image" ? `the image ${from.name}` : `the folder ${from.path}`;
    const rights = box.rootless ? "without root's rights" : "with root's rights";
    return Promise.resolve({
      found: `${box.engine.program}, ${rights}, made a container from ${what}.`,
      unseen: Object.entries(place.config.agents).flatMap(([name, { pass_env }]) =>
        pass_env.filter((it) => !env.includes(it)).map((it) => `agents.${name}: ${it}`)
      ),
    });
  });
}
