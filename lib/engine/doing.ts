/**
 * The effect a running run waits for: a function of the run alone. So recovery after a crash asks
 * for it again by looking at the state, and needs no memory of what was asked before.
 */

import { CarError, unreachable } from "../base/errors.ts";
import type { Effect } from "./events.ts";
import { isLive, type Run, type Work } from "./run.ts";

/** The work in hand. @throws {CarError} `internal` when the phase has none: a bug of step. */
export function workOf(run: Run): Work {
  if (run.work === null) {
    throw new CarError("internal", `Run ${run.id} is ${run.phase.type} without a ticket in hand`);
  }
  return run.work;
}

/** What a live run is doing; nothing for a run at rest. */
export function doing(run: Run): readonly Effect[] {
  return isLive(run.status) ? [effectOf(run)] : [];
}

function effectOf(run: Run): Effect {
  const phase = run.phase;
  switch (phase.type) {
    case "reading":
      return { type: "read_queue" };
    case "waiting":
      return { type: "wait", delayMs: phase.delayMs, why: phase.why };
    case "turn":
      return turnEffect(run);
    case "looking":
      return { type: "look", ticket: workOf(run).ticket, turnId: turnIdOf(run) };
    case "checking":
      return { type: "check", ticket: workOf(run).ticket, turnId: turnIdOf(run) };
    case "settling":
      return {
        type: "settle",
        ticket: workOf(run).ticket,
        turnId: turnIdOf(run),
        verdict: phase.verdict,
        commit: run.settings.commit !== "off" && !run.settings.requireCommit,
      };
    case "saving":
      return { type: "save", ticket: workOf(run).ticket, turnId: turnIdOf(run) };
    case "publishing":
      return { type: "publish", turnId: turnIdOf(run) };
    default:
      return unreachable(phase);
  }
}

const turnIdOf = (run: Run) => run.work?.turn?.id ?? null;

function turnEffect(run: Run): Effect {
  const work = workOf(run);
  if (work.turn === null) throw new CarError("internal", `Run ${run.id} has no open turn`);
  return {
    type: "run_turn",
    turnId: work.turn.id,
    ticket: work.ticket,
    agent: work.agent,
    thread: work.thread,
    mode: work.turn.mode,
    feedback: work.feedback,
    lastText: work.lastText,
  };
}
