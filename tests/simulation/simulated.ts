/**
 * CAR's surroundings in the simulation: every effect acts on the World, may find CAR dead half way,
 * and may be asked for again. A dead incarnation's calls never come back.
 */

import { choose } from "../../lib/engine/choose.ts";
import type { Effect, Looked, Outcome } from "../../lib/engine/events.ts";
import type { Evidence } from "../../lib/engine/gate.ts";
import type { ThreadId, TicketId, TurnId } from "../../lib/engine/ids.ts";
import type { Run } from "../../lib/engine/run.ts";
import type { AgentErrorKind, TurnRecord } from "../../lib/engine/turn.ts";
import type { Surroundings } from "../../lib/hub/worker.ts";
import { pick } from "../support/random.ts";
import { evidence, progress } from "../support/run_fixtures.ts";
import { asTicket, type World } from "./world.ts";

/** How rough the weather is: shares of the chances taken. */
export interface Weather {
  /** Of the points at which CAR may die. */
  readonly crash: number;
  /** Of the turns in which the agent misbehaves. */
  readonly vice: number;
}

const KINDS: readonly AgentErrorKind[] = [
  "auth",
  "quota",
  "overloaded",
  "context_full",
  "network",
  "silent",
  "timeout",
  "crashed",
  "protocol",
  "refused",
];

export class Simulated implements Surroundings {
  readonly #world: World;
  readonly #settled: () => ReadonlySet<TicketId>;
  readonly #finished: (turn: TurnId) => boolean;
  readonly #weather: Weather;
  readonly #die: () => void;
  #dead = false;
  #hex = 0;
  readonly #hexBase: number;

  constructor(
    world: World,
    settled: () => ReadonlySet<TicketId>,
    finished: (turn: TurnId) => boolean,
    weather: Weather,
    die: () => void,
    incarnation: number,
  ) {
    this.#world = world;
    this.#finished = finished;
    this.#settled = settled;
    this.#weather = weather;
    this.#die = die;
    this.#hexBase = incarnation * 1_000_000;
  }

  kill(): void {
    this.#dead = true;
  }

  get dead(): boolean {
    return this.#dead;
  }

  async killAll(): Promise<void> {}

  resumeAt(run: Run, nowMs: number): number | null {
    return run.pause?.resumesAtMs === null ? null : nowMs;
  }

  recover(run: Run): Promise<Extract<Outcome, { type: "recovered" }>> {
    const turn = run.work?.turn?.id;
    const seen = turn === undefined ? undefined : this.#world.record.get(turn);
    const record: TurnRecord = seen === undefined
      ? { prompt: "absent" }
      : { prompt: "arrived", ended: seen === "ended" };
    const it = run.work === null ? undefined : this.#world.find(run.work.ticket.id);
    return Promise.resolve({ type: "recovered", record, ticketDone: it?.done ?? false });
  }

  async apply(
    effect: Effect,
    run: Run,
    tell: (outcome: Outcome) => void,
    signal: AbortSignal,
  ): Promise<Outcome> {
    await this.#mayDie();
    const outcome = await this.#do(effect, run, tell, signal);
    await this.#mayDie();
    return outcome;
  }

  /** A point at which CAR may be killed. */
  async #mayDie(): Promise<void> {
    await Promise.resolve();
    if (!this.#dead && this.#world.chance(this.#weather.crash)) this.#die();
    // A promise of its own, so that the dead can be forgotten with all that waits for them.
    if (this.#dead) await new Promise<never>(() => {});
  }

  async #do(
    effect: Effect,
    run: Run,
    tell: (outcome: Outcome) => void,
    signal: AbortSignal,
  ): Promise<Outcome> {
    switch (effect.type) {
      case "read_queue":
        return this.#read();
      case "run_turn":
        return await this.#turn(effect, tell, signal);
      case "look":
        return this.#look(effect.ticket.id, effect.turnId);
      case "check":
        return this.#check(effect.ticket.id);
      case "settle":
        return this.#settle(effect, run);
      case "save":
        return { type: "saved", commit: null, problem: null };
      case "publish":
        this.#world.dispatch = "none";
        return { type: "published", sequence: 1, title: "A question" };
      default:
        return { type: "waited" };
    }
  }

  #nextHex(): string {
    return String(this.#hexBase + ++this.#hex).padStart(16, "0");
  }

  #read(): Outcome {
    const queue = this.#world.queue();
    return {
      type: "queue_read",
      choice: choose(queue, this.#settled()),
      problems: queue.problems,
      open: queue.tickets.filter((it) => !it.done).length,
      total: queue.tickets.length,
      baseline: null,
      replies: 0,
      hex: this.#nextHex(),
    };
  }

  async #turn(
    effect: Extract<Effect, { type: "run_turn" }>,
    tell: (outcome: Outcome) => void,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const world = this.#world;
    const thread = `thread-${effect.ticket.id}` as ThreadId;
    await this.#mayDie();
    tell({ type: "thread_opened", turnId: effect.turnId, thread });
    await this.#mayDie();
    if (this.#finished(effect.turnId)) {
      throw new Error(`turn ${effect.turnId} runs again though finished`);
    }
    if (world.record.has(effect.turnId) && effect.mode !== "continue") {
      world.log.push({ type: "again", key: effect.turnId });
    } else {
      world.log.push({ type: "arrived", key: effect.turnId });
    }
    world.record.set(effect.turnId, "arrived");
    await this.#mayDie();
    const ended = (
      result: "completed" | "failed" | "interrupted",
      kind?: AgentErrorKind,
    ): Outcome => ({
      type: "turn_ended",
      turnId: effect.turnId,
      result,
      error: kind === undefined ? null : { kind, message: `simulated ${kind}` },
      thread,
      usage: { input: 10, cached: 0, output: 5, reasoning: 0 },
      lastText: "words",
      before: progress("tree-before"),
      limit: null,
      parkedUntilMs: kind === "quota" && world.chance(0.5) ? 1 : null,
      fallback: null,
      jitter: world.random(),
    });
    if (signal.aborted) return ended("interrupted");
    const kind = this.#act(effect.ticket.id);
    await this.#mayDie();
    world.log.push({ type: "ended", key: effect.turnId });
    world.record.set(effect.turnId, "ended");
    return kind === null ? ended("completed") : ended("failed", kind);
  }

  /** What the agent does in a turn. @returns How it fails, or null. */
  #act(id: TicketId): AgentErrorKind | null {
    const world = this.#world;
    const it = world.find(id);
    const vices: (() => AgentErrorKind | null)[] = [
      () => pick(() => world.random(), KINDS),
      () => null,
      () => (it && (it.done = true), null),
      () => (it && (it.broken = true), null),
      () => (world.dispatch = world.chance(0.5) ? "pause" : "notify", null),
      () => (world.dispatch = "broken", null),
      () => (world.addTicket(), null),
      () => (world.tickets = world.tickets.filter((other) =>
        other.number <= (it?.number ?? 0) || !world.chance(0.3)
      ),
        null),
      () => (world.tickets.filter((other) => !other.broken).slice(-1).forEach((other) =>
        other.done = true
      ),
        null),
    ];
    for (const other of world.tickets) if (world.chance(0.5)) other.broken = false;
    if (world.chance(this.#weather.vice)) return pick(() => world.random(), vices)();
    world.dispatch = world.dispatch === "broken" ? "none" : world.dispatch;
    world.tree++;
    if (it !== undefined) Object.assign(it, { real: true, done: true, broken: false });
    return null;
  }

  #look(id: TicketId, turnId: Looked["turnId"]): Outcome {
    const world = this.#world;
    const it = world.find(id);
    const { problems } = world.queue();
    const dispatch: Looked["dispatch"] = world.dispatch === "none"
      ? { type: "none" }
      : world.dispatch === "broken"
      ? { type: "broken", message: "DISPATCH.md:1: mode must be notify or pause" }
      : {
        type: "found",
        dispatch: { mode: world.dispatch, title: "?", body: "", attachments: [] },
      };
    return {
      type: "looked",
      turnId,
      ticket: it === undefined || it.broken ? null : asTicket(it),
      problems,
      progress: progress(`tree-${world.tree}`),
      dirty: false,
      dispatch,
      jitter: world.random(),
      hex: this.#nextHex(),
    };
  }

  #check(id: TicketId): Outcome {
    const it = this.#world.find(id);
    const ran: Evidence[] = it?.hasCheck ? [evidence(it.real ? 0 : 1)] : [];
    return {
      type: "checked",
      ticketId: id,
      evidence: ran,
      configured: ran.length > 0,
      treeId: `tree-${this.#world.tree}`,
      dirty: false,
      tamper: [],
      review: null,
    };
  }

  /** Twice is as once: the commit is known by its ticket. */
  #settle(effect: Extract<Effect, { type: "settle" }>, _run: Run): Outcome {
    const it = this.#world.find(effect.ticket.id);
    const good = effect.verdict.type === "accepted" || effect.verdict.type === "unverified";
    if (it !== undefined) it.done = good;
    const key = `${effect.ticket.id}/${effect.turnId}`;
    if (good && !this.#world.log.some((seen) => seen.type === "commit" && seen.key === key)) {
      this.#world.log.push({ type: "commit", key });
    }
    return {
      type: "settled",
      ticketId: effect.ticket.id,
      good,
      commit: good ? key : null,
      problem: null,
    };
  }
}
