/** Runs one repo's queue from its start, or from where it was left, until the run rests. */

import { CarError } from "../base/errors.ts";
import { plural } from "../base/text.ts";
import { unansweredHandoff } from "../control/dispatches.ts";
import { exists } from "../control/files.ts";
import type { Command } from "../engine/events.ts";
import { runId } from "../engine/ids.ts";
import { isLive, type Run, type RunSettings } from "../engine/run.ts";
import { newRun } from "../engine/step.ts";
import type { CommandAnswer, Order } from "../control/mailbox.ts";
import type { AtRun } from "./at_run.ts";
import { Effects } from "./effects.ts";
import { pumpCommands } from "./pump.ts";
import { remark } from "./remark.ts";
import type { Session } from "./session.ts";
import { type RunFlags, runSettings } from "./settings.ts";
import { RunWorker, type Surroundings } from "./worker.ts";
import { QueueReturn } from "./worktrees/queue_return.ts";

export interface RunRequest {
  /**
   * `run` begins or goes on; `resume` only goes on. `take_up` is CAR's own: what was on when it ended
   * goes on as it was, and a run that waits for a time goes on waiting.
   */
  readonly type: "run" | "resume" | "take_up";
  readonly by: string;
  readonly flags: RunFlags;
  /** A tree that is dirty at a run's first start is worked all the same, without commits. */
  readonly allowDirty: boolean;
  /** Stay at a paused run until a command resumes it. */
  readonly wait: boolean;
}

/** A run at work: commands go in, `rested` tells its end. */
export interface RunningRepo {
  /** Once its first step is written. Rejects as `rested`, when it cannot be. */
  readonly started: Promise<Run>;
  readonly rested: Promise<Run>;
  /** As it is now. */
  run(): Run;
  /** Nobody carries anything out for it any more: `rested` is about to tell. */
  isOver(): boolean;
  command(command: Command): void;
  /** A command, or an answer to the agent. @throws {CarError} when the journal cannot be written. */
  take(order: Order): CommandAnswer;
  /** Leaves a wait at a paused run. */
  leave(): void;
}

export interface RunHooks {
  /** What carries the effects out, when it is not what it is given alone. */
  readonly surround?: (effects: Surroundings) => Surroundings;
  /** Told after every step, when it is safe on disk. */
  readonly onStep?: (run: Run) => void;
}

/**
 * Starts or continues the repo's run.
 *
 * @throws {CarError} `waiting` when a person must act first, `conflict` for a dirty tree or nothing to
 * resume, `not_found` without tickets.
 */
export async function startRun(
  session: Session,
  request: RunRequest,
  hooks: RunHooks = {},
): Promise<RunningRepo> {
  const { place } = session;
  const back = await QueueReturn.of(place, place.root);
  await back?.begin();
  const { run, fresh } = await chooseRun(session, request);
  const flags = fresh ? await flagsFor(session, request) : request.flags;
  const settings = runSettings(place.config, flags);
  await session.log.rotate();
  if (fresh) {
    // No turn of an earlier run is judged any more.
    await place.git.forgetTrees();
    place.journal.createRun(run);
  }
  const here = session.at(run.id);
  const effects = new Effects(here);
  const worker = new RunWorker(run, {
    journal: place.journal,
    clock: place.clock,
    surroundings: hooks.surround?.(effects) ?? effects,
    wait: request.wait,
    onTrouble: (text) => place.say({ type: "remark", text }),
    onStep: (now, event, seq, refused) => {
      session.stepped(seq);
      hooks.onStep?.(now);
      if (event.type === "settled" && !refused) back?.settled(now);
      place.say({ type: "step", run: now, event, seq, refused });
    },
  });
  const over = new AbortController();
  const started = Promise.withResolvers<Run>();
  const rested = (async () => {
    const pumping = pumpCommands(
      place.journal,
      place.clock,
      (it) => takeOrder(here, worker, it),
      over.signal,
    );
    try {
      await setGoing(session, worker, { ...request, settings });
      started.resolve(worker.run);
      const run = await worker.work();
      await back?.end(run);
      return run;
    } catch (thrown) {
      started.reject(thrown);
      session.log.failed(thrown);
      throw thrown;
    } finally {
      over.abort();
      await pumping;
    }
  })();
  // Whoever only waits for the rest is told of the failure there.
  started.promise.catch(() => {});
  return {
    started: started.promise,
    rested,
    run: () => worker.run,
    isOver: () => worker.over,
    command: (it) => tryCommand(worker, it),
    take: (it) => takeOrder(here, worker, it),
    leave: () => worker.end(),
  };
}

function takeOrder(here: AtRun, worker: RunWorker, order: Order): CommandAnswer {
  if (order.type !== "answer") return worker.command(order);
  return here.requests.give(order.requestId, { answer: order.answer, by: order.by });
}

/** A journal that cannot be written takes no command; `leave` ends the worker all the same. */
function tryCommand(worker: RunWorker, command: Command): void {
  try {
    worker.command(command);
  } catch (thrown) {
    if (!(thrown instanceof CarError)) throw thrown;
  }
}

async function setGoing(
  session: Session,
  worker: RunWorker,
  request: RunRequest & { settings: RunSettings },
): Promise<void> {
  if (isLive(worker.run.status)) {
    remark(session.place, worker.run, cutOffWords(session));
    await worker.recover();
    // Recovery may have settled a run that was stopping: being asked to run, it goes on.
    if (worker.run.status !== "stopped" || request.type === "take_up") return;
  }
  const command = firstCommand(worker.run, request);
  if (command !== null) worker.command(command);
}

/** What sets a run at rest going; null for one that is to go on waiting for its time. */
function firstCommand(
  run: Run,
  { type, by, settings }: RunRequest & { settings: RunSettings },
): Command | null {
  if (type !== "take_up") {
    return { type: run.status === "paused" ? "resume" : "start", by, settings };
  }
  if (run.status === "pending") return { type: "start", by, settings: run.settings };
  if (run.status === "paused" && run.pause?.resumesAtMs !== null) return null;
  return { type: "resume", by, settings: null };
}

function cutOffWords(session: Session): string {
  const previous = session.lock.previous;
  return previous === null
    ? "The last car ended without saying so; its run is taken up again"
    : `The last car (process ${previous.pid}, since ${previous.startedAt}) ended without saying so; its run is taken up again`;
}

/** The run to go on with, or a new one. */
async function chooseRun(
  session: Session,
  request: RunRequest,
): Promise<{ run: Run; fresh: boolean }> {
  const { place } = session;
  const last = place.journal.lastRun();
  if (last !== null && last.status !== "completed") {
    await refuseIfWaiting(session, last, request);
    return { run: last, fresh: false };
  }
  if (request.type !== "run") {
    throw new CarError(
      "conflict",
      last === null
        ? "There is no run to resume"
        : `${last.id} is completed; nothing is left to resume`,
      { hint: 'Use "car run" to begin a new run.' },
    );
  }
  const queue = await place.tickets.read();
  if (queue.tickets.length === 0 && queue.problems.length === 0) {
    throw new CarError("not_found", "There are no tickets to work", {
      hint: 'Write one with "car ticket new", then use "car run".',
    });
  }
  const number = Math.max(place.journal.nextRunNumber(), await session.nextRunFolder());
  const settings = runSettings(place.config, request.flags);
  return { run: newRun(runId(number), settings, place.clock.now()), fresh: true };
}

/** `car run` does not walk past a question that waits for its answer; `car resume` does. */
async function refuseIfWaiting(session: Session, run: Run, request: RunRequest): Promise<void> {
  if (request.type !== "run" || run.status !== "paused" || run.pause === null) return;
  const { pause } = run;
  const answered = pause.reason === "handoff" && await isAnswered(session, run);
  const decided = pause.reason === "held" && (run.work?.decision ?? null) !== null;
  const needsAnswer = pause.reason === "handoff" || pause.reason === "held";
  if (!needsAnswer || answered || decided) return;
  throw new CarError("waiting", `${run.id} is paused (${pause.reason}): ${pause.detail}`, {
    hint: `${pause.next} "car resume" alone goes on without an answer.`,
  });
}

/** A reply is filed, or lies there in USER_REPLY.md. */
async function isAnswered({ place }: Session, run: Run): Promise<boolean> {
  const paths = place.paths.run(run.id);
  return await exists(paths.reply) || await unansweredHandoff(paths) === null;
}

/** A dirty tree at a run's first start is the person's: never committed, never in the agent's way unasked. */
async function flagsFor(session: Session, request: RunRequest): Promise<RunFlags> {
  const status = await session.place.git.status();
  if (!status.dirty) return request.flags;
  if (request.allowDirty) return { ...request.flags, withoutCommits: true };
  const paths = status.paths.slice(0, 5).join(", ");
  const more = status.paths.length > 5 ? ", ..." : "";
  throw new CarError(
    "conflict",
    `The tree has ${
      plural(status.paths.length, "change")
    } of yours that are not committed: ${paths}${more}`,
    {
      hint:
        'Commit or stash them, or use "car run --allow-dirty": CAR then works without committing.',
    },
  );
}
