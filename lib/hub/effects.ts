/** The real surroundings of a run: one function an effect, on files, git, processes and agents. */

import { unreachable } from "../base/errors.ts";
import { choose } from "../engine/choose.ts";
import type { Effect, Outcome } from "../engine/events.ts";
import type { Run } from "../engine/run.ts";
import { USER_AGENT } from "../engine/ticket.ts";
import type { TurnRecord } from "../engine/turn.ts";
import { applyCheck } from "./apply_check.ts";
import { applyLook } from "./apply_look.ts";
import { applyPublish } from "./apply_publish.ts";
import { applySave, applySettle } from "./apply_settle.ts";
import { applyTurn } from "./apply_turn.ts";
import type { AtRun } from "./at_run.ts";
import { quotaResumeAt } from "./quota_resume_at.ts";
import { openSettings } from "./settings.ts";
import type { Surroundings } from "./worker.ts";

export class Effects implements Surroundings {
  readonly #place: AtRun;

  constructor(place: AtRun) {
    this.#place = place;
  }

  async apply(
    effect: Effect,
    run: Run,
    tell: (outcome: Outcome) => void,
    signal: AbortSignal,
  ): Promise<Outcome> {
    // Nothing has begun, so nothing has to be told.
    if (signal.aborted && effect.type !== "run_turn") return { type: "interrupted" };
    const place = this.#place;
    switch (effect.type) {
      case "read_queue":
        return await this.#readQueue();
      case "run_turn":
        return await applyTurn(place, run, effect, tell, signal);
      case "look":
        return await applyLook(place, run, effect.ticket, effect.turnId);
      case "check":
        return await applyCheck(place, run, effect.ticket, effect.turnId, signal);
      case "settle":
        return await applySettle(place, run, effect);
      case "save":
        return await applySave(place, run, effect.ticket, effect.turnId);
      case "publish":
        return await applyPublish(place, run, effect.turnId);
      case "wait":
        return await this.#wait(effect.delayMs, signal);
      case "interrupt":
      case "kill":
        return { type: "interrupted" };
      default:
        return unreachable(effect);
    }
  }

  async #readQueue(): Promise<Outcome> {
    const place = this.#place;
    const queue = await place.tickets.readWithIds(() => place.chance.hex());
    place.settlements.catchUp();
    const baseline = place.settlements.baseline(queue);
    const open = queue.tickets.filter((it) => !it.done).length;
    place.say({ type: "queue", open, total: queue.tickets.length });
    return {
      type: "queue_read",
      choice: choose(queue, place.settlements.with(baseline)),
      problems: queue.problems,
      open,
      total: queue.tickets.length,
      baseline,
      replies: 0,
      hex: place.chance.hex(),
    };
  }

  async #wait(delayMs: number, signal: AbortSignal): Promise<Outcome> {
    const rested = await this.#place.clock.sleep(delayMs, signal).then(() => true, () => false);
    return { type: rested ? "waited" : "interrupted" };
  }

  async recover(run: Run): Promise<Extract<Outcome, { type: "recovered" }>> {
    const work = run.work;
    if (work === null || run.phase.type !== "turn" || work.turn === null) {
      return { type: "recovered", record: null, ticketDone: false };
    }
    const queue = await this.#place.tickets.read();
    const ticket = queue.tickets.find((it) => it.id === work.ticket.id);
    return {
      type: "recovered",
      record: await this.#recordOf(run),
      ticketDone: ticket?.done ?? false,
    };
  }

  /** The agent's own record of the turn in flight; null when it cannot be asked. */
  async #recordOf(run: Run): Promise<TurnRecord | null> {
    const work = run.work;
    if (work === null || work.thread === null || work.turn === null || work.agent === USER_AGENT) {
      return null;
    }
    try {
      const agent = this.#place.agents.get(work.agent);
      const thread = await agent.open({
        resume: work.thread,
        ...openSettings(this.#place.config, work.agent, work.ticket),
        posture: this.#place.agents.posture(work.agent),
        title: work.ticket.name,
      });
      try {
        return await thread.record(work.turn.id);
      } finally {
        await thread.close();
      }
    } catch {
      // An agent that cannot be asked has no record: the turn is sent again under its id.
      return null;
    }
  }

  async killAll(): Promise<void> {
    await this.#place.agents.killAll();
  }

  resumeAt(run: Run, nowMs: number): number | null {
    const pause = run.pause;
    if (pause === null || pause.resumesAtMs === null) return null;
    if (pause.reason !== "parked") return pause.resumesAtMs;
    return quotaResumeAt(this.#place, run, pause.resumesAtMs, nowMs);
  }
}
