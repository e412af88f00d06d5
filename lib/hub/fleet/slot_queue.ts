/** Who may work and who is next, where fewer may work at once than want to: first come, first served. Pure. */

import type { SlotStatus } from "./row.ts";

export interface SlotQueue {
  /** How many may hold a slot at once; null: all. */
  readonly max: number | null;
  readonly held: readonly string[];
  /** The next one first. */
  readonly waiting: readonly string[];
}

export type SlotMove =
  /** Wants a slot: gets one, or goes to the end of the line. One that has one keeps it. */
  | { readonly type: "ask"; readonly id: string }
  /** Is done with one piece of work and wants to go on: behind all who wait. */
  | { readonly type: "renew"; readonly id: string }
  /** Needs none any more, whether it holds one or waits. */
  | { readonly type: "leave"; readonly id: string }
  /** More or fewer slots. Those who hold one keep it until they are done. */
  | { readonly type: "resize"; readonly max: number | null };

export const emptySlots = (max: number | null): SlotQueue => ({ max, held: [], waiting: [] });

export function moveSlots(queue: SlotQueue, move: SlotMove): SlotQueue {
  switch (move.type) {
    case "ask":
      return isKnown(queue, move.id) ? queue : served(atEnd(queue, move.id));
    case "renew":
      if (queue.waiting.includes(move.id)) return queue;
      return served(atEnd(without(queue, move.id), move.id));
    case "leave":
      return isKnown(queue, move.id) ? served(without(queue, move.id)) : queue;
    case "resize":
      return served({ ...queue, max: move.max });
  }
}

export function slotOf({ held, waiting }: SlotQueue, id: string): SlotStatus {
  if (held.includes(id)) return "held";
  const at = waiting.indexOf(id);
  return at < 0 ? "none" : { waiting: at + 1 };
}

const isKnown = ({ held, waiting }: SlotQueue, id: string): boolean =>
  held.includes(id) || waiting.includes(id);

const without = (queue: SlotQueue, id: string): SlotQueue => ({
  ...queue,
  held: queue.held.filter((it) => it !== id),
  waiting: queue.waiting.filter((it) => it !== id),
});

const atEnd = (queue: SlotQueue, id: string): SlotQueue => ({
  ...queue,
  waiting: [...queue.waiting, id],
});

/** Gives free slots to those who have waited longest. */
function served(queue: SlotQueue): SlotQueue {
  const free = queue.max === null ? Infinity : Math.max(0, queue.max - queue.held.length);
  const count = Math.min(free, queue.waiting.length);
  if (count === 0) return queue;
  return {
    ...queue,
    held: [...queue.held, ...queue.waiting.slice(0, count)],
    waiting: queue.waiting.slice(count),
  };
}
