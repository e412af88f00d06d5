/** Why a run is where it is, from its past alone: what happened, when, on what evidence, and what to do. */

import { plural } from "../base/text.ts";
import { BY_ITSELF } from "./commands.ts";
import { eventWords } from "./event_words.ts";
import { evidenceText, passed } from "./gate.ts";
import { type Moment, newVerdict } from "./history.ts";
import { isLive, type Pause, type PauseReason, type Run, type RunStatus } from "./run.ts";
import { ticketLabel } from "./ticket.ts";

/** One thing that bears the explanation out. */
export interface ExplainedFact {
  /** Null for what holds without a moment. */
  readonly atMs: number | null;
  /** The journal's number of the event; null when it is none. */
  readonly seq: number | null;
  readonly text: string;
}

export interface Explanation {
  /** `run-0007`, or a ticket's label. */
  readonly subject: string;
  /** One sentence without a full stop. */
  readonly headline: string;
  /** In order of time. */
  readonly facts: readonly ExplainedFact[];
  /** What the person can do, as a sentence with the command in it. */
  readonly next: string;
}

export interface RunPast {
  readonly run: Run;
  /** Every step of the run, in order. */
  readonly moments: readonly Moment[];
  /** Whether a process holds the repo's lock. */
  readonly ownerAlive: boolean;
  /** The last event of any kind, notes too; null for a run that only just began. */
  readonly lastSign: { readonly seq: number; readonly atMs: number } | null;
}

const fact = ({ atMs, seq }: { atMs: number; seq: number }, text: string): ExplainedFact => ({
  atMs,
  seq,
  text,
});

const told = (moment: Moment): ExplainedFact =>
  fact({ atMs: moment.event.atMs, seq: moment.seq }, eventWords(moment.event));

/** What a person can do with a run that is not paused. */
const NEXT: Readonly<Record<Exclude<RunStatus, "paused">, string>> = {
  pending: 'Use "car run" to start it.',
  running: 'Follow it with "car log -f"; "car stop" ends it after this turn.',
  stopping: 'Wait until its turn has ended; "car kill" ends it at once.',
  stopped: 'Use "car resume" to go on where it was.',
  completed: 'Add tickets with "car ticket new", then use "car run".',
  failed: 'See "car log", mend the cause, then use "car resume".',
};

export function explainRun(past: RunPast): Explanation {
  const { run } = past;
  if (isLive(run.status) && !past.ownerAlive) return cutOff(past);
  if (run.status === "paused" && run.pause !== null) return paused(past, run.pause);
  const cause = causeOf(past);
  const orders = isLive(run.status) ? [] : ofTypes(past, ["stop", "kill"], 1);
  return {
    subject: run.id,
    headline: headlineOf(run),
    facts: unique([...orders, ...(cause === null ? [] : [told(cause)]), ...workFacts(run)]),
    next: run.status === "paused" ? 'Use "car resume" to go on.' : NEXT[run.status],
  };
}

function headlineOf(run: Run): string {
  if (run.ended !== null && run.status !== "stopping") {
    return `${run.id} is ${run.status}: ${run.ended}`;
  }
  const tail: Readonly<Partial<Record<RunStatus, string>>> = {
    pending: "it has not begun",
    running: doingWords(run),
    stopping: `it ends after this step: ${doingWords(run)}`,
  };
  return `${run.id} is ${run.status}: ${tail[run.status] ?? "no reason was recorded"}`;
}

/** What a live run is at: `checking TICKET-003 at the gate`. */
export function doingWords(run: Run): string {
  const name = run.work === null ? "a ticket" : ticketLabel(run.work.ticket);
  const phase = run.phase;
  switch (phase.type) {
    case "reading":
      return "reading the queue";
    case "turn":
      return `working on ${name} with ${run.work?.agent ?? "an agent"}, turn ${
        run.work?.turn?.number ?? 1
      }`;
    case "looking":
      return `looking at what the turn on ${name} changed`;
    case "checking":
      return `checking ${name} at the gate`;
    case "settling":
      return `carrying out the verdict on ${name}: ${phase.verdict.type}`;
    case "saving":
      return `committing the turn's work on ${name}`;
    case "publishing":
      return "filing the agent's dispatch";
    case "waiting":
      return `waiting to try again: ${phase.why}`;
  }
}

/** The step that brought the run where it is: the last one that changed its status. */
export function causeOf({ moments }: Pick<RunPast, "moments">): Moment | null {
  return moments.findLast((it) => it.before.status !== it.after.status) ?? null;
}

function cutOff({ run, moments, lastSign }: RunPast): Explanation {
  const last = moments.at(-1);
  const facts = last === undefined ? [] : [told(last)];
  if (lastSign !== null) {
    facts.push(fact(lastSign, "The last sign of life; after it nothing was written"));
  }
  return {
    subject: run.id,
    headline: `CAR ended without saying so while ${doingWords(run)}`,
    facts: [...facts, ...crashFacts(moments)],
    next: 'Use "car resume": it goes on from there, and repeats no finished turn.',
  };
}

const crashFacts = (moments: readonly Moment[]): readonly ExplainedFact[] =>
  sinceAPerson(moments).filter((it) => it.event.type === "recovered").map(told);

/** Steps since a person last set the run going: the counters of every limit begin there. */
function sinceAPerson(moments: readonly Moment[]): readonly Moment[] {
  const from = moments.findLastIndex(({ event }) =>
    event.type === "start" ||
    (event.type === "resume" && !BY_ITSELF.has(event.by))
  );
  return from < 0 ? moments : moments.slice(from);
}

function paused(past: RunPast, pause: Pause): Explanation {
  const cause = causeOf(past);
  const evidence = PAUSE_EVIDENCE[pause.reason](past);
  return {
    subject: past.run.id,
    headline: `${past.run.id} is paused (${pause.reason}): ${pause.detail}`,
    facts: evidence.length > 0 || cause === null ? unique(evidence) : [told(cause)],
    next: nextOf(past, pause),
  };
}

/** A pause that ends by itself needs a CAR that runs. */
function nextOf({ ownerAlive }: RunPast, pause: Pause): string {
  if (pause.resumesAtMs === null || ownerAlive) return pause.next;
  return 'No CAR is running that could go on by itself; use "car resume".';
}

/** What bears out each reason of a pause. */
const PAUSE_EVIDENCE: Readonly<Record<PauseReason, (past: RunPast) => readonly ExplainedFact[]>> = {
  handoff: (past) => ofTypes(past, ["published"], 1),
  user_ticket: () => [],
  needs_fix: brokenFiles,
  held: verdictFacts,
  no_progress: (past) => ofTypes(past, ["turn_ended"], (past.run.work?.stalls ?? 1) + 1),
  limit: (past) => [...ofTypes(past, ["turn_ended"], 1), ...counterFacts(past.run)],
  parked: (past) => ofTypes(past, ["turn_ended"], 1),
  approval: (past) => ofTypes(past, ["effect_failed"], 1),
  agent_error: agentErrors,
  asked: (past) => ofTypes(past, ["pause"], 1),
};

function ofTypes(
  { moments }: RunPast,
  types: readonly string[],
  last: number,
): readonly ExplainedFact[] {
  return sinceAPerson(moments).filter((it) => types.includes(it.event.type)).slice(-last).map(told);
}

/** Deaths of CAR, or failed turns in a row. */
function agentErrors(past: RunPast): readonly ExplainedFact[] {
  const failures = past.run.work?.failures ?? 0;
  const turns = failures === 0 ? [] : ofTypes(past, ["turn_ended"], failures);
  return [...crashFacts(past.moments), ...turns].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
}

/** Every broken file, not only the first that the pause names. */
function brokenFiles({ moments }: RunPast): readonly ExplainedFact[] {
  const moment = moments.findLast(({ event }) =>
    (event.type === "queue_read" || event.type === "looked") && event.problems.length > 0
  );
  if (moment === undefined || !("problems" in moment.event)) return [];
  const at = { atMs: moment.event.atMs, seq: moment.seq };
  return moment.event.problems.map((it) => fact(at, `${it.file}:${it.line}: ${it.message}`));
}

/** The verdicts on the ticket in hand, with the checks that failed. */
function verdictFacts({ run, moments }: RunPast): readonly ExplainedFact[] {
  const ticket = run.work?.ticket.id;
  return sinceAPerson(moments).filter((it) => it.after.work?.ticket.id === ticket)
    .flatMap(momentVerdict);
}

/** The verdict of a moment and the evidence against the claim. */
export function momentVerdict(moment: Moment): readonly ExplainedFact[] {
  const verdict = newVerdict(moment);
  if (verdict === null) return [];
  const at = { atMs: moment.event.atMs, seq: moment.seq };
  const failed = moment.event.type === "checked"
    ? moment.event.evidence.filter((it) => !passed(it))
    : [];
  const outputs = failed.map((it) => fact(at, `${evidenceText(it)}${lastLine(it.outputTail)}`));
  return [
    fact(at, `Verdict by the ${verdict.by}: ${verdict.type} (${verdict.reasons.join("; ")})`),
    ...outputs,
  ];
}

function lastLine(output: string): string {
  const line = output.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return line === "" ? "; it printed nothing" : `; its last line: ${line}`;
}

function counterFacts(run: Run): readonly ExplainedFact[] {
  const turns = run.turns - run.leg.turns;
  const text =
    `Since a person last set it going: ${plural(turns, "turn")} of ${run.settings.maxTurns}` +
    `, ${plural(run.tokens - run.leg.tokens, "token")}`;
  return [{ atMs: null, seq: null, text }];
}

function workFacts(run: Run): readonly ExplainedFact[] {
  if (run.work === null || isLive(run.status)) return [];
  const text = `${ticketLabel(run.work.ticket)} was in hand: ${plural(run.work.turns, "turn")}`;
  return [{ atMs: null, seq: null, text }];
}

/** Facts without repetitions. */
export function unique(facts: readonly ExplainedFact[]): readonly ExplainedFact[] {
  const seen = new Set<string>();
  return facts.filter((it) => {
    const key = `${it.seq} ${it.text}`;
    return !seen.has(key) && seen.add(key);
  });
}
