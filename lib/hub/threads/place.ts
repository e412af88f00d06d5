/** All that chat threads act on, in one value. */

import type { Clock } from "../../base/clock.ts";
import type { Orchestration, OrchestrationPaths } from "../../control/orchestration.ts";
import { appendEvents } from "../../control/thread_transcript.ts";
import type { MessageKey, ThreadKey } from "../../engine/thread.ts";
import type {
  NewThreadEvent,
  ThreadEvent,
  ThreadEventBodies,
  ThreadEventType,
} from "../../engine/thread_events.ts";
import type { Chance } from "../workplace.ts";
import type { HeldThreads } from "./held_threads.ts";
import type { ThreadNewsroom } from "./news.ts";
import type { ScopeRooms } from "./scope_rooms.ts";
import type { Slots } from "./slots.ts";

export interface ThreadsPlace {
  readonly store: Orchestration;
  readonly paths: OrchestrationPaths;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly environment: Readonly<Record<string, string>>;
  readonly safe: boolean;
  /** This start of CAR. */
  readonly owner: string;
  readonly held: HeldThreads;
  readonly news: ThreadNewsroom;
  readonly rooms: ScopeRooms;
  /** How many answers are given at once. */
  readonly slots: Slots;
  /** Whether a run works in this folder at this moment, in whichever process. */
  readonly isRunAtWork: (root: string) => boolean;
}

/** An event of CAR's own. */
export const ownEvent = <Type extends ThreadEventType>(
  place: ThreadsPlace,
  type: Type,
  message: MessageKey | null,
  body: ThreadEventBodies[Type],
): NewThreadEvent => ({ type, body, message, atMs: place.clock.now() } as NewThreadEvent);

/**
 * Makes a change together with the events that tell it, and tells them.
 * @param change Returns the events; a throw takes all back.
 * @throws {CarError} when the disk says no.
 */
export function recordChange(
  place: ThreadsPlace,
  thread: ThreadKey,
  change: () => readonly NewThreadEvent[],
): void {
  const { store } = place;
  const events: readonly ThreadEvent[] = store.write(() => appendEvents(store, thread, change()));
  if (events.length > 0) place.news.tell({ type: "events", thread, events });
}
