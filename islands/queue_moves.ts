/** Moves in a queue: shown at once, sent one after the other, taken over when the server's list is there. */

import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { post } from "./api.ts";
import { toastProblem } from "./parts/toast.tsx";
import { changedPart, moved } from "./queue_order.ts";
import type { ListedTicket } from "./ticket_types.ts";

export interface QueueMoves {
  /** In the order that is hoped for. */
  readonly shown: readonly ListedTicket[];
  move(from: number, to: number): Promise<void>;
}

export interface QueueMovesOptions {
  /** The API of the repo. */
  readonly api: string;
  readonly tickets: readonly ListedTicket[];
  /** The name of the chosen ticket, which follows it when it gets another. */
  readonly chosen: Signal<string | null>;
  readonly canMove: boolean;
  /** Asks for the list anew, at once. */
  readonly onChanged: () => void;
}

interface Reordered {
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
}

/** What is on its way: a move made meanwhile goes by the names the list shows, which it changes. */
class Sending {
  #count = 0;
  #last: Promise<unknown> = Promise.resolve();
  /** Name in the list that is shown -> name now. */
  #names = new Map<string, string>();
  #failures = 0;

  get isOver(): boolean {
    return this.#count === 0;
  }

  nameNow(shown: string): string {
    return this.#names.get(shown) ?? shown;
  }

  /** The server's list has all of it. */
  forget(): void {
    this.#names.clear();
  }

  /** @returns False when a move before it failed: what it hoped for cannot be. @throws {Problem} */
  async send(api: string, shownNames: readonly string[]): Promise<boolean> {
    const failures = this.#failures;
    this.#count++;
    const sent = this.#last.then(async () => {
      if (failures !== this.#failures) return false;
      await this.#reorder(api, shownNames);
      return true;
    });
    this.#last = sent.catch(() => this.#failures++);
    try {
      return await sent;
    } finally {
      this.#count--;
    }
  }

  async #reorder(api: string, shownNames: readonly string[]): Promise<void> {
    const order = shownNames.map((it) => this.nameNow(it));
    const { renamed } = await post<Reordered>(`${api}/tickets/reorder`, { order });
    const to = new Map(renamed.map((it) => [it.from, it.to]));
    for (const [at, now] of order.entries()) {
      this.#names.set(shownNames[at] ?? now, to.get(now) ?? now);
    }
  }
}

export function useQueueMoves(options: QueueMovesOptions): QueueMoves {
  const { api, tickets, chosen, canMove, onChanged } = options;
  const hoped = useSignal<readonly ListedTicket[] | null>(null);
  const sending = useRef<Sending>(null);
  sending.current ??= new Sending();
  const way = sending.current;
  const giveUp = () => {
    const now = chosen.peek();
    if (now !== null) chosen.value = way.nameNow(now);
    way.forget();
    hoped.value = null;
  };
  useEffect(() => {
    if (way.isOver) giveUp();
  }, [tickets]);
  const move = async (from: number, to: number) => {
    const shown = hoped.peek() ?? tickets;
    const after = moved(shown, from, to);
    const part = changedPart(shown.map((it) => it.name), after.map((it) => it.name));
    if (part === null || !canMove) return;
    hoped.value = after;
    try {
      await way.send(api, part);
    } catch (thrown) {
      giveUp();
      toastProblem(thrown);
    }
    onChanged();
  };
  return { shown: hoped.value ?? tickets, move };
}
