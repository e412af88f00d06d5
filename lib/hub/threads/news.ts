/**
 * Who is told of what happens in chat threads, whichever process it happens in: what this one does at
 * once, what another writes when the store is next looked at.
 */

import type { Clock } from "../../base/clock.ts";
import type { Orchestration } from "../../control/orchestration.ts";
import type { MessageKey, ThreadKey } from "../../engine/thread.ts";
import type { ThreadEvent } from "../../engine/thread_events.ts";
import type { TextPiece } from "../../engine/thread_text.ts";

/** How often the store is asked whether another process wrote, in milliseconds. Asking costs microseconds. */
const POLL_MS = 100;

/** `delta` and `output` may be lost, and are told by the process that runs the agent alone. */
export type ThreadNews =
  | { readonly type: "events"; readonly thread: ThreadKey; readonly events: readonly ThreadEvent[] }
  | {
    readonly type: "delta";
    readonly thread: ThreadKey;
    readonly message: MessageKey;
    readonly piece: TextPiece;
  }
  /** What a tool printed. */
  | {
    readonly type: "output";
    readonly thread: ThreadKey;
    readonly message: MessageKey;
    readonly id: string;
    readonly text: string;
  }
  /** Another process wrote: whoever shows something reads it again. */
  | { readonly type: "elsewhere" };

export type NewsListener = (news: ThreadNews) => void;

export class ThreadNewsroom {
  readonly #store: Orchestration;
  readonly #clock: Clock;
  readonly #listeners = new Set<NewsListener>();
  #looking: AbortController | null = null;
  #looked: Promise<void> = Promise.resolve();

  constructor(store: Orchestration, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Until the signal aborts. A listener that throws is dropped. */
  subscribe(listener: NewsListener, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#leave(listener), { once: true });
    if (this.#looking !== null) return;
    this.#looking = new AbortController();
    this.#looked = this.#look(this.#looking.signal);
  }

  tell(news: ThreadNews): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(news);
      } catch {
        this.#leave(listener);
      }
    }
  }

  /** Nobody is told anything any more. */
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#looking?.abort();
    this.#looking = null;
    await this.#looked;
  }

  #leave(listener: NewsListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#looking?.abort();
    this.#looking = null;
  }

  async #look(over: AbortSignal): Promise<void> {
    let version = this.#store.dataVersion();
    for (;;) {
      await this.#clock.sleep(POLL_MS, over).catch(() => {});
      if (over.aborted) return;
      const now = this.#store.dataVersion();
      if (now !== version) this.tell({ type: "elsewhere" });
      version = now;
    }
  }
}
