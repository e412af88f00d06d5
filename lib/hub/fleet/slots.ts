/** The slots of `hub.max_parallel`: waits that end when it is one's turn. */

import type { SlotStatus } from "./row.ts";
import { emptySlots, moveSlots, type SlotMove, slotOf, type SlotQueue } from "./slot_queue.ts";

export class Slots {
  readonly #onChange: (ids: readonly string[]) => void;
  readonly #wanted = new Map<string, () => void>();
  #queue: SlotQueue;

  /**
   * @param max How many may hold one at once; null: all.
   * @param onChange Told after every change with all who hold one, wait, or did before it.
   */
  constructor(max: number | null, onChange: (ids: readonly string[]) => void = () => {}) {
    this.#queue = emptySlots(max);
    this.#onChange = onChange;
  }

  get queue(): SlotQueue {
    return this.#queue;
  }

  statusOf(id: string): SlotStatus {
    return slotOf(this.#queue, id);
  }

  /** Resolves when `id` holds a slot. @throws the signal's reason when it aborts first: then it holds none. */
  take(id: string, signal: AbortSignal): Promise<void> {
    return this.#wait({ type: "ask", id }, id, signal);
  }

  /** Gives up the slot to whoever waits and resolves when it is this one's turn again. Throws as `take`. */
  renew(id: string, signal: AbortSignal): Promise<void> {
    return this.#wait({ type: "renew", id }, id, signal);
  }

  /** Safe to call for one that holds none. */
  giveBack(id: string): void {
    this.#move({ type: "leave", id });
  }

  resize(max: number | null): void {
    this.#move({ type: "resize", max });
  }

  async #wait(move: SlotMove, id: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#move(move);
    if (this.statusOf(id) === "held") return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#wanted.set(id, resolve);
    const onAbort = () => {
      this.giveBack(id);
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await promise;
    } finally {
      this.#wanted.delete(id);
      signal.removeEventListener("abort", onAbort);
    }
  }

  #move(move: SlotMove): void {
    const before = this.#queue;
    this.#queue = moveSlots(before, move);
    if (this.#queue === before) return;
    for (const id of this.#queue.held) this.#wanted.get(id)?.();
    this.#onChange([
      ...new Set([before, this.#queue].flatMap((it) => [...it.held, ...it.waiting])),
    ]);
  }
}
