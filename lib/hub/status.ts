/** A repo's state at one moment, as data: what `car status`, the API and the snapshot tell. */

import type { Views } from "../control/views.ts";
import type { AccountWindow, VerdictRow } from "../control/views_read.ts";
import { readAccounts, readTurns, readVerdicts } from "../control/views_read.ts";
import { explainRun } from "../engine/explain_run.ts";
import type { RunId, TicketId, TurnId } from "../engine/ids.ts";
import { isLive, type Pause, type Run, type RunStatus } from "../engine/run.ts";
import { nextTicket, type Queue, ticketLabel } from "../engine/ticket.ts";
import { totalTokens } from "../engine/turn.ts";
import { findRun, type Reading, runPresent } from "./reading.ts";

/** `cut_off`: the journal says that somebody works, and nobody does. */
export type ShownStatus = RunStatus | "cut_off" | "none";

export interface StatusTurn {
  readonly id: TurnId;
  /** 1 for the run's first. */
  readonly ordinal: number;
  readonly startedAtMs: number;
  readonly tokens: number;
  readonly toolCalls: number;
  readonly filesChanged: number;
}

/** Null where there is no limit. */
export interface StatusLimits {
  readonly turns: number;
  readonly tokens: number | null;
  readonly wallclockMs: number | null;
  /** Of one ticket. */
  readonly ticketTurns: number;
}

export interface StatusOwner {
  readonly pid: number;
  readonly command: string;
  readonly startedAt: string;
  readonly url: string | null;
}

export interface RepoStatus {
  readonly root: string;
  readonly status: ShownStatus;
  readonly run: RunId | null;
  /** One sentence: what it does, or why it does nothing. */
  readonly reason: string;
  /** What a person can do. */
  readonly next: string;
  /** Since when the status is what it is; for one that was cut off, its last sign of life. */
  readonly sinceAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly pause: Pause | null;
  readonly ticket: { readonly id: TicketId; readonly label: string; readonly agent: string } | null;
  /** The turn that is on; null between turns. */
  readonly turn: StatusTurn | null;
  readonly turns: number;
  /** Of the whole run, the open turn included. */
  readonly tokens: number;
  /** What the run may use up before it pauses, since a person last set it going; null without a run. */
  readonly limits: StatusLimits | null;
  /** Null when the tickets could not be read. */
  readonly queue: StatusQueue | null;
  /** The newest, in order. */
  readonly verdicts: readonly VerdictRow[];
  /** Who holds the lock; null when nobody does or the holder does not say. */
  readonly owner: StatusOwner | null;
  readonly locked: boolean;
  readonly quota: readonly AccountWindow[];
}

export interface StatusQueue {
  readonly done: number;
  readonly total: number;
  readonly next: string | null;
  readonly problems: number;
}

/** Verdicts a status shows. */
const VERDICTS_SHOWN = 5;

/** @param queue The tickets as they are now; null when they cannot be read. */
export function readStatus(reading: Reading, queue: Queue | null, nowMs: number): RepoStatus {
  const run = findRun(reading);
  const views = reading.past?.views;
  const base = {
    root: reading.paths.root,
    queue: queue === null ? null : queueOf(queue),
    owner: ownerOf(reading),
    locked: reading.lock.type === "busy",
    quota: views === undefined ? [] : currentWindows(views, nowMs),
  };
  if (run === null || views === undefined) return { ...NOTHING, ...base };
  const past = runPresent(reading, run);
  const cutOff = isLive(run.status) && !past.ownerAlive;
  const explained = explainRun(past);
  const turn = isLive(run.status) && !cutOff ? openTurn(reading, run) : null;
  return {
    ...base,
    status: cutOff ? "cut_off" : run.status,
    run: run.id,
    reason: explained.headline,
    next: explained.next,
    sinceAtMs: cutOff ? past.lastSign?.atMs ?? run.sinceMs : run.sinceMs,
    startedAtMs: run.startedAtMs,
    pause: run.pause,
    ticket: run.work === null ? null : {
      id: run.work.ticket.id,
      label: ticketLabel(run.work.ticket),
      agent: run.work.agent,
    },
    turn,
    turns: run.turns,
    tokens: run.tokens + (turn?.tokens ?? 0),
    limits: {
      turns: run.settings.maxTurns,
      tokens: run.settings.maxTokens,
      wallclockMs: run.settings.maxWallclockMs,
      ticketTurns: run.settings.ticketTurns,
    },
    verdicts: readVerdicts(views, { run: run.id, last: VERDICTS_SHOWN }),
  };
}

const NOTHING = {
  status: "none",
  run: null,
  reason: "No run has been started in this repo yet",
  next: 'Use "car run" to start one.',
  sinceAtMs: null,
  startedAtMs: null,
  pause: null,
  ticket: null,
  turn: null,
  turns: 0,
  tokens: 0,
  limits: null,
  verdicts: [],
} as const;

/** The accounts' windows as last told. One whose reset has passed tells nothing any more. */
export const currentWindows = (views: Views, nowMs: number): readonly AccountWindow[] =>
  readAccounts(views).filter(({ resetsAtMs }) => resetsAtMs === null || resetsAtMs > nowMs);

function queueOf(queue: Queue): StatusQueue {
  const next = nextTicket(queue);
  return {
    done: queue.tickets.filter((it) => it.done).length,
    total: queue.tickets.length,
    next: next === undefined ? null : ticketLabel(next),
    problems: queue.problems.length,
  };
}

function ownerOf({ lock }: Reading): StatusOwner | null {
  if (lock.type !== "busy" || lock.holder === null || !lock.alive) return null;
  const { pid, command, startedAt, url } = lock.holder;
  return { pid, command, startedAt, url };
}

function openTurn(reading: Reading, run: Run): StatusTurn | null {
  const id = run.work?.turn?.id;
  const views = reading.past?.views;
  if (run.phase.type !== "turn" || id === undefined || views === undefined) return null;
  const row = readTurns(views, { run: run.id, last: 1 }).find((it) => it.turn === id);
  if (row === undefined) return null;
  const { ordinal, startedAtMs, toolCalls, filesChanged } = row;
  return { id, ordinal, startedAtMs, tokens: totalTokens(row.usage), toolCalls, filesChanged };
}
