/** What a person may ask of a run, in each of its states: one answer for every pair. */

import { doing } from "./doing.ts";
import type { Command, CommandName, Effect, Step } from "./events.ts";
import {
  type Move,
  type Run,
  type RunSettings,
  type RunStatus,
  TRANSITIONS,
  type Work,
} from "./run.ts";

type Answer = { readonly message: string; readonly hint: string };

/** Why a command is refused where it is. Every pair that is not here is carried out. */
const REFUSALS: Readonly<Record<RunStatus, Readonly<Partial<Record<CommandName, Answer>>>>> = {
  pending: {
    resume: { message: "The run has not started yet", hint: 'Use "car run" to start it.' },
    pause: { message: "The run has not started yet", hint: 'Use "car run" to start it.' },
    decide: { message: "No verdict is held", hint: 'See "car status".' },
  },
  running: {
    start: { message: "The run is already running", hint: 'Follow it with "car log -f".' },
    resume: { message: "The run is already running", hint: 'Follow it with "car log -f".' },
    decide: {
      message: "No verdict is held while the run is running",
      hint: 'Use "car pause" first, or wait until the gate asks.',
    },
  },
  paused: {
    pause: { message: "The run is already paused", hint: 'Use "car resume" to go on.' },
  },
  stopping: {
    start: {
      message: "The run is stopping",
      hint: 'Wait until it has stopped, then use "car run"; "car kill" ends it at once.',
    },
    resume: {
      message: "The run is stopping",
      hint: 'Wait until it has stopped, then use "car resume"; "car kill" ends it at once.',
    },
    pause: { message: "The run is already stopping", hint: '"car kill" ends it at once.' },
    stop: { message: "The run is already stopping", hint: '"car kill" ends it at once.' },
    decide: { message: "No verdict is held while the run stops", hint: 'See "car status".' },
  },
  stopped: {
    pause: { message: "The run is stopped", hint: 'Use "car run" to go on.' },
    stop: { message: "The run is already stopped", hint: 'Use "car run" to go on.' },
    kill: { message: "The run is already stopped", hint: 'Use "car run" to go on.' },
    decide: { message: "No verdict is held", hint: 'See "car status".' },
  },
  completed: {
    start: { message: "The run is completed", hint: 'Use "car run" to begin a new one.' },
    resume: {
      message: "The run is completed; nothing is left to resume",
      hint: 'Add tickets with "car ticket new", then use "car run".',
    },
    pause: { message: "The run is completed", hint: "" },
    stop: { message: "The run is completed; nothing runs", hint: "" },
    kill: { message: "The run is completed; nothing runs", hint: "" },
    decide: { message: "No verdict is held", hint: 'See "car ticket list".' },
  },
  failed: {
    pause: { message: "The run has failed; nothing runs", hint: 'Use "car run" to try again.' },
    kill: { message: "The run has failed; nothing runs", hint: 'Use "car run" to try again.' },
    decide: { message: "No verdict is held", hint: 'See "car status".' },
  },
};

type Given = Command & { readonly atMs: number };

/** Carries out or refuses a command. */
export function command(run: Run, given: Given): Step {
  const refusal = REFUSALS[run.status][given.type];
  if (refusal !== undefined) return { ok: false, ...refusal };
  switch (given.type) {
    case "start":
      return goOn(run, "start", given.atMs, given.settings, given.by);
    case "resume":
      return goOn(run, "resume", given.atMs, given.settings ?? run.settings, given.by);
    case "pause":
      return askPause(run, given.atMs, given.by);
    case "stop":
      return stop(run, given.atMs, given.by);
    case "kill":
      return rest(run, "kill", given.atMs, `Killed by ${given.by}`, [{ type: "kill" }]);
    case "decide":
      return decide(run, given.answer);
  }
}

/** The run in a new status. The caller has checked that the table allows the move. */
export function moved(run: Run, move: Move, atMs: number): Run {
  const status = TRANSITIONS[run.status][move];
  return status === undefined ? run : { ...run, status, sinceMs: atMs };
}

function rest(run: Run, move: Move, atMs: number, ended: string, effects: readonly Effect[]): Step {
  return {
    ok: true,
    run: { ...moved(run, move, atMs), pause: null, pauseAsked: false, ended },
    effects,
  };
}

function stop(run: Run, atMs: number, by: string): Step {
  const ended = `Stopped by ${by}`;
  if (run.status !== "running") return rest(run, "stop", atMs, ended, []);
  return rest(run, "stop", atMs, ended, [{ type: "interrupt" }]);
}

/** A retry's wait has nothing to finish, so the pause is at once; else it comes after this turn. */
function askPause(run: Run, atMs: number, by: string): Step {
  if (run.phase.type !== "waiting") {
    return { ok: true, run: { ...run, pauseAsked: true }, effects: [] };
  }
  const paused = moved({ ...run, phase: { type: "reading" } }, "pause", atMs);
  return {
    ok: true,
    run: { ...paused, pause: askedPause(by, atMs) },
    effects: [{ type: "interrupt" }],
  };
}

export const askedPause = (by: string, atMs: number) => ({
  reason: "asked" as const,
  detail: `Paused by ${by}`,
  next: 'Use "car resume" to go on.',
  atMs,
  resumesAtMs: null,
});

/**
 * CAR itself goes on: when a quota is back, when a trouble has passed, when it was ended and is there
 * again. The counters a person's word would reset stay.
 */
export const BY_ITSELF: ReadonlySet<string> = new Set(["quota", "relief", "hub"]);

function goOn(
  run: Run,
  move: "start" | "resume",
  atMs: number,
  settings: RunSettings,
  by: string,
): Step {
  const alone = BY_ITSELF.has(by);
  const next: Run = {
    ...moved(run, move, atMs),
    settings,
    pause: null,
    ended: null,
    pauseAsked: false,
    unattendedResumes: alone ? run.unattendedResumes + 1 : 0,
    leg: alone ? run.leg : { atMs, turns: run.turns, tokens: run.tokens, done: run.done.length },
    work: run.work === null ? null : renewed(run.work, alone, atMs),
  };
  const ready = withOpenTurnClosed(withDecision(next));
  return { ok: true, run: ready, effects: doing(ready) };
}

/** A person's word gives the ticket its full number of tries again. */
function renewed(work: Work, alone: boolean, atMs: number): Work {
  if (alone) return { ...work, failures: 0 };
  const leg = { atMs, turns: work.turns, tokens: work.tokens };
  return { ...work, leg, rejections: 0, repairs: 0, stalls: 0, failures: 0, crashes: [] };
}

/** A held claim that a person has accepted goes straight to its commit. */
function withDecision(run: Run): Run {
  if (run.work?.decision !== "accept") {
    return run.work === null ? run : { ...run, work: { ...run.work, decision: null } };
  }
  return {
    ...run,
    phase: {
      type: "settling",
      verdict: { type: "accepted", reasons: ["Accepted by a person"], by: "person" },
    },
    work: { ...run.work, decision: null },
  };
}

/** A turn that was killed has no outcome: the repo is looked at, and decides. */
function withOpenTurnClosed(run: Run): Run {
  const turn = run.work?.turn;
  if (run.phase.type !== "turn" || run.work === null || turn === null || turn === undefined) {
    return run;
  }
  return {
    ...run,
    phase: { type: "looking" },
    work: { ...run.work, turn: { ...turn, result: "interrupted" } },
  };
}

function decide(run: Run, answer: "accept" | "reject"): Step {
  if (run.pause?.reason !== "held" || run.work === null) {
    return {
      ok: false,
      message: "No verdict is held",
      hint: 'See "car status" for what the run waits for.',
    };
  }
  const pause = {
    ...run.pause,
    detail: `${run.pause.detail} A person answered: ${answer}.`,
    next: 'Use "car resume" to go on.',
  };
  return { ok: true, run: { ...run, pause, work: { ...run.work, decision: answer } }, effects: [] };
}
