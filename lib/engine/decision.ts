/** Decisions and their pieces: what the answers to outcomes are made of. */

import { plural } from "../base/text.ts";
import { turnId } from "./ids.ts";
import type { Pause, PauseReason, Phase, Run, TurnMode, Work } from "./run.ts";
import type { LintProblem, Ticket } from "./ticket.ts";

/** What follows from an outcome: a changed run, and perhaps that it comes to rest. */
export interface Decision {
  readonly run: Run;
  readonly rest?:
    | { readonly move: "pause"; readonly pause: Omit<Pause, "atMs"> }
    | { readonly move: "drain" | "fail" | "settle"; readonly ended: string };
}

export const inPhase = (run: Run, phase: Phase): Run => ({ ...run, phase });

export function pauseWith(
  run: Run,
  reason: PauseReason,
  detail: string,
  next: string,
  resumesAtMs: number | null = null,
): Decision {
  return {
    run: inPhase(run, { type: "reading" }),
    rest: { move: "pause", pause: { reason, detail, next, resumesAtMs } },
  };
}

/** Every problem in one sentence a person can act on; the rest is behind `car ticket lint`. */
export function problemsText(problems: readonly LintProblem[]): string {
  const first = problems[0];
  if (first === undefined) return "";
  const more = problems.length > 1 ? ` (and ${plural(problems.length - 1, "more problem")})` : "";
  return `${first.file}:${first.line}: ${first.message}${more}`;
}

/** The work on this ticket: what is in hand when it is the same, else a new leaf. */
export function workFor(run: Run, ticket: Ticket, atMs: number): Work {
  const agent = run.settings.agentOverride ?? ticket.agent;
  const work = run.work;
  if (work !== null && work.ticket.id === ticket.id) {
    const kept = work.ticket.agent === ticket.agent;
    return { ...work, ticket, agent: kept ? work.agent : agent, thread: kept ? work.thread : null };
  }
  return {
    ticket,
    agent,
    thread: null,
    turn: null,
    startedAtMs: atMs,
    turns: 0,
    tokens: 0,
    leg: { atMs, turns: 0, tokens: 0 },
    rejections: 0,
    repairs: 0,
    stalls: 0,
    failures: 0,
    lastFailure: null,
    crashes: [],
    feedback: null,
    fresh: false,
    lastText: "",
    progress: null,
    decision: null,
  };
}

/** Opens the next turn. It is counted here, before its process exists, so that a crash loop counts itself. */
export function nextTurn(run: Run, work: Work, hex: string, atMs: number): Decision {
  const mode: TurnMode = work.fresh ? "fresh" : work.thread === null ? "first" : "next";
  const turn = {
    id: turnId(hex),
    mode,
    number: work.turns + 1,
    startedAtMs: atMs,
    result: null,
    error: null,
    limit: null,
    parkedUntilMs: null,
    fallback: null,
  };
  return {
    run: {
      ...run,
      phase: { type: "turn" },
      turns: run.turns + 1,
      work: {
        ...work,
        turn,
        turns: work.turns + 1,
        thread: work.fresh ? null : work.thread,
        fresh: false,
      },
    },
  };
}
