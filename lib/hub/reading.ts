/**
 * A repo's past and present for those who only look: journal, views and who holds the lock, without
 * taking it. Works beside a live run, and mends nothing: what is damaged is named.
 */

import { CarError } from "../base/errors.ts";
import { exists } from "../control/files.ts";
import { Journal, type JournalEvent } from "../control/journal.ts";
import { type LockSight, lookAtLock } from "../control/lock.ts";
import type { RepoPaths } from "../control/roots.ts";
import { openViews, type Views, type ViewsFinding } from "../control/views.ts";
import { journalTrouble } from "../control/witness.ts";
import type { RunEvent } from "../engine/events.ts";
import type { RunPast } from "../engine/explain_run.ts";
import { type Moment, moments, type PastStep } from "../engine/history.ts";
import { parseRunId, type RunId, type TicketId } from "../engine/ids.ts";
import type { Run } from "../engine/run.ts";

/** Both are null while no run has been started here. */
export interface Reading {
  readonly paths: RepoPaths;
  readonly past: { readonly journal: Journal; readonly views: Views } | null;
  /** Looked at once, when the reading was opened. */
  readonly lock: LockSight;
  readonly findings: readonly ViewsFinding[];
  close(): void;
}

/** What can be told without the views. */
export type JournalReading =
  & Pick<Reading, "paths" | "lock">
  & { readonly past: { readonly journal: Journal } | null };

/**
 * @throws {CarError} `damaged` when flows.db is not what it was; `unavailable` when the folder does
 * not let CAR read it.
 */
export async function openReading(paths: RepoPaths): Promise<Reading> {
  const lock = lookAtLock(paths.lock);
  if (!await exists(paths.journal)) {
    refuseTrouble(paths, await journalTrouble(paths, null));
    return { paths, past: null, lock, findings: [], close: () => {} };
  }
  const journal = Journal.open(paths.journal);
  try {
    refuseTrouble(paths, await journalTrouble(paths, journal));
    const { views, findings } = openViews(paths.views, journal);
    const close = () => {
      views.close();
      journal.close();
    };
    return { paths, past: { journal, views }, lock, findings, close };
  } catch (thrown) {
    journal.close();
    throw thrown;
  }
}

/** @throws {CarError} `damaged` when there is trouble. */
export function refuseTrouble(paths: RepoPaths, trouble: string | null): void {
  if (trouble === null) return;
  throw new CarError("damaged", `${paths.journal}: ${trouble}`, {
    hint: 'Run "car doctor --fix": it sets the file aside and rebuilds what the files can give.',
  });
}

/** Runs `body` with an open reading and closes it. */
export async function withReading<T>(
  paths: RepoPaths,
  body: (reading: Reading) => T | Promise<T>,
): Promise<T> {
  const reading = await openReading(paths);
  try {
    return await body(reading);
  } finally {
    reading.close();
  }
}

/** The run a person names: `7`, `0007` or `run-0007`. @throws {CarError} `usage`. */
export function askedRun(text: string): RunId {
  const id = parseRunId(text) ?? parseRunId(text.replace(/^run-/, ""));
  if (id !== undefined) return id;
  throw new CarError("usage", `"${text}" is no run.`, {
    hint: "A run is named 7 or run-0007; `car log --runs` lists them.",
  });
}

/** The run asked for, or the newest; null when there is none yet. @throws {CarError} `not_found`. */
export function findRun(reading: JournalReading, id?: RunId): Run | null {
  const journal = reading.past?.journal;
  if (id === undefined) return journal?.lastRun() ?? null;
  const run = journal?.run(id) ?? null;
  if (run !== null) return run;
  const last = journal?.lastRun();
  throw new CarError("not_found", `There is no run ${id}`, {
    hint: last ? `The newest is ${last.id}; see "car log --runs".` : 'Start one with "car run".',
  });
}

/** The steps of a run as they were recorded, in order. */
export function stepsOf(journal: Journal, run: RunId): readonly PastStep[] {
  return journal.events({ run, kinds: ["step"] }).map(pastStep);
}

const pastStep = (event: JournalEvent): PastStep => ({
  seq: event.seq,
  // The journal writes what step was given; only `step` reads it.
  event: event.body as RunEvent,
});

/** Everything that happened to a run, and whether somebody still works on it. */
export function runPast(reading: JournalReading, run: Run): RunPast {
  const journal = reading.past?.journal;
  const moments = journal === undefined ? [] : runMoments(journal, run.id);
  return { ...runPresent(reading, run), moments };
}

/** The same without what happened, which takes long to read: enough for the headline and the next step. */
export function runPresent(reading: JournalReading, run: Run): RunPast {
  const ownerAlive = reading.lock.type === "busy";
  const lastSign = reading.past?.journal.events({ run: run.id, last: 1 }).at(0) ?? null;
  return { run, moments: [], ownerAlive, lastSign };
}

function runMoments(journal: Journal, id: RunId): readonly Moment[] {
  const first = journal.firstState(id);
  return first === null ? [] : [...moments(first, stepsOf(journal, id))];
}

/** The moments of every run in which this ticket was in hand, in order. */
export function ticketMoments(reading: Reading, ticket: TicketId): readonly Moment[] {
  const journal = reading.past?.journal;
  if (journal === undefined) return [];
  const runs = new Set(journal.events({ ticket, kinds: ["step"] }).map((it) => it.run));
  return [...runs].flatMap((id) =>
    runMoments(journal, id).filter((it) => it.after.work?.ticket.id === ticket)
  );
}
