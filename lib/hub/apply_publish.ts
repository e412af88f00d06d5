/** Files the agent's message to a person in the run's history. Twice is as once: a filed one is found by its turn. */

import { fileDispatch, listDispatches } from "../control/dispatches.ts";
import type { Outcome } from "../engine/events.ts";
import type { TurnId } from "../engine/ids.ts";
import type { Run } from "../engine/run.ts";
import type { Workplace } from "./workplace.ts";

export async function applyPublish(
  place: Workplace,
  run: Run,
  turnId: TurnId | null,
): Promise<Outcome> {
  const paths = place.paths.run(run.id);
  const key = turnId ?? run.id;
  const filed = await fileDispatch(paths, { key, atMs: place.clock.now() });
  const newest = filed ?? (await listDispatches(paths)).at(-1);
  return {
    type: "published",
    sequence: newest?.number ?? 0,
    title: newest?.title ?? "A message that is gone",
  };
}
