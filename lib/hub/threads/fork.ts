/** Copies a thread: the agent copies its own record, and a new thread here stands for the copy. */

import { CarError } from "../../base/errors.ts";
import {
  changeThread,
  insertThread,
  requireThread,
  type Thread,
} from "../../control/thread_rows.ts";
import { forkRefusal, threadKey } from "../../engine/thread.ts";
import { openOptions } from "./answering.ts";
import { ownEvent, recordChange, type ThreadsPlace } from "./place.ts";

/** @throws {CarError} `conflict` when the agent cannot; `unavailable` when it does not answer. */
export async function forkThread(
  place: ThreadsPlace,
  from: Thread,
  by: string,
  title: string,
): Promise<Thread> {
  const { store, clock, chance, rooms } = place;
  const copy = await rooms.within(from.scope.root, async (room) => {
    const agent = room.agents.get(from.agent);
    const refused = forkRefusal(from, agent.fork !== undefined);
    if (refused !== null) throw new CarError("conflict", refused.message, { hint: refused.hint });
    const posture = from.posture ?? room.agents.posture(from.agent);
    return await agent.fork?.(openOptions(from, room, posture)) ?? null;
  });
  const id = threadKey(chance.hex());
  recordChange(place, id, () => {
    const { scope, agent, model, posture } = from;
    const row = { id, scope, agent, model, posture, title, forkOf: from.id, atMs: clock.now() };
    insertThread(store, row);
    if (copy !== null) changeThread(store, id, { agentThread: copy }, null);
    const told = { change: "forked" as const, by, title, from: from.id };
    return [ownEvent(place, "thread", null, told)];
  });
  return requireThread(store, id);
}
