/**
 * A run's surroundings with a slot held for each ticket: asked for before the queue is read for the
 * next one, given back when the ticket is settled or the run only waits.
 */

import type { Effect, Outcome } from "../../engine/events.ts";
import { isLive, type Run } from "../../engine/run.ts";
import type { Surroundings } from "../worker.ts";
import type { Slots } from "./slots.ts";

/** What an effect needs: a slot of its own for a new ticket, the one it has, or none. */
type Need = "new" | "kept" | "none";

function needOf(effect: Effect, run: Run): Need {
  if (effect.type === "wait") return "none";
  return effect.type === "read_queue" && run.work === null ? "new" : "kept";
}

const PAUSED = new DOMException("The run is to pause and has not begun", "AbortError");

export class SlottedSurroundings implements Surroundings {
  readonly #inner: Surroundings;
  readonly #slots: Slots;
  readonly #id: string;
  #waiting: AbortController | null = null;

  constructor(inner: Surroundings, slots: Slots, id: string) {
    this.#inner = inner;
    this.#slots = slots;
    this.#id = id;
  }

  async apply(
    effect: Effect,
    run: Run,
    tell: (outcome: Outcome) => void,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const need = needOf(effect, run);
    if (need === "none") this.#slots.giveBack(this.#id);
    else if (!await this.#admitted(need, signal)) return { type: "interrupted" };
    return await this.#inner.apply(effect, run, tell, signal);
  }

  recover(run: Run): Promise<Extract<Outcome, { type: "recovered" }>> {
    return this.#inner.recover(run);
  }

  killAll(): Promise<void> {
    return this.#inner.killAll();
  }

  resumeAt(run: Run, nowMs: number): number | null {
    return this.#inner.resumeAt(run, nowMs);
  }

  /** Takes note of a written step: a run at rest needs no slot, one that is to pause waits for none. */
  stepped(run: Run): void {
    if (!isLive(run.status)) this.#slots.giveBack(this.#id);
    // In any other phase the pause comes after the turn in hand, which has to have its slot first.
    if (run.pauseAsked && run.phase.type === "reading") this.#waiting?.abort(PAUSED);
  }

  /** @returns False: the run was asked to stop or to pause meanwhile, so nothing is to be done. */
  async #admitted(need: Need, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return this.#slots.statusOf(this.#id) === "held";
    const waiting = this.#waiting = new AbortController();
    const either = AbortSignal.any([signal, waiting.signal]);
    try {
      if (need === "new") await this.#slots.renew(this.#id, either);
      else await this.#slots.take(this.#id, either);
      return true;
    } catch (thrown) {
      if (thrown !== either.reason) throw thrown;
      return false;
    } finally {
      this.#waiting = null;
    }
  }
}
