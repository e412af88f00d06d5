/**
 * Journals without agents: outcomes are made up, the engine and the journal are real. A scene is a
 * short list of calls, each one thing that happens, on a clock that moves only when told to.
 */

import type { Journal } from "../../lib/control/journal.ts";
import type { Command, Outcome, QueueRead, RunEvent, TurnEnded } from "../../lib/engine/events.ts";
import type { Evidence } from "../../lib/engine/gate.ts";
import { type RunId, runId, type TicketId, type TurnId } from "../../lib/engine/ids.ts";
import type { NoteBodies, NoteType } from "../../lib/engine/notes.ts";
import type { Progress } from "../../lib/engine/progress.ts";
import type { Run, RunSettings } from "../../lib/engine/run.ts";
import { newRun, step } from "../../lib/engine/step.ts";
import type { Ticket } from "../../lib/engine/ticket.ts";
import type { TurnResult } from "../../lib/engine/turn.ts";
import { SETTINGS, ticket } from "./run_fixtures.ts";

/** 2026-03-04 09:30:00 UTC. */
export const SCENE_START_MS = Date.UTC(2026, 2, 4, 9, 30);

export function syntheticTicket(number: number, change: Partial<Ticket> = {}): Ticket {
  const digits = String(number).padStart(3, "0");
  return ticket(number, {
    id: `tkt_${String(number).padStart(16, "0")}` as TicketId,
    name: `TICKET-${digits}.md`,
    title: `Ticket ${number}`,
    ...change,
  });
}

export function syntheticEvidence(change: Partial<Evidence> = {}): Evidence {
  return {
    command: "deno test",
    exitCode: 0,
    signal: null,
    timedOut: false,
    seconds: 3.2,
    outputSha256: "5f".repeat(32),
    outputTail: "ok | 12 passed | 0 failed\n",
    treeId: "a1".repeat(20),
    atMs: SCENE_START_MS,
    ...change,
  };
}

/** One run whose outcomes the test makes up. */
export class SyntheticRun {
  readonly id: RunId;
  readonly #journal: Journal;
  #run: Run;
  #atMs: number;
  #chance = 0;
  #tree = 0;

  constructor(
    journal: Journal,
    options: { number?: number; settings?: Partial<RunSettings>; atMs?: number } = {},
  ) {
    this.#journal = journal;
    this.id = runId(options.number ?? 1);
    this.#atMs = options.atMs ?? SCENE_START_MS;
    this.#run = newRun(this.id, { ...SETTINGS, ...options.settings }, this.#atMs);
    journal.createRun(this.#run);
  }

  get run(): Run {
    return this.#run;
  }

  get nowMs(): number {
    return this.#atMs;
  }

  get turn(): TurnId | null {
    return this.#run.work?.turn?.id ?? null;
  }

  /** Lets time pass. */
  pass(seconds: number): this {
    this.#atMs += seconds * 1000;
    return this;
  }

  /** Takes in any event, as the worker does: a step with its effects, or a refusal. */
  send(event: Command | Outcome): this {
    const happened: RunEvent = { ...event, atMs: this.#atMs };
    const next = step(this.#run, happened);
    if (!next.ok) {
      this.#journal.refuse(this.#run, happened, next.message);
      return this;
    }
    const settles = next.effects.length > 0 ? "all" : [];
    this.#journal.commit({ event: happened, run: next.run, effects: next.effects, settles });
    this.#run = next.run;
    return this;
  }

  note<Type extends NoteType>(type: Type, body: NoteBodies[Type]): this {
    const turn = this.turn;
    const ticket = this.#run.work?.ticket.id ?? null;
    this.#journal.note([{ run: this.id, type, turn, ticket, atMs: this.#atMs, body }]);
    return this;
  }

  start(): this {
    return this.send({ type: "start", by: "cli:1000", settings: this.#run.settings });
  }

  resume(by = "cli:1000"): this {
    return this.send({ type: "resume", by, settings: null });
  }

  /** The queue is read; `null` means that it is drained. */
  read(ticket: Ticket | null, change: Partial<QueueRead> = {}): this {
    const choice = ticket === null
      ? { type: "drained" } as const
      : { type: ticket.done ? "claim" : "work", ticket } as const;
    return this.send({
      type: "queue_read",
      choice,
      problems: [],
      open: ticket === null ? 0 : 1,
      total: 3,
      baseline: null,
      replies: 0,
      hex: this.#hex(),
      ...change,
    });
  }

  /** The turn in hand ends. */
  ended(result: TurnResult = "completed", change: Partial<TurnEnded> = {}): this {
    return this.send({
      type: "turn_ended",
      turnId: this.turn ?? ("turn_none" as TurnId),
      result,
      error: null,
      thread: null,
      usage: { input: 1_200, cached: 800, output: 300, reasoning: 50 },
      lastText: "Done what was asked.",
      before: this.progress(),
      limit: null,
      parkedUntilMs: null,
      fallback: null,
      jitter: 0.5,
      ...change,
    });
  }

  /** CAR looks at the repo after a turn. */
  look(ticket: Ticket | null, change: Partial<Extract<Outcome, { type: "looked" }>> = {}): this {
    return this.send({
      type: "looked",
      turnId: this.turn,
      ticket,
      problems: [],
      progress: this.progress(),
      dirty: false,
      dispatch: { type: "none" },
      jitter: 0.5,
      hex: this.#hex(),
      ...change,
    });
  }

  /** The gate has run these checks; none means that none is configured. */
  checked(evidence: readonly Evidence[], treeId: string = "a1".repeat(20)): this {
    return this.send({
      type: "checked",
      ticketId: this.#ticketId(),
      evidence,
      configured: evidence.length > 0,
      treeId,
      dirty: false,
      tamper: [],
      review: null,
    });
  }

  settled(commit: string | null = "c0ffee".padEnd(40, "0"), problem: string | null = null): this {
    return this.send({
      type: "settled",
      ticketId: this.#ticketId(),
      good: problem === null,
      commit,
      problem,
    });
  }

  /** A turn that does its ticket, with the checks it passes. */
  finish(ticket: Ticket, evidence: readonly Evidence[] = [syntheticEvidence()]): this {
    return this.read(ticket).pass(61).ended().look({ ...ticket, done: true }).pass(3)
      .checked(evidence).settled();
  }

  /** How the repo stands; every call is another tree unless `still`. */
  progress(still = false): Progress {
    if (!still) this.#tree++;
    return {
      treeId: String(this.#tree).padStart(40, "0"),
      checksPassing: null,
      criteriaDone: 0,
      ticketsHash: "t",
      contextHash: "c",
      newFiles: 0,
    };
  }

  #ticketId(): TicketId {
    return this.#run.work?.ticket.id ?? ("tkt_none" as TicketId);
  }

  #hex(): string {
    this.#chance++;
    return `${String(this.#run.id).replace(/\D/g, "")}${this.#chance.toString(16)}`.padStart(
      16,
      "0",
    );
  }
}
