/**
 * Works through the queue of one thread: takes the thread's own lock, settles what a dead owner left,
 * sends one message after the other, and lets the lock go. Two processes never drive one thread.
 */

import { asCarError, CarError } from "../../base/errors.ts";
import { nextMessage, requireMessage, runningMessage } from "../../control/message_rows.ts";
import type { Message } from "../../control/message_rows.ts";
import { requireThread } from "../../control/thread_rows.ts";
import { turnId } from "../../engine/ids.ts";
import { endOfTurn, type MessageEnd, type ThreadKey } from "../../engine/thread.ts";
import type { TurnTold } from "../turn_runner.ts";
import { giveTurn, type SentMessage } from "./answering.ts";
import { Asking } from "./asking.ts";
import type { TakenThread } from "./held_threads.ts";
import { applyMove } from "./message_moves.ts";
import type { ThreadsPlace } from "./place.ts";
import type { ScopeRoom } from "./scope_rooms.ts";
import { endDead, settleLeft } from "./settle.ts";
import { Transcript } from "./transcript.ts";

/** How often a thread that another process drives is tried again while messages wait in it, in milliseconds. */
const ELSEWHERE_MS = 250;

/**
 * Until no message waits any more, or the signal aborts; an answer that is being given is then ended.
 * @throws {CarError} `unavailable` when the disk says no: messages stay as they are written.
 */
export async function driveThread(
  place: ThreadsPlace,
  thread: ThreadKey,
  over: AbortSignal,
): Promise<void> {
  const { root } = requireThread(place.store, thread).scope;
  while (!over.aborted && hasOpen(place, thread)) {
    const taken = await place.held.take(thread, root);
    if (taken === null) {
      // Its owner sees what waits, or dies and leaves it to us.
      await place.clock.sleep(ELSEWHERE_MS, over).catch(() => {});
      continue;
    }
    try {
      await driveTaken(place, thread, taken, over);
    } finally {
      place.held.rest(thread, place.rooms.isOpen(root));
    }
    // A message may have been queued, by whoever saw the thread taken, just before it was freed.
  }
}

const hasOpen = ({ store }: ThreadsPlace, thread: ThreadKey): boolean =>
  nextMessage(store, thread) !== null || runningMessage(store, thread) !== null;

async function driveTaken(
  place: ThreadsPlace,
  thread: ThreadKey,
  { lock, fresh }: TakenThread,
  over: AbortSignal,
): Promise<void> {
  if (fresh && lock.unclean) await endDead(place, thread, lock.previous);
  const left = runningMessage(place.store, thread);
  if (left !== null) await settleLeft(place, left);
  while (!over.aborted && nextMessage(place.store, thread) !== null) {
    const free = await place.slots.take(over).catch(() => null);
    if (free === null) return;
    try {
      await answerNext(place, thread, over);
    } finally {
      free();
    }
  }
}

/** Sends the oldest message that waits now, if there still is one, and sees its answer to the end. */
async function answerNext(
  place: ThreadsPlace,
  thread: ThreadKey,
  over: AbortSignal,
): Promise<void> {
  const next = nextMessage(place.store, thread);
  if (next === null) return;
  const turn = turnId(place.chance.hex());
  const started = startMessage(place, next, turn);
  if (started === null) return;
  const message: SentMessage = { ...started, turn };
  const { scope } = requireThread(place.store, thread);
  try {
    await place.rooms.within(scope.root, (room) => answer(place, room, message, over));
  } catch (thrown) {
    // Mostly a config that cannot be used. Where the disk says no, this does not get through either.
    const { message: words, hint } = asCarError(thrown);
    endMessage(place, message, NOTHING, {
      move: "fail",
      kind: "refused",
      words: hint === undefined ? words : `${words.replace(/[.]?$/, ".")} ${hint}`,
    });
  }
}

/** Null when a person took it back at this very moment. */
function startMessage(place: ThreadsPlace, next: Message, turn: SentMessage["turn"]) {
  try {
    return applyMove(place, next, "start", {
      changes: { turn, startedMs: place.clock.now(), endedMs: null },
    });
  } catch (thrown) {
    if (thrown instanceof CarError && thrown.code === "conflict") return null;
    throw thrown;
  }
}

async function answer(
  place: ThreadsPlace,
  room: ScopeRoom,
  message: SentMessage,
  over: AbortSignal,
): Promise<void> {
  const { store, news, clock } = place;
  const owner = { thread: message.thread, message: message.id };
  const transcript = new Transcript(store, news, owner, clock);
  const asking = new Asking(place, room, message);
  const stop = new AbortController();
  const done = new AbortController();
  const look = () => {
    asking.look();
    if (interruptOf(place, message) !== null) stop.abort();
  };
  news.subscribe((it) => {
    if (it.type === "elsewhere") look();
  }, done.signal);
  look();
  try {
    const told = await giveTurn(place, {
      thread: requireThread(store, message.thread),
      message,
      room,
      transcript,
      asking,
      signal: AbortSignal.any([stop.signal, over]),
    });
    transcript.close();
    const end = endOf(place, message, told, over.aborted);
    endMessage(place, message, told, end, () => asking.close());
  } finally {
    done.abort();
  }
}

/** Who asked to interrupt, from whichever process; null while nobody has. */
const interruptOf = ({ store }: ThreadsPlace, { thread, id }: Message): string | null =>
  requireMessage(store, thread, id).interruptBy;

/** A person's interruption, or the end of CAR, explains what the agent can only call an end. */
function endOf(
  place: ThreadsPlace,
  message: Message,
  told: TurnTold,
  carEnds: boolean,
): MessageEnd {
  const end = endOfTurn(told);
  if (end.move === "finish" || end.kind === "limit") return end;
  const by = interruptOf(place, message);
  if (by !== null) return { move: "break", kind: null, words: `Interrupted by ${by}` };
  return carEnds ? { move: "break", kind: null, words: "CAR was ended during the answer" } : end;
}

const NOTHING: Pick<TurnTold, "lastText"> = { lastText: "" };

function endMessage(
  place: ThreadsPlace,
  message: Message,
  told: Pick<TurnTold, "lastText"> & Partial<Pick<TurnTold, "usage">>,
  end: MessageEnd,
  also?: () => void,
): void {
  const words = end.words === "" ? null : end.words;
  applyMove(place, message, end.move, {
    changes: {
      endedMs: place.clock.now(),
      answer: told.lastText,
      errorKind: end.kind,
      error: words,
      ...(told.usage === undefined ? {} : { usage: told.usage }),
    },
    ...(words === null ? {} : { told: { words } }),
    ...(also === undefined ? {} : { also }),
  });
}
