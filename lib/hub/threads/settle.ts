/**
 * Settles a message whose answer was being given when its CAR died: ends what is left of it, asks the
 * agent's own record how far it came, and writes down what became of it. Nothing is sent twice.
 */

import type { LockText } from "../../control/lock.ts";
import type { Message } from "../../control/message_rows.ts";
import { isAlive } from "../../control/process_identity.ts";
import { requireThread } from "../../control/thread_rows.ts";
import { closeRequests } from "../../control/thread_requests.ts";
import { settleAfterDeath, type ThreadKey } from "../../engine/thread.ts";
import type { TurnRecord } from "../../engine/turn.ts";
import { openOptions } from "./answering.ts";
import { applyMove } from "./message_moves.ts";
import type { ThreadsPlace } from "./place.ts";
import type { ScopeRoom } from "./scope_rooms.ts";
import { mergeParts } from "./transcript.ts";

const UNKNOWN: TurnRecord = { prompt: "unknown" };

/**
 * Ends what a dead owner of a thread left; its lifeline does within a second, and this is sooner.
 * @param previous Who held the thread's lock before; null when it cannot be told.
 */
export async function endDead(
  { store, rooms }: ThreadsPlace,
  thread: ThreadKey,
  previous: LockText | null,
): Promise<void> {
  if (previous === null || previous.owner === "" || isAlive(previous)) return;
  const { scope } = requireThread(store, thread);
  // A config that cannot be read is told with the message.
  await rooms.within(scope.root, (room) => room.sweepDead(previous.owner)).catch(() => {});
}

export async function settleLeft(place: ThreadsPlace, message: Message): Promise<void> {
  const { store, clock } = place;
  const { scope } = requireThread(store, message.thread);
  // A config that cannot be read, or an agent that is gone, can tell nothing.
  const record = await place.rooms.within(scope.root, async (room) => {
    if (message.turn !== null) await room.sweepTurn(message.turn);
    return await recordOf(place, room, message);
  }).catch(() => UNKNOWN);
  const { move, words } = settleAfterDeath(record);
  const atMs = clock.now();
  const owner = { thread: message.thread, message: message.id };
  const said = store.write(() => mergeParts(store, owner, atMs));
  applyMove(place, message, move, {
    changes: move === "return"
      ? { turn: null, startedMs: null }
      : { endedMs: atMs, answer: said, error: words },
    told: { words },
    also: () =>
      closeRequests(store, message.id, {
        answer: { type: "no", reason: "CAR died before anybody answered" },
        by: "the death of CAR",
        atMs,
      }),
  });
}

async function recordOf(
  place: ThreadsPlace,
  room: ScopeRoom,
  message: Message,
): Promise<TurnRecord> {
  if (message.turn === null) return UNKNOWN;
  const thread = requireThread(place.store, message.thread);
  const posture = message.posture ?? room.agents.posture(thread.agent);
  const agent = room.agents.get(thread.agent);
  const opened = await agent.open(openOptions(thread, room, posture));
  try {
    return await opened.record(message.turn);
  } finally {
    await opened.close().catch(() => {});
  }
}
