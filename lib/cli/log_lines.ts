/** The journal as lines for people: a fold of a run's events, steps and notes alike. Pure. */

import { visibleLine } from "../base/display.ts";
import { duration, oneLine, plural, thousands } from "../base/text.ts";
import type { JournalEvent } from "../control/journal.ts";
import { eventWords } from "../engine/event_words.ts";
import type { RunEvent, RunEventType } from "../engine/events.ts";
import { type Evidence, passed } from "../engine/gate.ts";
import { newVerdict } from "../engine/history.ts";
import { type NoteType, type ReadNote, readNote } from "../engine/notes.ts";
import type { Run } from "../engine/run.ts";
import { step } from "../engine/step.ts";
import { ticketLabel } from "../engine/ticket.ts";
import type { Tone } from "./output.ts";

export interface LogLine {
  readonly seq: number;
  readonly atMs: number;
  /** Number of the turn in the run; null outside of turns. */
  readonly turn: number | null;
  readonly tone: Tone;
  readonly text: string;
}

type Said = readonly [Tone, string];

/** Characters of what an agent said on its line; the rest is in `car log --json`. */
const SAID_CHARACTERS_MAX = 300;
const TITLE_CHARACTERS_MAX = 120;

const said = (text: string): string => oneLine(visibleLine(text), SAID_CHARACTERS_MAX);
const title = (text: string): string => oneLine(visibleLine(text), TITLE_CHARACTERS_MAX);

/** The run after the event, and what the event is worth saying. */
export function logLines(
  run: Run,
  event: JournalEvent,
): { readonly run: Run; readonly lines: readonly LogLine[] } {
  const { run: after, said: all } = event.kind === "step"
    ? stepSaid(run, event.body as RunEvent)
    : { run, said: event.kind === "note" ? noteSaid(event) : refusedSaid(event) };
  const turn = event.turn === null || after.turns === 0 ? null : after.turns;
  const { seq, atMs } = event;
  return { run: after, lines: all.map(([tone, text]) => ({ seq, atMs, turn, tone, text })) };
}

function refusedSaid(event: JournalEvent): readonly Said[] {
  const body = event.body as RunEvent & { readonly refused?: string };
  return [["dim", `${eventWords(body)}; refused: ${body.refused ?? "no reason was kept"}`]];
}

function stepSaid(before: Run, event: RunEvent): { run: Run; said: readonly Said[] } {
  const next = step(before, event);
  if (!next.ok) return { run: before, said: [["dim", `${eventWords(event)}; it does not fit`]] };
  const run = next.run;
  const own: StepSaid | undefined = STEPS[event.type];
  const words = own === undefined
    ? [["plain", eventWords(event)] as Said]
    : own(event, before, run);
  return { run, said: [...words, ...verdictSaid(before, run), ...restSaid(before, run)] };
}

type StepSaid = (event: RunEvent, before: Run, after: Run) => readonly Said[];

const inWords = (tone: Tone): StepSaid => (event) => [[tone, eventWords(event)]];
const nothing: StepSaid = () => [];

/** How each event is told. What a step leads to, a verdict or a rest, is told after it. */
const STEPS = {
  start: inWords("plain"),
  resume: inWords("plain"),
  pause: inWords("plain"),
  stop: inWords("warn"),
  kill: inWords("warn"),
  decide: inWords("plain"),
  queue_read: (_event, _before, after) => turnOpened(after),
  thread_opened: nothing,
  turn_ended: (event) => [[isTrouble(event) ? "warn" : "dim", eventWords(event)]],
  looked: (event, _before, after) =>
    event.type === "looked" && (event.problems.length > 0 || event.dispatch.type === "broken")
      ? [["warn", eventWords(event)], ...turnOpened(after)]
      : waitSaid(after),
  checked: (event) => event.type === "checked" ? event.evidence.map(checkSaid) : [],
  settled: (event) =>
    event.type === "settled" && (event.commit !== null || event.problem !== null)
      ? [[event.problem === null ? "dim" : "bad", eventWords(event)]]
      : [],
  saved: (event) =>
    event.type === "saved" && (event.commit !== null || event.problem !== null)
      ? [[event.problem === null ? "dim" : "bad", eventWords(event)]]
      : [],
  published: inWords("warn"),
  waited: nothing,
  interrupted: nothing,
  effect_failed: inWords("bad"),
  recovered: inWords("warn"),
} as const satisfies Record<RunEventType, StepSaid>;

const isTrouble = (event: RunEvent): boolean =>
  event.type === "turn_ended" && (event.error !== null || event.limit !== null);

function turnOpened({ phase, work }: Run): readonly Said[] {
  if (phase.type !== "turn" || work === null || work.turn === null) return [];
  const { agent, turn } = work;
  const name = visibleLine(ticketLabel(work.ticket));
  return [["strong", `${name}: ${agent}, turn ${turn.number} (${turn.mode})`]];
}

const waitSaid = ({ phase }: Run): readonly Said[] =>
  phase.type === "waiting"
    ? [["warn", `Trying again in ${duration(phase.delayMs)}: ${said(phase.why)}`]]
    : [];

function checkSaid(it: Evidence): Said {
  const took = duration(it.seconds * 1000);
  if (passed(it)) return ["dim", `check passed: ${title(it.command)}  ${took}`];
  const how = it.timedOut ? "timed out" : `exit ${it.exitCode ?? it.signal ?? "unknown"}`;
  return ["bad", `check failed (${how}): ${title(it.command)}  ${took}`];
}

const VERDICT_TONES = {
  accepted: "good",
  unverified: "warn",
  rejected: "bad",
  held: "bad",
} as const;

function verdictSaid(before: Run, after: Run): readonly Said[] {
  const verdict = newVerdict({ before, after });
  if (verdict === null || after.work === null) return [];
  const reasons = verdict.reasons.length === 0 ? "" : ` (${said(verdict.reasons.join("; "))})`;
  const by = verdict.by === "person" ? " by a person" : "";
  const name = visibleLine(ticketLabel(after.work.ticket));
  return [[VERDICT_TONES[verdict.type], `${name}: ${verdict.type}${by}${reasons}`]];
}

function restSaid(before: Run, after: Run): readonly Said[] {
  if (before.status === after.status) return [];
  if (after.status === "paused" && after.pause !== null) {
    return [
      ["warn", `Paused (${after.pause.reason}): ${said(after.pause.detail)}`],
      ["plain", after.pause.next],
    ];
  }
  if (after.ended === null || after.status === "stopping") return [];
  const tone = after.status === "completed" ? "good" : after.status === "failed" ? "bad" : "warn";
  return [[tone, `The run is ${after.status}: ${said(after.ended)}`]];
}

type Of<Type extends NoteType> = Extract<ReadNote, { type: Type }>["body"];

const NOTES: { readonly [Type in NoteType]: (body: Of<Type>) => readonly Said[] } = {
  text: (it) => [["plain", `says: ${said(it.text)}`]],
  reasoning: (it) => [["dim", `thinks: ${said(it.text)}`]],
  tool_started: () => [],
  tool: (it) => [toolSaid(it)],
  file_change: (it) => [["plain", `${CHANGES[it.change] ?? it.change} ${title(it.path)}`]],
  plan: (it) => [["dim", `plans ${plural(it.steps.length, "step")}`]],
  usage: () => [],
  rate_limit: () => [],
  status: (it) => [["dim", said(it.text)]],
  notice: (it) => [["dim", said(it.text)]],
  approval: (it) => [["warn", `asks for permission: ${title(it.title)}`]],
  question: (it) => [["warn", `asks: ${said(it.questions.map((one) => one.text).join(" "))}`]],
  prompt_sent: (it) => [["dim", `prompt sent: ${thousands(it.bytes)} bytes to ${it.agent}`]],
  turn_base: () => [],
  car: (it) => [["warn", said(it.text)]],
  // The same checks come once more with the verdict, as evidence.
  checks: () => [],
  answered: (it) => [["plain", `answered: ${it.answer.type} (${it.by})`]],
  quota: (it) =>
    it.quota.untilMs === null
      ? []
      : [["warn", `${it.account} is out of quota (${it.quota.source})`]],
  ticket_marked: (it) => [["plain", `${it.by} marked the ticket as ${it.done ? "done" : "open"}`]],
};

const CHANGES: Readonly<Record<string, string>> = {
  add: "added",
  update: "changed",
  delete: "deleted",
};

function toolSaid(it: Of<"tool">): Said {
  const took = it.durationMs === null ? "" : `  ${duration(it.durationMs)}`;
  if (it.status === "ok") return ["dim", `${it.kind}: ${title(it.title)}${took}`];
  const exit = it.exitCode === null ? "" : ` (exit ${it.exitCode})`;
  return ["warn", `${it.kind} ${it.status}${exit}: ${title(it.title)}${took}`];
}

function noteSaid(event: JournalEvent): readonly Said[] {
  const note = readNote(event.type, event.body);
  if (note === null) return [];
  const tell = NOTES[note.type] as (body: ReadNote["body"]) => readonly Said[];
  return tell(note.body);
}
