/** Copies a thread: the agent copies its own record, and a new thread here stands for the copy. */

import { CarError } from "../../base/errors.ts";
import {
  changeThread,
  insertThread,
  requireThread,
  type Thread,
} from "../../control/thread_rows.ts";
import type { ThreadId } from "../../engine/ids.ts";
import { forkRefusal, threadKey } from "../../engine/thread.ts";
import { openOptions } from "./answering.ts";
import { ownEvent, recordChange, type ThreadsPlace } from "./place.ts";

/** @throws {CarError} `conflict` when the agent cannot; `locked`; `unavailable` when it does not answer. */
export async function forkThread(
  place: ThreadsPlace,
  from: Thread,
  by: string,
  title: string,
): Promise<Thread> {
  const { store, clock, chance } = place;
  const copy = await copyRecord(place, from);
  const id = threadKey(chance.hex());
  recordChange(place, id, () => {
    const { scope, agent, model, posture } = from;
    const row = { id, scope, agent, model, posture, title, forkOf: from.id, atMs: clock.now() };
    insertThread(store, row);
    if (copy !== null) changeThread(store, id, { agentThread: copy }, null);
    const told = { change: "forked" as const, by, title, from: from.id };
    return [ownEvent(place, "thread", null, told)];
  });
  // The agent has just opened the copy too.
  await place.held.take(id, from.scope.root);
  place.held.rest(id, place.rooms.isOpen(from.scope.root));
  return requireThread(store, id);
}

/** The agent lets only the process that has the thread touch its record. */
async function copyRecord(place: ThreadsPlace, from: Thread): Promise<ThreadId | null> {
  const { held, rooms } = place;
  const { root } = from.scope;
  if (await held.take(from.id, root) === null) {
    throw new CarError("locked", `Another process of CAR has the thread ${from.id}`, {
      hint: "Wait until its agent has been idle for a while, or end that process.",
    });
  }
  try {
    return await rooms.within(root, async (room) => {
      const agent = room.agents.get(from.agent);
      const refused = forkRefusal(from, agent.fork !== undefined);
      if (refused !== null) throw new CarError("conflict", refused.message, { hint: refused.hint });
      const posture = from.posture ?? room.agents.posture(from.agent);
      return await agent.fork?.(openOptions(from, room, posture)) ?? null;
    });
  } finally {
    held.rest(from.id, rooms.isOpen(root));
  }
}
