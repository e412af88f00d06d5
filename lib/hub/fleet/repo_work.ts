/** The run of one repo in this process: the repo's lock is held as long as the run is worked, and no longer. */

import type { Clock } from "../../base/clock.ts";
import { asCarError, CarError } from "../../base/errors.ts";
import type { Destination } from "../../control/destination.ts";
import type { CommandAnswer, Order } from "../../control/mailbox.ts";
import type { Command } from "../../engine/events.ts";
import { isLive, type Run } from "../../engine/run.ts";
import type { LiveListener } from "../live.ts";
import { type RunningRepo, type RunRequest, startRun } from "../run_repo.ts";
import { openSession, type Session } from "../session.ts";
import type { DrainHow } from "./fleet.ts";
import { goesOn, HUB_ACTOR } from "./hub_actor.ts";
import { SlottedSurroundings } from "./slotted.ts";
import type { Slots } from "./slots.ts";

export interface RepoWorkOptions {
  readonly id: string;
  readonly root: string;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  /** What this process was started for, for the lock's text: `car serve`. */
  readonly command: string;
  readonly safe: boolean;
  readonly hubRoot: string | null;
  /** Asked at each start; undefined: as the repo's config says. */
  readonly destination: () => Destination | undefined;
  /** Where this process answers; null while it does not. */
  readonly url: () => string | null;
  readonly slots: Slots;
  readonly say: LiveListener;
  /** What this process means to work is written before it begins, and taken away at its rest. */
  readonly keepIntent: (actor: string) => void;
  readonly dropIntent: () => void;
  /** Told when the work has begun and when it is over: with why, when it ended in an error. */
  readonly onChange: (failure: CarError | null) => void;
}

interface Work {
  readonly session: Session;
  readonly running: RunningRepo;
  readonly surroundings: SlottedSurroundings;
  /** Resolves when the run rests and the repo is free again; never rejects. */
  readonly over: Promise<void>;
}

/** How long a run that was told to stop gets before it is killed, in milliseconds: below a service manager's patience. */
const STOP_MS_MAX = 7_000;

export class RepoWork {
  readonly #options: RepoWorkOptions;
  #work: Work | null = null;
  #starting: Promise<Run> | null = null;
  #draining: DrainHow | null = null;
  #rested: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(options: RepoWorkOptions) {
    this.#options = options;
  }

  /** The run in hand, as it is now; null when this process works none. */
  run(): Run | null {
    return this.#work?.running.run() ?? null;
  }

  /** The repo is being made ready, and no run is in hand yet. */
  get isStarting(): boolean {
    return this.#starting !== null && this.#work === null;
  }

  get isBusy(): boolean {
    return this.#work !== null || this.#starting !== null;
  }

  /**
   * Starts or continues the run, and answers once its first step is written.
   * @throws {CarError} `locked`, `waiting`, `conflict`, `not_found`, `invalid` for the config.
   */
  async start(request: RunRequest): Promise<Run> {
    if (this.#draining !== null) {
      throw new CarError("unavailable", "This CAR is ending and takes on no new work", {
        hint: "Start it again, then try again.",
      });
    }
    while (this.#work?.running.isOver()) await this.#work.over;
    if (this.#work !== null) return goOn(this.#work, request);
    if (this.#starting !== null) {
      throw new CarError("conflict", "The run is being started already", {
        hint: 'Follow it with "car log -f".',
      });
    }
    this.#starting = this.#begin(request).finally(() => this.#starting = null);
    return await this.#starting;
  }

  /** @returns Null: no run is worked here. @throws {CarError} when the journal cannot be written. */
  async take(order: Order): Promise<CommandAnswer | null> {
    await this.#starting?.catch(() => {});
    while (this.#work?.running.isOver()) await this.#work.over;
    return this.#work?.running.take(order) ?? null;
  }

  /** Resolves when the run in hand is not live any more; at once when there is none. */
  async rested(): Promise<void> {
    const run = this.run();
    if (run !== null && isLive(run.status)) await this.#rested.promise;
  }

  /** Resolves when this process does not work the repo any more; at once when it does not. */
  async over(): Promise<void> {
    await this.#starting?.catch(() => {});
    await this.#work?.over;
  }

  /**
   * Ends the work so that the next start goes on with it. A second call may hurry the first.
   * @param how `stop`: the turn in hand is broken off. `turns`: it ends first.
   */
  async drain(how: DrainHow): Promise<void> {
    this.#draining = how;
    await this.#starting?.catch(() => {});
    const work = this.#work;
    if (work === null) return;
    const stop = () => this.#stop(work);
    if (how === "turns" && isLive(work.running.run().status)) work.surroundings.drain(stop);
    else stop();
    await work.over;
  }

  /** Where this process answers is another: whoever finds the lock is told. */
  announce(): void {
    this.#work?.session.lock.update({ url: this.#options.url() });
  }

  async #begin(request: RunRequest): Promise<Run> {
    const { keepIntent, onChange } = this.#options;
    keepIntent(request.by);
    try {
      const work = await this.#open(request);
      this.#work = work;
      onChange(null);
      // A drain that began meanwhile waits for this and then ends it.
      return await work.running.started;
    } catch (thrown) {
      const failure = asCarError(thrown);
      this.#forgetIntent(request, failure);
      onChange(failure);
      throw failure;
    }
  }

  /** What could not be taken up because of the machine may be taken up by the next start. */
  #forgetIntent(request: RunRequest, failure: CarError): void {
    if (request.type === "take_up" && failure.code === "unavailable") return;
    this.#options.dropIntent();
  }

  async #open(request: RunRequest): Promise<Work> {
    const { id, root, slots } = this.#options;
    const session = await openSession(root, this.#sessionOptions());
    try {
      session.lock.update({ url: this.#options.url() });
      let surroundings: SlottedSurroundings | undefined;
      const running = await startRun(session, request, {
        surround: (effects) => surroundings = new SlottedSurroundings(effects, slots, id),
        onStep: (run) => {
          surroundings?.stepped(run);
          if (!isLive(run.status)) this.#tellRest();
        },
      });
      if (surroundings === undefined) throw new CarError("internal", "The run has no surroundings");
      return { session, running, surroundings, over: this.#settle(session, running) };
    } catch (thrown) {
      await session.close();
      throw thrown;
    }
  }

  #sessionOptions() {
    const { clock, environment, command, say, safe, hubRoot, destination } = this.#options;
    const where = destination();
    return {
      clock,
      environment,
      command,
      say,
      safe,
      ...(hubRoot === null ? {} : { hubRoot }),
      ...(where === undefined ? {} : { destination: where }),
    };
  }

  async #settle(session: Session, running: RunningRepo): Promise<void> {
    let failure: CarError | null = null;
    await running.rested.catch((thrown) => failure = asCarError(thrown));
    this.#options.slots.giveBack(this.#options.id);
    if (!(this.#draining !== null && goesOn(running.run()))) {
      if (failure === null) this.#options.dropIntent();
    }
    await session.close();
    this.#work = null;
    this.#tellRest();
    this.#options.onChange(failure);
  }

  #tellRest(): void {
    this.#rested.resolve();
    this.#rested = Promise.withResolvers();
  }

  #stop(work: Work): void {
    if (isLive(work.running.run().status)) work.running.command({ type: "stop", by: HUB_ACTOR });
    work.running.leave();
    this.#killLater(work);
  }

  #killLater(work: Work): void {
    const inTime = new AbortController();
    void work.over.finally(() => inTime.abort());
    this.#options.clock.sleep(STOP_MS_MAX, inTime.signal).then(
      () => work.running.command({ type: "kill", by: HUB_ACTOR }),
      () => {},
    );
  }
}

/** The run is in hand already: one that waits at its pause goes on, any other refuses in its own words. */
function goOn({ running }: Work, request: RunRequest): Run {
  const run = running.run();
  const type = run.status === "paused" ? "resume" as const : "start" as const;
  const command: Command = type === "resume"
    ? { type, by: request.by, settings: null }
    : { type, by: request.by, settings: run.settings };
  const answer = running.take(command);
  if (answer.ok) return running.run();
  throw new CarError("conflict", answer.message, answer.hint === "" ? {} : { hint: answer.hint });
}
