/** Moves a message from one state to the next, as the table allows, together with the event that tells it. */

import { CarError } from "../../base/errors.ts";
import {
  changeMessage,
  type Message,
  type MessageChanges,
  requireMessage,
} from "../../control/message_rows.ts";
import { changeThread } from "../../control/thread_rows.ts";
import { type MessageMove, moveMessage } from "../../engine/thread.ts";
import type { ThreadEventBodies } from "../../engine/thread_events.ts";
import { ownEvent, recordChange, type ThreadsPlace } from "./place.ts";

export interface MovedMessage {
  readonly changes?: Omit<MessageChanges, "state">;
  /** What is told besides the state. */
  readonly told?: Omit<ThreadEventBodies["message"], "state">;
  /** Anything else that belongs into the same transaction. */
  readonly also?: () => void;
}

/**
 * The state is read again inside of the transaction: another process may have moved the message.
 * @returns The message after it.
 * @throws {CarError} `conflict` with the table's words; `unavailable` when the disk says no.
 */
export function applyMove(
  place: ThreadsPlace,
  message: Pick<Message, "id" | "thread">,
  move: MessageMove,
  { changes, told, also }: MovedMessage = {},
): Message {
  const { store, clock } = place;
  recordChange(place, message.thread, () => {
    const { state } = requireMessage(store, message.thread, message.id);
    const moved = moveMessage(state, move);
    if (!moved.ok) throw new CarError("conflict", moved.message, { hint: moved.hint });
    changeMessage(store, message.id, { ...changes, state: moved.to });
    changeThread(store, message.thread, {}, clock.now());
    also?.();
    return [ownEvent(place, "message", message.id, { ...told, state: moved.to })];
  });
  return requireMessage(store, message.thread, message.id);
}
