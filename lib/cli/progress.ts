/**
 * A run's progress as text: a fold of live events into lines that stay and a status that is redrawn.
 * Pure, so that the terminal, the pipe and the tests share it.
 */

import { visibleLine } from "../base/display.ts";
import { duration, plural, thousands } from "../base/text.ts";
import type { RunEvent } from "../engine/events.ts";
import type { Evidence } from "../engine/gate.ts";
import type { Pause, Run, Work } from "../engine/run.ts";
import { ticketLabel } from "../engine/ticket.ts";
import { totalTokens, type TurnEvent } from "../engine/turn.ts";
import type { LiveEvent } from "../hub/live.ts";

/** How a line is meant; the terminal chooses the colour. */
export type Tone = "plain" | "good" | "bad" | "warn" | "dim";

export interface Line {
  readonly tone: Tone;
  readonly text: string;
}

/** What the redrawn part shows. */
export interface Progress {
  readonly run: Run | null;
  readonly open: number;
  readonly total: number;
  /** What the agent is at: a tool's title, a status, its last words. */
  readonly activity: string;
  readonly toolSinceMs: number | null;
  readonly turnTokens: number;
  readonly checking: string | null;
}

export const NO_PROGRESS: Progress = {
  run: null,
  open: 0,
  total: 0,
  activity: "",
  toolSinceMs: null,
  turnTokens: 0,
  checking: null,
};

/** @param nowMs Wall time, for how long a tool has been at work. */
export function foldProgress(
  progress: Progress,
  event: LiveEvent,
  nowMs: number,
): { readonly progress: Progress; readonly lines: readonly Line[] } {
  switch (event.type) {
    case "queue":
      return { progress: { ...progress, open: event.open, total: event.total }, lines: [] };
    case "remark":
      return { progress, lines: [{ tone: "warn", text: event.text }] };
    case "check_started":
      return { progress: { ...progress, checking: event.command }, lines: [] };
    case "check_ended":
      return { progress: { ...progress, checking: null }, lines: [checkLine(event.evidence)] };
    case "turn":
      return foldTurn(progress, event.event, nowMs);
    case "step":
      return event.refused ? { progress, lines: [] } : foldStep(progress, event.run, event.event);
  }
}

function foldTurn(progress: Progress, event: TurnEvent, nowMs: number) {
  const quiet = (change: Partial<Progress>) => ({
    progress: { ...progress, ...change },
    lines: [],
  });
  switch (event.type) {
    case "tool_started":
      return quiet({ activity: `${event.kind}: ${visibleLine(event.title)}`, toolSinceMs: nowMs });
    case "tool_finished":
      return {
        progress: { ...progress, toolSinceMs: null },
        lines: event.status === "ok" ? [] : [{
          tone: "dim" as const,
          text: `  ${progress.activity} ${event.status}${
            event.exitCode === null ? "" : ` (exit ${event.exitCode})`
          }`,
        }],
      };
    case "text":
      return quiet({ activity: visibleLine(event.text) });
    case "reasoning":
      return quiet({ activity: `thinking: ${visibleLine(event.text)}` });
    case "status":
      return quiet({ activity: visibleLine(event.text) });
    case "approval":
    case "question":
      return asked(progress, event);
    case "usage":
      return quiet({ turnTokens: totalTokens(event.usage) });
    default:
      return quiet({});
  }
}

/** A request is worth a line that stays: somebody has to come. */
function asked(
  progress: Progress,
  event: Extract<TurnEvent, { type: "approval" | "question" }>,
): { readonly progress: Progress; readonly lines: readonly Line[] } {
  const what = event.type === "approval"
    ? `${event.kind}: ${event.title}`
    : event.questions.map((it) => it.text).join(" ");
  const text = `asks: ${visibleLine(what)}`;
  return {
    progress: { ...progress, activity: text, toolSinceMs: null },
    lines: [{ tone: "warn", text: `  ${text}  (see "car inbox")` }],
  };
}

function checkLine(evidence: Evidence): Line {
  const passed = evidence.exitCode === 0 && !evidence.timedOut;
  const how = evidence.timedOut ? "timed out" : `exit ${evidence.exitCode ?? evidence.signal}`;
  return {
    tone: passed ? "dim" : "bad",
    text: `  check ${passed ? "passed" : `failed (${how})`}: ${visibleLine(evidence.command)}  ${
      duration(evidence.seconds * 1000)
    }`,
  };
}

function foldStep(progress: Progress, run: Run, event: RunEvent) {
  const before = progress.run;
  const fresh = event.type === "queue_read" || run.phase.type === "turn";
  const next: Progress = {
    ...progress,
    run,
    // From its end on a turn's tokens are counted with its ticket.
    ...(event.type === "turn_ended" ? { turnTokens: 0, toolSinceMs: null } : {}),
    ...(fresh && run.phase.type === "turn" && before?.phase.type !== "turn"
      ? { activity: "", turnTokens: 0, toolSinceMs: null }
      : {}),
  };
  return { progress: next, lines: stepLines(before, run, event) };
}

/** What a step is worth saying. */
function stepLines(before: Run | null, run: Run, event: RunEvent): readonly Line[] {
  switch (event.type) {
    case "start":
    case "resume":
      return [{ tone: "dim", text: `${run.id} ${event.type === "start" ? "started" : "goes on"}` }];
    case "recovered": {
      const rest = restLines(run);
      const words = rest.length > 0 ? "" : "; taking it up again";
      return [{ tone: "warn", text: `${run.id} was cut off${words}` }, ...rest];
    }
    case "queue_read":
      return run.phase.type === "turn" && run.work !== null ? [turnLine(run.work)] : restLines(run);
    case "turn_ended":
      return event.error === null && event.limit === null ? [] : [{
        tone: "warn",
        text: `  turn ${event.result}: ${event.limit ?? event.error?.message}`,
      }];
    case "settled":
      return [...verdictLines(before, event), ...restLines(run)];
    case "published":
      return [
        { tone: "warn", text: `  dispatch ${event.sequence}: ${visibleLine(event.title)}` },
        ...restLines(run),
      ];
    case "looked":
      return run.phase.type === "waiting"
        ? [{
          tone: "warn",
          text: `  trying again in ${duration(run.phase.delayMs)}: ${run.phase.why}`,
        }]
        : restLines(run);
    case "stop":
      return [{ tone: "warn", text: stopWords(run) }];
    default:
      return restLines(run);
  }
}

function stopWords(run: Run): string {
  return run.status === "stopping"
    ? "Stopping: the agent is asked to end its turn (Ctrl-C again ends it now)"
    : "Stopped";
}

function turnLine(work: Work): Line {
  const turn = work.turn?.number ?? 1;
  return {
    tone: "plain",
    text: `${visibleLine(ticketLabel(work.ticket))}  ${work.agent}, turn ${turn}`,
  };
}

function verdictLines(
  before: Run | null,
  event: Extract<RunEvent, { type: "settled" }>,
): readonly Line[] {
  if (before === null || before.phase.type !== "settling" || before.work === null) return [];
  const { verdict } = before.phase;
  const name = visibleLine(ticketLabel(before.work.ticket));
  if (event.problem !== null) {
    return [{ tone: "bad", text: `  commit failed: ${visibleLine(event.problem)}` }];
  }
  const tones = { accepted: "good", unverified: "warn", rejected: "bad", held: "bad" } as const;
  const reasons = verdict.reasons.map(visibleLine).join("; ");
  const { turns, tokens } = before.work;
  const spent = plural(turns, "turn") + (tokens === 0 ? "" : `, ${thousands(tokens)} tokens`);
  const commit = event.commit === null ? "" : `, commit ${event.commit.slice(0, 8)}`;
  return [{
    tone: tones[verdict.type],
    text: `  ${name}: ${verdict.type}${reasons === "" ? "" : ` (${reasons})`}  ${spent}${commit}`,
  }];
}

/** A run whose pause tells its way out as it works from where the person stands. */
export const saidFrom = (place: { said(words: string): string }, run: Run): Run =>
  run.pause === null ? run : { ...run, pause: { ...run.pause, next: place.said(run.pause.next) } };

/** How a run at rest says so. */
export function restLines(run: Run): readonly Line[] {
  if (run.status === "paused" && run.pause !== null) return pauseLines(run.pause);
  if (run.status === "completed") return [{ tone: "good", text: run.ended ?? "Completed" }];
  if (run.status === "stopped") return [{ tone: "warn", text: run.ended ?? "Stopped" }];
  if (run.status === "failed") return [{ tone: "bad", text: run.ended ?? "Failed" }];
  return [];
}

function pauseLines(pause: Pause): readonly Line[] {
  const until = pause.resumesAtMs === null
    ? ""
    : ` until ${new Date(pause.resumesAtMs).toLocaleTimeString()}`;
  return [
    { tone: "warn", text: `Paused (${pause.reason}${until}): ${visibleLine(pause.detail)}` },
    { tone: "plain", text: `  ${pause.next}` },
  ];
}

/** The redrawn part: at most two lines, not yet fitted to the terminal's width. */
export function statusLines(progress: Progress, nowMs: number): readonly string[] {
  const { run } = progress;
  const work = run?.work ?? null;
  if (run === null || (run.status !== "running" && run.status !== "stopping")) return [];
  const done = progress.total - progress.open;
  const queue = `${done}/${progress.total} done`;
  if (work === null) return [`${run.id}  ${queue}`];
  const elapsed = duration(nowMs - (work.turn?.startedAtMs ?? work.startedAtMs));
  const tokens = work.tokens + progress.turnTokens;
  const head = [
    run.status === "stopping" ? "stopping" : run.id,
    visibleLine(ticketLabel(work.ticket)),
    `${work.agent}, turn ${work.turn?.number ?? 1}`,
    elapsed,
    `${thousands(tokens)} tokens`,
    queue,
  ].join("  ");
  return [head, `  ${activityOf(progress, run, nowMs)}`];
}

/** What CAR itself is at between turns. */
const PHASE_WORDS = {
  reading: "reading the queue",
  looking: "looking at what changed",
  checking: "comparing tests and settings",
  settling: "carrying out the verdict",
  saving: "saving the turn's work",
  publishing: "filing a message to a person",
} as const satisfies Record<Exclude<Run["phase"]["type"], "turn" | "waiting">, string>;

function activityOf(progress: Progress, run: Run, nowMs: number): string {
  if (progress.checking !== null) return `checking: ${visibleLine(progress.checking)}`;
  if (run.phase.type === "waiting") return `waiting: ${run.phase.why}`;
  if (run.phase.type !== "turn") return PHASE_WORDS[run.phase.type];
  const tool = progress.toolSinceMs === null ? "" : ` (${duration(nowMs - progress.toolSinceMs)})`;
  return progress.activity === "" ? "the agent is at work" : progress.activity + tool;
}
