/**
 * Brings a command to a repo's run from outside its process: through the mailbox while an owner is at
 * work; with the lock in hand when nobody is.
 */

import type { Clock } from "../base/clock.ts";
import { CarError } from "../base/errors.ts";
import { Journal } from "../control/journal.ts";
import { acquireLock, lockedError, lookAtLock } from "../control/lock.ts";
import {
  type CommandAnswer,
  commandAnswer,
  type Order,
  postCommand,
  withdrawCommand,
} from "../control/mailbox.ts";
import type { RepoPaths } from "../control/roots.ts";
import { openGuarded } from "../control/witness.ts";
import type { Command } from "../engine/events.ts";
import { isLive, type Run } from "../engine/run.ts";
import { step } from "../engine/step.ts";
import { holderOf } from "./holder.ts";

export interface CommandOptions {
  readonly clock: Clock;
  /** For the lock's text. */
  readonly command: string;
  /** Wait until the run rests after the command was taken. */
  readonly untilRest: boolean;
  /** Told once when that takes a while. */
  readonly onWaiting: (words: string) => void;
}

export type Commanded =
  | { readonly ok: true; readonly run: Run }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** How often the answer is looked for, in milliseconds. */
const POLL_MS = 50;
/** An owner that does not answer within this is stuck or suspended, in milliseconds. */
const ANSWER_MS = 10_000;
/** When the wait for a run's rest is worth a word, in milliseconds. */
const WAITING_WORD_MS = 1_000;

/** @throws {CarError} `not_found` without a run, `timeout` when the owner does not answer. */
export async function commandRun(
  paths: RepoPaths,
  command: Command,
  options: CommandOptions,
): Promise<Commanded> {
  for (;;) {
    if (lookAtLock(paths.lock).type === "free") {
      const answer = await takeInHere(paths, command, options);
      if (answer !== "busy") return answer;
    }
    const answer = await throughOwner(paths, command, options);
    if (answer !== "free") return answer;
  }
}

/** @returns "busy": somebody took the lock meanwhile. */
async function takeInHere(
  paths: RepoPaths,
  command: Command,
  options: CommandOptions,
): Promise<Commanded | "busy"> {
  const taken = await acquireLock(
    paths.lock,
    holderOf(options.command, options.clock),
    options.clock,
  );
  if (taken.type === "busy") return "busy";
  const { lock } = taken;
  const { journal } = await openGuarded(paths, {
    uuid: crypto.randomUUID(),
    nowMs: options.clock.now(),
    unclean: lock.unclean,
  });
  try {
    const run = journal.lastRun();
    if (run === null) {
      throw new CarError("not_found", "There is no run here yet", {
        hint: 'Start one with "car run".',
      });
    }
    return applyAtRest(journal, run, command, options.clock.now());
  } finally {
    journal.close();
    lock.release();
  }
}

/** A run whose owner died has nothing left to stop politely: its processes went with the owner. */
function applyAtRest(journal: Journal, run: Run, command: Command, atMs: number): Commanded {
  const dead = isLive(run.status);
  if (dead && command.type !== "stop" && command.type !== "kill") {
    return {
      ok: false,
      message: `${run.id} was cut off: the car that ran it ended without saying so`,
      hint: 'Go on with "car resume", or settle it with "car stop".',
    };
  }
  const given: Command = dead ? { type: "kill", by: command.by } : command;
  const event = { ...given, atMs };
  const answer = step(run, event);
  if (!answer.ok) {
    journal.refuse(run, event, answer.message);
    return answer;
  }
  journal.commit({ event, run: answer.run, effects: [], settles: "all" });
  return { ok: true, run: answer.run };
}

/** @returns "free": the owner ended before it took the command. */
async function throughOwner(
  paths: RepoPaths,
  command: Command,
  options: CommandOptions,
): Promise<Commanded | "free"> {
  const answer = await sendToOwner(paths, command, options.clock);
  if (answer === "free") return "free";
  if (!answer.ok) return { ok: false, message: answer.message, hint: answer.hint };
  const journal = Journal.open(paths.journal);
  try {
    return { ok: true, run: await runAfter(journal, paths, options) };
  } finally {
    journal.close();
  }
}

/**
 * Leaves an order for the owner of the repo and waits for its answer.
 *
 * @returns "free": nobody is at work, or ended before it took the order.
 * @throws {CarError} `timeout` when the owner does not answer.
 */
export async function sendToOwner(
  paths: RepoPaths,
  order: Order,
  clock: Clock,
): Promise<CommandAnswer | "free"> {
  if (lookAtLock(paths.lock).type === "free") return "free";
  const journal = Journal.open(paths.journal);
  try {
    const id = postCommand(journal, order, clock.now());
    const answer = await waitForAnswer(journal, id, paths, clock);
    if (answer !== null && answer !== "free") return answer;
    withdrawCommand(journal, id);
    if (answer === "free") return "free";
    throw stuck(paths);
  } finally {
    journal.close();
  }
}

async function waitForAnswer(
  journal: Journal,
  id: number,
  paths: RepoPaths,
  clock: Clock,
): Promise<CommandAnswer | "free" | null> {
  const until = clock.elapsed() + ANSWER_MS;
  while (clock.elapsed() < until) {
    const answer = commandAnswer(journal, id);
    if (answer !== null) return answer;
    if (lookAtLock(paths.lock).type === "free") return commandAnswer(journal, id) ?? "free";
    await clock.sleep(POLL_MS);
  }
  return commandAnswer(journal, id);
}

function stuck(paths: RepoPaths): CarError {
  const sight = lookAtLock(paths.lock);
  const who = sight.type === "busy" ? lockedError(paths.root, sight).message : "";
  return new CarError("timeout", `The car at work here does not answer. ${who}`, {
    hint: "It may be suspended (Ctrl-Z) or hanging; end its process, then use `car resume`.",
  });
}

/** The run once the command has taken effect: at rest where that was asked for. */
async function runAfter(journal: Journal, paths: RepoPaths, options: CommandOptions): Promise<Run> {
  const { clock } = options;
  const startedMs = clock.elapsed();
  let told = false;
  for (;;) {
    const run = journal.lastRun();
    if (run === null) throw new CarError("internal", "The run is gone from the journal");
    const ownerGone = lookAtLock(paths.lock).type === "free";
    if (!options.untilRest || !isLive(run.status) || ownerGone) return run;
    if (!told && clock.elapsed() - startedMs > WAITING_WORD_MS) {
      told = true;
      options.onWaiting(
        run.status === "stopping"
          ? "Waiting for the agent to end its turn ..."
          : "Waiting for the end of the turn in hand ...",
      );
    }
    await clock.sleep(POLL_MS);
  }
}
