/** One thread as it goes on: the transcript from a number on without a gap, and live pieces in between. */

import type { Orchestration } from "../../control/orchestration.ts";
import { EVENTS_PAGE_MAX, readEvents } from "../../control/thread_transcript.ts";
import type { ThreadKey } from "../../engine/thread.ts";
import type { ThreadEvent } from "../../engine/thread_events.ts";
import type { ThreadNews, ThreadNewsroom } from "./news.ts";

/** Live pieces that may wait for a slow reader; the rest is left out, and the stored text repeats it. */
const LIVE_WAITING_MAX = 1_000;

type Live = Extract<ThreadNews, { type: "delta" | "output" }>;

export type ThreadUpdate = { readonly type: "event"; readonly event: ThreadEvent } | Live;

export interface FollowOptions {
  /** Only events after this number; what a client saw last. */
  readonly after: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Yields until the signal aborts. A slow reader slows nobody: it reads on from the store. */
export async function* followThread(
  store: Orchestration,
  news: ThreadNewsroom,
  thread: ThreadKey,
  { after, signal }: FollowOptions,
): AsyncGenerator<ThreadUpdate, void, undefined> {
  let live: Live[] = [];
  let wake = Promise.withResolvers<void>();
  let stirred = true;
  const over = new AbortController();
  const stop = () => {
    over.abort();
    wake.resolve();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  news.subscribe((it) => {
    if (it.type !== "elsewhere" && it.thread !== thread) return;
    if (it.type === "events" || it.type === "elsewhere") stirred = true;
    else if (live.length < LIVE_WAITING_MAX) live.push(it);
    wake.resolve();
  }, over.signal);
  let seq = after;
  try {
    while (!over.signal.aborted) {
      const pieces = live;
      live = [];
      yield* pieces;
      const page: readonly ThreadEvent[] = stirred ? readEvents(store, thread, { after: seq }) : [];
      stirred = page.length === EVENTS_PAGE_MAX;
      for (const event of page) {
        seq = event.seq;
        yield { type: "event", event };
      }
      if (stirred || live.length > 0) continue;
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
  } finally {
    signal.removeEventListener("abort", stop);
    over.abort();
  }
}
