/**
 * A run's surroundings with a slot held for each ticket: asked for before the queue is read for the
 * next one, given back when the ticket is settled or the run only waits.
 */

import type { Effect, Outcome } from "../../engine/events.ts";
import { isLive, type Run } from "../../engine/run.ts";
import { USER_AGENT } from "../../engine/ticket.ts";
import type { Surroundings } from "../worker.ts";
import type { Slots } from "./slots.ts";

/** What an effect needs: a slot of its own for a new ticket, the one it has, or none. */
type Need = "new" | "kept" | "none";

function needOf(effect: Effect, run: Run): Need {
  if (effect.type === "wait") return "none";
  return effect.type === "read_queue" && run.work === null ? "new" : "kept";
}

/** Whether something is to be done by an agent or the gate, as far as the queue tells. */
function isWork(outcome: Outcome, run: Run): boolean {
  if (outcome.type !== "queue_read" || outcome.problems.length > 0) return false;
  if (outcome.choice.type === "drained") return false;
  if (outcome.choice.type === "work" && outcome.choice.ticket.agent === USER_AGENT) return false;
  const { stopAfterTickets } = run.settings;
  return stopAfterTickets === null || run.done.length - run.leg.done < stopAfterTickets;
}

const isBetweenTurns = ({ type }: Effect): boolean => type === "read_queue" || type === "wait";

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

const PAUSED = new DOMException("The run is to pause and has not begun", "AbortError");

export class SlottedSurroundings implements Surroundings {
  readonly #inner: Surroundings;
  readonly #slots: Slots;
  readonly #id: string;
  #waiting: AbortController | null = null;
  #onDrained: (() => void) | null = null;
  #between = false;

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
    this.#between = isBetweenTurns(effect);
    if (this.#onDrained !== null && this.#between) {
      this.#onDrained();
      if (!signal.aborted) await aborted(signal);
      return { type: "interrupted" };
    }
    const need = needOf(effect, run);
    if (need === "new") return await this.#nextTicket(effect, run, tell, signal);
    if (need === "none") this.#slots.giveBack(this.#id);
    else if (!await this.#admitted(need, signal)) return { type: "interrupted" };
    return await this.#inner.apply(effect, run, tell, signal);
  }

  /** A queue with nothing to work needs no slot to say so. One that was waited for is read anew. */
  async #nextTicket(
    effect: Effect,
    run: Run,
    tell: (outcome: Outcome) => void,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const read = () => this.#inner.apply(effect, run, tell, signal);
    const first = await read();
    if (!isWork(first, run)) return first;
    const admitted = this.#admitted("new", signal);
    const waits = this.#slots.statusOf(this.#id) !== "held";
    if (!await admitted) return { type: "interrupted" };
    return waits ? await read() : first;
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

  /**
   * Lets the turn in hand end, with all that follows from it, and begins no other.
   * @param onDrained Told when that is so: the run is then to be stopped.
   */
  drain(onDrained: () => void): void {
    this.#onDrained = onDrained;
    if (this.#between) onDrained();
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
