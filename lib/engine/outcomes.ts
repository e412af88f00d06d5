/** What a run makes of each outcome of an effect: one function a kind, each a decision and nothing else. */

import { plural } from "../base/text.ts";
import { unreachable } from "../base/errors.ts";
import { decideTurn } from "./after_turn.ts";
import { askedPause, moved } from "./commands.ts";
import { type Decision, inPhase, nextTurn, pauseWith, problemsText, workFor } from "./decision.ts";
import { doing, workOf } from "./doing.ts";
import type { Checked, Outcome, QueueRead, Step, TurnEnded } from "./events.ts";
import { feedback, judge, type Verdict } from "./gate.ts";
import type { TicketId } from "./ids.ts";
import { decideCrash, decideRecord } from "./recovery.ts";
import type { Pause, PauseReason, Phase, Run, Work } from "./run.ts";
import { type Ticket, ticketLabel, USER_AGENT } from "./ticket.ts";
import { totalTokens } from "./turn.ts";

type Happened = Outcome & { readonly atMs: number };

/** Takes in an outcome. Outcomes of a turn or ticket that is not in hand any more are dropped. */
export function outcome(run: Run, happened: Happened): Step {
  const stale = staleness(run, happened);
  if (stale !== null) return { ok: false, message: stale, hint: "" };
  if (happened.type === "thread_opened") {
    return {
      ok: true,
      run: { ...run, work: { ...workOf(run), thread: happened.thread } },
      effects: [],
    };
  }
  return conclude(run, decide(run, happened), happened.atMs);
}

/** The phase each outcome belongs to; an outcome in another phase is late and changes nothing. */
const PHASE_OF: Readonly<Record<Outcome["type"], Phase["type"] | "any">> = {
  queue_read: "reading",
  thread_opened: "turn",
  turn_ended: "turn",
  looked: "looking",
  checked: "checking",
  settled: "settling",
  saved: "saving",
  published: "publishing",
  waited: "waiting",
  interrupted: "any",
  effect_failed: "any",
  recovered: "any",
};

function staleness(run: Run, happened: Happened): string | null {
  const phase = PHASE_OF[happened.type];
  if (phase !== "any" && phase !== run.phase.type) {
    return `The run is ${run.phase.type}; a late ${happened.type} is dropped`;
  }
  if ("turnId" in happened && happened.turnId !== (run.work?.turn?.id ?? null)) {
    return `Turn ${happened.turnId} is not in hand; its ${happened.type} is dropped`;
  }
  return null;
}

function decide(run: Run, happened: Exclude<Happened, { type: "thread_opened" }>): Decision {
  switch (happened.type) {
    case "queue_read":
      return queueRead(run, happened, happened.atMs);
    case "turn_ended":
      return turnEnded(run, happened);
    case "looked":
      return decideTurn(run, happened);
    case "checked":
      return checked(run, happened);
    case "settled":
      return settled(run, happened.ticketId, happened.problem, happened.atMs);
    case "saved":
    case "waited":
      return { run: inPhase(run, { type: "reading" }) };
    case "published":
      return published(run, happened.title, happened.sequence);
    case "interrupted":
      return { run };
    case "effect_failed":
      return effectFailed(run, happened);
    case "recovered":
      return recovered(run, happened);
    default:
      return unreachable(happened);
  }
}

/** Applies a decision: at rest, stopping, paused as asked, or on to the next effect. */
function conclude(run: Run, decision: Decision, atMs: number): Step {
  const next = decision.run;
  const rest = decision.rest;
  if (rest?.move === "pause" && (run.status === "running" || needsPerson(rest.pause.reason))) {
    return restStep(moved(next, "pause", atMs), { ...rest.pause, atMs }, null);
  }
  if (run.status === "stopping") return restStep(moved(next, "settle", atMs), null, run.ended);
  if (rest !== undefined && rest.move !== "pause") {
    return restStep(moved(next, rest.move, atMs), null, rest.ended);
  }
  if (next.pauseAsked && next.phase.type === "reading") {
    return restStep(moved(next, "pause", atMs), askedPause("a person", atMs), null);
  }
  return { ok: true, run: next, effects: doing(next) };
}

const needsPerson = (reason: PauseReason) => reason === "handoff" || reason === "held";

function restStep(run: Run, pause: Pause | null, ended: string | null): Step {
  return { ok: true, run: { ...run, pause, ended, pauseAsked: false }, effects: [] };
}

function queueRead(run: Run, read: QueueRead, atMs: number): Decision {
  const broken = read.problems.length > 0;
  if (broken) {
    return pauseWith(
      run,
      "needs_fix",
      problemsText(read.problems),
      'Mend it (see "car ticket lint"), then use "car resume".',
    );
  }
  if (read.choice.type === "drained") {
    const ended = read.total === 0
      ? "There are no tickets"
      : read.total === 1
      ? "The one ticket is done"
      : `All ${read.total} tickets done`;
    return { run: { ...run, work: null }, rest: { move: "drain", ended } };
  }
  if (read.choice.type === "claim") {
    return {
      run: inPhase({ ...run, work: workFor(run, read.choice.ticket, atMs) }, { type: "checking" }),
    };
  }
  return overRunLimits(run, atMs) ?? takeUp(run, read.choice.ticket, read.hex, atMs);
}

/** The stop rules that count over the run. Null while none is reached. */
function overRunLimits(run: Run, atMs: number): Decision | null {
  const { stopAfterTickets, maxTurns, maxWallclockMs, maxTokens } = run.settings;
  const finished = run.done.length - run.leg.done;
  if (stopAfterTickets !== null && finished >= stopAfterTickets) {
    return {
      run,
      rest: { move: "settle", ended: `Stopped after ${plural(finished, "ticket")}, as asked` },
    };
  }
  const limits = [
    [run.turns - run.leg.turns, maxTurns, "turns (runner.max_total_turns)"],
    [run.tokens - run.leg.tokens, maxTokens, "tokens (limits.run_tokens)"],
    [atMs - run.leg.atMs, maxWallclockMs, "milliseconds (runner.max_wallclock_seconds)"],
  ] as const;
  for (const [reached, limit, what] of limits) {
    if (limit !== null && reached >= limit) {
      return pauseWith(
        run,
        "limit",
        `The run has used ${reached} of its ${limit} ${what}`,
        'Use "car resume" for as much again, or raise the limit in the config.',
      );
    }
  }
  return null;
}

function takeUp(run: Run, ticket: Ticket, hex: string, atMs: number): Decision {
  if (ticket.agent === USER_AGENT) {
    return pauseWith(
      { ...run, work: null },
      "user_ticket",
      `${ticketLabel(ticket)} is yours to do`,
      `Do it, then "car ticket done ${ticket.number}" and "car resume".`,
    );
  }
  const work = workFor(run, ticket, atMs);
  const over = overTicketLimits(run, work, atMs);
  return over ?? nextTurn(run, work, hex, atMs);
}

function overTicketLimits(run: Run, work: Work, atMs: number): Decision | null {
  const own = work.ticket.limits;
  const limits = [
    [work.turns - work.leg.turns, own.turns ?? run.settings.ticketTurns, "turns"],
    [work.tokens - work.leg.tokens, own.tokens, "tokens"],
    [Math.floor((atMs - work.leg.atMs) / 60_000), own.minutes, "minutes"],
  ] as const;
  for (const [reached, limit, what] of limits) {
    if (limit !== null && reached >= limit) {
      return pauseWith(
        { ...run, work },
        "limit",
        `${ticketLabel(work.ticket)} has used ${reached} of its ${limit} ${what}`,
        'Use "car resume" for as many again, or raise "limits" in the ticket.',
      );
    }
  }
  return null;
}

function turnEnded(run: Run, ended: TurnEnded): Decision {
  const work = workOf(run);
  const tokens = totalTokens(ended.usage);
  const turn = work.turn === null ? null : {
    ...work.turn,
    result: ended.result,
    error: ended.error,
    limit: ended.limit,
    parkedUntilMs: ended.parkedUntilMs,
    fallback: ended.fallback,
  };
  return {
    run: {
      ...run,
      phase: { type: "looking" },
      tokens: run.tokens + tokens,
      work: {
        ...work,
        turn,
        thread: ended.thread ?? work.thread,
        tokens: work.tokens + tokens,
        progress: work.progress ?? ended.before,
        lastText: ended.lastText === "" ? work.lastText : ended.lastText,
        crashes: ended.result === "completed" ? [] : work.crashes,
        feedback: null,
      },
    },
  };
}

function checked(run: Run, result: Checked): Decision {
  const work = workOf(run);
  const verdict = judge({
    evidence: result.evidence,
    configured: result.configured,
    tamper: result.tamper,
    review: result.review,
    dirty: run.settings.requireCommit && result.dirty,
  }, { rejections: work.rejections, attemptsMax: run.settings.gateAttempts });
  return withVerdict(run, verdict);
}

function withVerdict(run: Run, verdict: Verdict): Decision {
  const work = workOf(run);
  const rejected = verdict.type === "rejected" || verdict.type === "held";
  const next: Work = rejected
    ? { ...work, rejections: work.rejections + 1, feedback: feedback(verdict) }
    : work;
  return { run: inPhase({ ...run, work: next }, { type: "settling", verdict }) };
}

/** A verdict has been carried out: the ticket leaves the queue, goes round again, or waits for a person. */
function settled(run: Run, ticketId: TicketId, problem: string | null, atMs: number): Decision {
  if (run.phase.type !== "settling") return { run };
  const { verdict } = run.phase;
  const work = workOf(run);
  if (verdict.type === "held") {
    const number = work.ticket.number;
    return pauseWith(
      run,
      "held",
      `${ticketLabel(work.ticket)} is held: ${verdict.reasons.join("; ")}`,
      `See "car ticket show ${number} --evidence", then "car gate accept ${number}" or "car gate reject ${number}", and "car resume".`,
    );
  }
  if (verdict.type === "rejected") return { run: inPhase(run, { type: "reading" }) };
  if (problem !== null) return commitRefused(run, problem, atMs);
  return {
    run: inPhase({ ...run, work: null, done: [...run.done, ticketId] }, { type: "reading" }),
  };
}

/** A commit that git or a hook refuses is a rejected claim: the agent can mend what the hook found. */
function commitRefused(run: Run, problem: string, _atMs: number): Decision {
  const attempts = workOf(run).rejections + 1;
  const type = attempts >= run.settings.gateAttempts ? "held" : "rejected";
  return withVerdict(run, { type, reasons: [`The commit failed: ${problem}`], by: "gate" });
}

function published(run: Run, title: string, sequence: number): Decision {
  if (run.phase.type !== "publishing" || run.phase.then === "go_on") {
    return { run: inPhase(run, { type: "looking" }) };
  }
  return pauseWith(
    run,
    "handoff",
    `The agent asks: ${title}`,
    `Read it with "car dispatch show ${sequence}", answer with "car dispatch reply", then "car resume".`,
  );
}

/** How soon CAR tries again by itself after a passing trouble such as a full disk, in milliseconds. */
const RELIEF_RETRY_MS = 20_000;

function effectFailed(
  run: Run,
  failed: Extract<Happened, { type: "effect_failed" }>,
): Decision {
  const { effect, message, passing, atMs } = failed;
  const paused = failed.approval === true
    ? pauseWith(
      run,
      "approval",
      message,
      'Look at it with "car approve --list", approve it with "car approve", then use "car resume".',
    )
    : pauseWith(
      run,
      "needs_fix",
      message,
      passing
        ? "CAR tries again by itself every 20 s."
        : 'Mend the cause (see "car doctor"), then use "car resume".',
      passing ? atMs + RELIEF_RETRY_MS : null,
    );
  // The phase stays: what could not be done is done first when the run goes on.
  const phase: Phase = effect === "run_turn" ? { type: "reading" } : run.phase;
  return { ...paused, run: { ...run, phase } };
}

function recovered(
  run: Run,
  happened: Extract<Happened, { type: "recovered" }>,
): Decision {
  const work = run.work;
  if (work === null) return { run };
  const crashes = [...work.crashes, happened.atMs];
  const counted: Run = { ...run, work: { ...work, crashes } };
  const verdict = decideCrash(crashes, happened.atMs, { limit: run.settings.crashLimit });
  if (verdict.type === "pause") {
    return pauseWith(
      counted,
      "agent_error",
      `${ticketLabel(work.ticket)}: ${verdict.detail}`,
      'Look at "car log" and "car doctor", then use "car resume".',
    );
  }
  if (run.phase.type !== "turn" || work.turn === null) return { run: counted };
  return afterInterruptedTurn(counted, happened);
}

function afterInterruptedTurn(
  run: Run,
  happened: Extract<Happened, { type: "recovered" }>,
): Decision {
  const work = workOf(run);
  if (work.turn === null) return { run };
  const what = decideRecord(happened.record, happened.ticketDone);
  if (what === "gate") {
    const turn = { ...work.turn, result: "lost" as const };
    return { run: inPhase({ ...run, work: { ...work, turn } }, { type: "looking" }) };
  }
  return { run: { ...run, work: { ...work, turn: { ...work.turn, mode: what } } } };
}
