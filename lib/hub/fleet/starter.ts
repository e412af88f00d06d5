/** Starts runs by itself: those that were on when the last process ended, and those of repos with `auto_run`. */

import type { Clock } from "../../base/clock.ts";
import { asCarError } from "../../base/errors.ts";
import type { Orchestration } from "../../control/orchestration.ts";
import { dropIntent, runIntents } from "../../control/run_intents.ts";
import type { RunRequest } from "../run_repo.ts";
import { decideAutoRun, decideTakeUp } from "./auto_run.ts";
import { HUB_ACTOR } from "./hub_actor.ts";
import type { LocalDesk } from "./local_desk.ts";

export interface StarterOptions {
  readonly clock: Clock;
  readonly store: Orchestration;
  readonly desk: (id: string) => LocalDesk | undefined;
  /** For the log. */
  readonly say: (words: string) => void;
}

/** Who starts runs of repos with `auto_run`. */
const AUTO_ACTOR = "auto_run";

/** New tickets come one after the other: a run begins when none has come for so long, in milliseconds. */
const SETTLED_MS = 2_000;

const PLAIN = {
  flags: { stopAfterTickets: null, agent: null, withoutCommits: false },
  allowDirty: false,
  wait: false,
} as const;

export class Starter {
  readonly #options: StarterOptions;
  readonly #over = new AbortController();
  readonly #considering = new Map<string, AbortController>();
  readonly #tasks = new Set<Promise<void>>();

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** Takes up what was on, then asks every other repo whether it is to be started. */
  begin(ids: readonly string[]): void {
    this.#task(this.#begin(ids));
  }

  /** Something changed that may make a repo with `auto_run` start: asks once it has settled. */
  consider(id: string): void {
    if (this.#over.signal.aborted) return;
    this.#considering.get(id)?.abort();
    const waiting = new AbortController();
    this.#considering.set(id, waiting);
    const either = AbortSignal.any([waiting.signal, this.#over.signal]);
    this.#task(
      this.#options.clock.sleep(SETTLED_MS, either).then(async () => {
        this.#considering.delete(id);
        await this.#auto(id);
      }),
    );
  }

  /** Starts nothing any more. */
  end(): void {
    this.#over.abort();
  }

  async close(): Promise<void> {
    this.end();
    await Promise.all(this.#tasks);
  }

  #task(work: Promise<void>): void {
    const task: Promise<void> = work.catch(() => {}).finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }

  async #begin(ids: readonly string[]): Promise<void> {
    const intents = runIntents(this.#options.store);
    // In their old order, so that who waited longest is first in line again.
    for (const { repo, actor } of intents) {
      if (this.#over.signal.aborted) return;
      await this.#takeUp(repo, actor).catch((thrown) => this.#tell(repo, thrown));
    }
    for (const id of ids) {
      if (this.#over.signal.aborted) return;
      await this.#auto(id);
    }
  }

  async #takeUp(id: string, actor: string): Promise<void> {
    const { store, say } = this.#options;
    const desk = this.#options.desk(id);
    // A repo that is not listed now may be listed again.
    if (desk === undefined) return;
    await desk.look();
    const { run, lock, trouble } = desk.facts;
    // What cannot be read now may be readable at the next start.
    if (trouble !== null && run === null) return;
    const asked = run !== null && await desk.wasAskedToStop(run);
    const decision = decideTakeUp(run, lock.type === "busy", asked);
    if (decision.type === "leave") {
      dropIntent(store, id);
      say(`${id}: what was on is left alone, since ${decision.why}`);
      return;
    }
    say(`${id}: ${run?.id} is taken up again; ${actor} had started it`);
    await desk.start({ ...PLAIN, type: "take_up", by: HUB_ACTOR });
  }

  async #auto(id: string): Promise<void> {
    const desk = this.#options.desk(id);
    if (desk === undefined || !desk.listed.autoRun || desk.isBusy) return;
    await desk.look();
    if (this.#over.signal.aborted || desk.isBusy) return;
    const decision = decideAutoRun(desk.listed, desk.facts);
    if (!decision.start) return desk.setNotStarted(decision.why);
    const request: RunRequest = { ...PLAIN, type: "run", by: AUTO_ACTOR };
    await desk.start(request).catch((thrown) => {
      desk.setNotStarted(asCarError(thrown).message);
      this.#tell(id, thrown);
    });
  }

  #tell(id: string, thrown: unknown): void {
    const { message, hint } = asCarError(thrown);
    this.#options.say(`${id}: ${message}${hint === undefined ? "" : ` ${hint}`}`);
  }
}
