/**
 * Works one run: takes the next effect, has it carried out, steps the engine with what came back,
 * and writes the step before anything follows from it. Everything it knows is in the journal, so it
 * can be killed anywhere and begun again.
 */

import { asCarError, CarError } from "../base/errors.ts";
import type { Clock } from "../base/clock.ts";
import { turnOfLoop } from "../base/loop_turn.ts";
import type { CommandAnswer } from "../control/mailbox.ts";
import type { Journal, OpenEffect } from "../control/journal.ts";
import type { Command, Effect, Outcome, RunEvent } from "../engine/events.ts";
import { isLive, type Run } from "../engine/run.ts";
import { step } from "../engine/step.ts";

/** Carries effects out. The one thing the worker cannot do itself. */
export interface Surroundings {
  /**
   * Carries out one effect and tells what came of it. May be asked for the same effect again after
   * a crash. Abort: end politely and soon, with the outcome as far as it came.
   *
   * @param tell Takes an outcome that comes before the last one (`thread_opened`).
   */
  apply(
    effect: Effect,
    run: Run,
    tell: (outcome: Outcome) => void,
    signal: AbortSignal,
  ): Promise<Outcome>;
  /** What can be known of a run that was in flight when CAR died. */
  recover(run: Run): Promise<Extract<Outcome, { type: "recovered" }>>;
  /** Ends every process of the run by force. */
  killAll(): Promise<void>;
  /** Whether CAR goes on by itself at the end of a pause that names a time, and when. */
  resumeAt(run: Run, nowMs: number): number | null;
}

export interface WorkerOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly surroundings: Surroundings;
  /** Told after every step, when it is safe on disk. */
  readonly onStep?: (run: Run, event: RunEvent, seq: number, refused: boolean) => void;
  /** Stay while the run is paused, and go on when a command resumes it. */
  readonly wait: boolean;
  /** Told once when the journal cannot be written, and once when it can be again. */
  readonly onTrouble?: (words: string) => void;
}

/** Why the work in hand was asked to end. The outcome says what came of it; nothing reads this but people. */
const INTERRUPTED = new DOMException("The run was asked to stop", "AbortError");

export class RunWorker {
  readonly #options: WorkerOptions;
  #run: Run;
  #open: OpenEffect[];
  #abort: AbortController | null = null;
  #wake: (() => void) | null = null;
  #ending = false;
  #over = false;

  constructor(run: Run, options: WorkerOptions) {
    this.#run = run;
    this.#options = options;
    this.#open = [...options.journal.pending(run.id)];
  }

  get run(): Run {
    return this.#run;
  }

  /** Whether `work` has returned: the run rests and nobody carries anything out any more. */
  get over(): boolean {
    return this.#over;
  }

  /** Takes a command in: stepped and written before this returns. Not once the worker is over. */
  command(command: Command): CommandAnswer {
    if (this.#over) {
      return { ok: false, message: "The run has just come to rest", hint: "Ask again." };
    }
    // What a run at rest still had open belongs to a killed past; the command asks anew.
    const settles = isLive(this.#run.status) ? [] : "all";
    if (settles === "all") this.#open = [];
    const stepped = this.#take({ ...command, atMs: this.#options.clock.now() }, settles);
    this.#wake?.();
    return stepped;
  }

  /** Leaves a worker that waits, for a paused run or for its disk: the process is ending. */
  end(): void {
    this.#ending = true;
    this.#wake?.();
  }

  /**
   * Takes up a run that was live when its owner died: asks what became of the work in hand, and
   * steps with the answer. Nothing to do for a run at rest.
   */
  async recover(): Promise<void> {
    if (!isLive(this.#run.status)) return;
    const found = await this.#options.surroundings.recover(this.#run);
    this.#open = [];
    this.#take({ ...found, atMs: this.#options.clock.now() }, "all");
  }

  /** Works until the run rests. @returns The run at rest. */
  async work(): Promise<Run> {
    for (;;) {
      const next = this.#open.shift();
      if (next !== undefined) {
        await this.#perform(next);
      } else if (isLive(this.#run.status)) {
        throw new CarError("internal", `Run ${this.#run.id} is live with nothing to do`);
      } else if (!(await this.#restedOrResumed()) && !isLive(this.#run.status)) {
        // Asked after the await: a command may have come in just then.
        this.#over = true;
        return this.#run;
      }
    }
  }

  async #perform(open: OpenEffect): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    if (this.#run.status === "stopping") abort.abort(INTERRUPTED);
    const outcome = await this.#outcomeOf(open.effect, abort.signal);
    this.#abort = null;
    await turnOfLoop();
    await this.#keep(outcome, open.id);
  }

  /**
   * Writes an outcome, waiting for the disk where it is full: what an agent did is not done again.
   * @throws {CarError} `unavailable` when the process is to end first; the next start recovers.
   */
  async #keep(outcome: Outcome, effect: number): Promise<void> {
    let troubled = false;
    for (;;) {
      try {
        this.#take({ ...outcome, atMs: this.#options.clock.now() }, [effect]);
        if (troubled) this.#options.onTrouble?.("The disk takes writes again; the run goes on");
        return;
      } catch (thrown) {
        const failure = asCarError(thrown);
        if (failure.code !== "unavailable" || this.#ending) throw failure;
        if (!troubled) {
          const words = failure.message.replace(/\.$/, "");
          this.#options.onTrouble?.(`${words}. CAR waits and tries again`);
        }
        troubled = true;
        await this.#rest(this.#after(DISK_RETRY_MS));
      }
    }
  }

  async #outcomeOf(effect: Effect, signal: AbortSignal): Promise<Outcome> {
    try {
      return await this.#options.surroundings.apply(
        effect,
        this.#run,
        (told) => this.#take({ ...told, atMs: this.#options.clock.now() }, []),
        signal,
      );
    } catch (thrown) {
      const failure = asCarError(thrown);
      // A journal that cannot be written cannot note its own trouble: the process ends, and recovers.
      if (failure.code === "damaged") throw failure;
      if (failure.code === "waiting") {
        const { message } = failure;
        return {
          type: "effect_failed",
          effect: effect.type,
          message,
          passing: false,
          approval: true,
        };
      }
      return {
        type: "effect_failed",
        effect: effect.type,
        message: failure.hint === undefined
          ? failure.message
          : `${failure.message.replace(/\.$/, "")}. ${failure.hint}`,
        passing: failure.code === "unavailable" && isDiskTrouble(failure),
      };
    }
  }

  #take(event: RunEvent, settles: readonly number[] | "all"): CommandAnswer {
    const { journal, onStep } = this.#options;
    const answer = step(this.#run, event);
    if (!answer.ok) {
      const seq = journal.refuse(this.#run, event, answer.message, settles);
      onStep?.(this.#run, event, seq, true);
      return answer;
    }
    const atOnce = answer.effects.filter(isAtOnce);
    const lasting = answer.effects.filter((effect) => !isAtOnce(effect));
    const written = journal.commit({ event, run: answer.run, effects: lasting, settles });
    this.#run = answer.run;
    this.#open.push(...written.effects);
    for (const effect of atOnce) this.#act(effect);
    onStep?.(this.#run, event, written.seq, false);
    return { ok: true, message: "", hint: "" };
  }

  /** Acts that only speed up what the journal already says: losing one in a crash loses nothing. */
  #act(effect: Effect): void {
    this.#abort?.abort(INTERRUPTED);
    if (effect.type === "kill") {
      this.#open = [];
      this.#options.surroundings.killAll().catch(() => {});
    }
  }

  /** At rest: false when the worker is done; true when the run goes on after a wait. */
  async #restedOrResumed(): Promise<boolean> {
    const run = this.#run;
    if (run.status !== "paused" || this.#ending) return false;
    const { clock, surroundings, wait } = this.#options;
    const at = surroundings.resumeAt(run, clock.now());
    if (at === null && !wait) return false;
    const left = at === null ? FOR_EVER : this.#leftOf(run, at);
    await this.#rest(left);
    if (left() <= 0 && this.#run.status === "paused" && !this.#ending) {
      const by = run.pause?.reason === "parked" ? "quota" : "relief";
      this.#take({ type: "resume", by, settings: null, atMs: clock.now() }, []);
    }
    return true;
  }

  /** A quota is back at an hour of the wall's clock; other pauses last so long, whatever that clock does. */
  #leftOf(run: Run, at: number): () => number {
    const { clock } = this.#options;
    return run.pause?.reason === "parked" ? () => at - clock.now() : this.#after(at - clock.now());
  }

  #after(ms: number): () => number {
    const { clock } = this.#options;
    const until = clock.elapsed() + ms;
    return () => until - clock.elapsed();
  }

  /** Sleeps in short steps, so that a clock that jumps is noticed within one of them. */
  async #rest(left: () => number): Promise<void> {
    const { clock } = this.#options;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    try {
      for (let ms = left(); ms > 0 && !woken.signal.aborted && !this.#ending; ms = left()) {
        await clock.sleep(Math.min(ms, CLOCK_CHECK_MS), woken.signal).catch(() => {});
      }
    } finally {
      this.#wake = null;
    }
  }
}

const FOR_EVER = () => Infinity;

/** How often a full disk is tried again with what has to be written, in milliseconds. */
const DISK_RETRY_MS = 2_000;

/** How late a jump of the wall clock may be noticed while the run waits, in milliseconds. */
const CLOCK_CHECK_MS = 30_000;

const isAtOnce = (effect: Effect) => effect.type === "interrupt" || effect.type === "kill";

const isDiskTrouble = (failure: CarError) =>
  /disk|space|read-only|descriptor/i.test(failure.message);
