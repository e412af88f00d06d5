/** What waits for a person in one repo: requests of the agent in hand, and what a pause asks for. */

import type { JournalEvent } from "../control/journal.ts";
import type { Journal } from "../control/journal.ts";
import { unansweredHandoff } from "../control/dispatches.ts";
import { readNote } from "../engine/notes.ts";
import type { RunId, TurnId } from "../engine/ids.ts";
import type { PauseReason, Run } from "../engine/run.ts";
import { ticketLabel } from "../engine/ticket.ts";
import type { Asked } from "./requests.ts";
import type { JournalReading } from "./reading.ts";

export interface InboxItem {
  /** What `car inbox answer` takes: the journal's number of the request, or `run`. */
  readonly id: string;
  readonly kind: "approval" | "question" | "handoff" | "pause";
  /** One line. */
  readonly title: string;
  /** Command, diff, text: what a person needs to decide. */
  readonly detail: string;
  readonly ticket: string | null;
  readonly sinceMs: number;
  /** When it is denied by itself; null when it waits for ever. */
  readonly expiresMs: number | null;
  /** What to do, as a command. */
  readonly next: string;
  readonly request: Asked | null;
  /** Of a pause: what it stands on. */
  readonly pause?: InboxPause;
}

export interface InboxPause {
  readonly reason: PauseReason;
  readonly run: RunId;
  /** The turn whose outcome waits, e.g. a held claim. */
  readonly turn: TurnId | null;
  /** The dispatch that asks. */
  readonly dispatch: number | null;
}

/** Oldest first. */
export async function readInbox(
  reading: JournalReading,
  timeoutMs: number,
): Promise<readonly InboxItem[]> {
  const journal = reading.past?.journal;
  const run = journal?.lastRun() ?? null;
  if (journal === undefined || run === null) return [];
  const requests = reading.lock.type === "busy" ? openRequests(journal, run, timeoutMs) : [];
  const pause = await pauseItem(reading, run);
  return pause === null ? requests : [...requests, pause];
}

/** Requests of the turn in hand without an answer. One of a process that has died is asked anew by its turn. */
function openRequests(journal: Journal, run: Run, timeoutMs: number): readonly InboxItem[] {
  const turn = run.work?.turn?.id;
  if (run.status !== "running" || turn === undefined) return [];
  const since = journal.events({ run: run.id, types: ["recovered"], kinds: ["step"], last: 1 })
    .at(0)?.seq ?? 0;
  const notes = journal.events({
    run: run.id,
    turn,
    after: since,
    types: ["approval", "question", "answered"],
  });
  const answered = new Set(notes.flatMap((event) => {
    const note = readNote(event.type, event.body);
    return note?.type === "answered" ? [note.body.requestId] : [];
  }));
  return notes.flatMap((event) => requestItem(event, run, timeoutMs))
    .filter((item) => item.request !== null && !answered.has(item.request.requestId));
}

function requestItem(event: JournalEvent, run: Run, timeoutMs: number): readonly InboxItem[] {
  const note = readNote(event.type, event.body);
  if (note?.type !== "approval" && note?.type !== "question") return [];
  const shared = {
    id: String(event.seq),
    ticket: run.work === null ? null : ticketLabel(run.work.ticket),
    sinceMs: event.atMs,
    expiresMs: event.atMs + timeoutMs,
  };
  if (note.type === "approval") {
    return [{
      ...shared,
      kind: "approval",
      title: `${note.body.kind}: ${note.body.title}`,
      detail: note.body.detail,
      next: `car inbox answer ${event.seq} yes|no|always`,
      request: { type: "approval", ...note.body },
    }];
  }
  const texts = note.body.questions.map((it) =>
    it.choices.length === 0 ? it.text : `${it.text} (${it.choices.join(", ")})`
  );
  return [{
    ...shared,
    kind: "question",
    title: texts[0] ?? "A question",
    detail: texts.join("\n"),
    next: `car inbox answer ${event.seq} TEXT`,
    request: { type: "question", ...note.body },
  }];
}

async function pauseItem(reading: JournalReading, run: Run): Promise<InboxItem | null> {
  if (run.status !== "paused" || run.pause === null || run.pause.reason === "asked") return null;
  const handoff = run.pause.reason === "handoff"
    ? await unansweredHandoff(reading.paths.run(run.id))
    : null;
  return {
    id: "run",
    kind: handoff === null ? "pause" : "handoff",
    title: handoff?.title ?? run.pause.detail,
    detail: handoff?.body ?? run.pause.detail,
    ticket: run.work === null ? null : ticketLabel(run.work.ticket),
    sinceMs: run.pause.atMs,
    expiresMs: run.pause.resumesAtMs,
    next: run.pause.next,
    request: null,
    pause: {
      reason: run.pause.reason,
      run: run.id,
      turn: run.work?.turn?.id ?? null,
      dispatch: handoff?.number ?? null,
    },
  };
}
