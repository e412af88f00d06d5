/** What follows a turn, read off the repo: the agent's word counts only where the files bear it out. */

import { type Decision, inPhase, nextTurn, pauseWith, problemsText } from "./decision.ts";
import { workOf } from "./doing.ts";
import type { Looked } from "./events.ts";
import { decideStall, moved } from "./progress.ts";
import { decideFailure } from "./recovery.ts";
import type { OpenTurn, Run, Work } from "./run.ts";
import { type LintProblem, ticketLabel } from "./ticket.ts";
import type { AgentError } from "./turn.ts";

/** In order: a message to a person, broken files, a done claim, a limit, a failure, progress. */
export function decideTurn(run: Run, looked: Looked & { readonly atMs: number }): Decision {
  const work = { ...workOf(run), ticket: looked.ticket ?? workOf(run).ticket };
  const seen: Run = { ...run, work };
  if (looked.dispatch.type === "found") {
    const then = looked.dispatch.dispatch.mode === "pause" ? "pause" : "go_on";
    return { run: inPhase(seen, { type: "publishing", then }) };
  }
  if (looked.problems.length > 0 || looked.dispatch.type === "broken") {
    return askForRepair(seen, work, looked);
  }
  if (looked.ticket === null) return { run: inPhase({ ...run, work: null }, { type: "reading" }) };
  const mended: Work = { ...work, repairs: 0 };
  if (looked.ticket.done) return { run: inPhase({ ...run, work: mended }, { type: "checking" }) };
  return decideOpenTicket({ ...run, work: mended }, mended, looked);
}

function askForRepair(run: Run, work: Work, looked: Looked & { readonly atMs: number }): Decision {
  const found = looked.dispatch.type === "broken"
    ? looked.dispatch.message
    : problemsText(looked.problems);
  if (work.repairs >= run.settings.lintRepairs) {
    return pauseWith(
      run,
      "needs_fix",
      `${found} (the agent was asked ${work.repairs} times to mend it)`,
      'Mend it (see "car ticket lint"), then use "car resume".',
    );
  }
  const feedback = repairText(looked.problems, looked.dispatch);
  return nextTurn(run, { ...work, repairs: work.repairs + 1, feedback }, looked.hex, looked.atMs);
}

function repairText(problems: readonly LintProblem[], dispatch: Looked["dispatch"]): string {
  const lines = problems.map((it) => `- ${it.file}:${it.line}: ${it.message}`);
  if (dispatch.type === "broken") lines.push(`- ${dispatch.message}`);
  return [
    "CAR cannot read these files any more. Mend them first; keep their meaning:",
    ...lines.slice(0, 20),
  ].join("\n");
}

function decideOpenTicket(
  run: Run,
  work: Work,
  looked: Looked & { readonly atMs: number },
): Decision {
  const turn = work.turn;
  if (turn?.limit) {
    return pauseWith(
      run,
      "limit",
      `${ticketLabel(work.ticket)}: ${turn.limit}`,
      'Use "car resume" for as much again, or raise "limits" in the ticket or the config.',
    );
  }
  const error = turn === null ? null : failureOf(turn, run);
  if (error !== null) return afterFailure(run, work, error, looked);
  return afterProgress(run, work, looked);
}

/** A turn that ended without our asking and without an error is a failure all the same. */
function failureOf(turn: OpenTurn, run: Run): AgentError | null {
  if (turn.result === "completed") return null;
  if (turn.error !== null) return turn.error;
  if (turn.result === "interrupted" && (run.status === "stopping" || turn.mode === "continue")) {
    return null;
  }
  if (turn.result === "interrupted" || turn.result === null) return null;
  return { kind: "crashed", message: "The agent ended without a word" };
}

function afterFailure(
  run: Run,
  work: Work,
  error: AgentError,
  looked: Looked & { readonly atMs: number },
): Decision {
  const failures = work.failures + 1;
  const inARow = sameFailures(work, error) + 1;
  const failed: Work = { ...work, failures, lastFailure: { kind: error.kind, inARow } };
  const what = decideFailure(error, { attempts: failures, sameKindInARow: inARow }, {
    attemptsMax: run.settings.retryAttempts,
    baseMs: run.settings.retryBaseMs,
    maxMs: run.settings.retryMaxMs,
    jitter: looked.jitter,
  });
  const name = ticketLabel(work.ticket);
  switch (what.type) {
    case "retry":
      return {
        run: inPhase({ ...run, work: failed }, {
          type: "waiting",
          delayMs: what.delayMs,
          why: `${error.message} (try ${failures} of ${run.settings.retryAttempts})`,
        }),
      };
    case "fresh_thread":
      return {
        run: inPhase({ ...run, work: { ...failed, fresh: true, feedback: what.feedback } }, {
          type: "reading",
        }),
      };
    case "park":
      return park(run, failed, error);
    case "pause":
      return pauseWith(
        { ...run, work: failed },
        "agent_error",
        `${name}: ${what.detail}`,
        what.next,
      );
  }
}

/** The failures right before this one that were of its kind; none after a turn that did not fail. */
function sameFailures({ failures, lastFailure }: Work, error: AgentError): number {
  return failures > 0 && lastFailure?.kind === error.kind ? lastFailure.inARow : 0;
}

function park(run: Run, work: Work, error: AgentError): Decision {
  const fallback = work.turn?.fallback ?? null;
  if (fallback !== null && fallback !== work.agent) {
    const switched: Work = { ...work, agent: fallback, thread: null, failures: 0 };
    return { run: inPhase({ ...run, work: switched }, { type: "reading" }) };
  }
  const until = work.turn?.parkedUntilMs ?? null;
  return pauseWith(
    { ...run, work },
    "parked",
    `${work.agent}: ${error.message}`,
    until === null
      ? 'No reset time is known; use "car resume" when the account is back.'
      : 'CAR goes on by itself then; "car resume" tries now.',
    until,
  );
}

function afterProgress(
  run: Run,
  work: Work,
  looked: Looked & { readonly atMs: number },
): Decision {
  const interrupted = work.turn?.result === "interrupted";
  const still = work.progress !== null && !interrupted &&
    !moved(work.progress, looked.progress).moved;
  const next: Work = {
    ...work,
    failures: 0,
    stalls: still ? work.stalls + 1 : 0,
    progress: looked.progress,
    feedback: interrupted ? INTERRUPTED : null,
  };
  const what = still ? decideStall(next.stalls, { stalls: run.settings.stalls }) : "go_on";
  if (what === "pause") {
    return pauseWith(
      { ...run, work: next },
      "no_progress",
      `${ticketLabel(work.ticket)}: ${next.stalls} turns changed nothing, a fresh start among them`,
      'Make the ticket clearer or do a part by hand, then use "car resume".',
    );
  }
  const fresh = what === "fresh_start";
  const going = { ...run, work: { ...next, fresh, feedback: fresh ? STALLED : next.feedback } };
  const save = run.settings.commit === "turn" && looked.dirty && !run.settings.requireCommit;
  return { run: inPhase(going, { type: save ? "saving" : "reading" }) };
}

const INTERRUPTED =
  "Your last turn was interrupted before its end. What you did is still in the tree: look first, then go on.";
const STALLED =
  "The last turns changed nothing. This is a fresh start: read the ticket anew, look at the tree, and try another way, " +
  "or write DISPATCH.md if a person must decide something.";
