/** What each event of the journal changes in the views: pure, one row of a table an event type. */

import type { Checked, RunEvent, RunEventType } from "../engine/events.ts";
import type { Verdict } from "../engine/gate.ts";
import { newVerdict } from "../engine/history.ts";
import type { RunId, TicketId, TurnId } from "../engine/ids.ts";
import { type NoteType, type ReadNote, readNote } from "../engine/notes.ts";
import type { Run } from "../engine/run.ts";
import { step } from "../engine/step.ts";
import type { Ticket } from "../engine/ticket.ts";
import { type AgentError, type RateWindow, totalTokens, type Usage } from "../engine/turn.ts";
import type { JournalEvent } from "./journal.ts";

/** Where a ticket stands, as far as the journal has seen. */
export type TicketState = "working" | "claimed" | Verdict["type"] | "done_by_person";

export interface NewVerdict {
  readonly run: RunId;
  readonly turn: TurnId | null;
  readonly ticket: TicketId;
  readonly verdict: Verdict;
  /** Null: no check ran for it, so it stands on the tree of the ticket's verdict before. */
  readonly checked: Checked | null;
}

/** One change of the views. */
export type Change =
  | { readonly type: "run"; readonly run: Run }
  | {
    readonly type: "turn_opened";
    readonly run: RunId;
    readonly turn: TurnId;
    readonly ticket: TicketId;
    readonly agent: string;
    readonly mode: string;
    readonly number: number;
    readonly startedAtMs: number;
  }
  | { readonly type: "turn_mode"; readonly turn: TurnId; readonly mode: string }
  | {
    readonly type: "turn_closed";
    readonly turn: TurnId;
    readonly result: string;
    readonly error: AgentError | null;
  }
  | {
    readonly type: "usage";
    readonly turn: TurnId;
    readonly usage: Usage;
    readonly contextWindow: number | null;
  }
  | { readonly type: "tool"; readonly turn: TurnId }
  | {
    readonly type: "file";
    readonly turn: TurnId;
    readonly path: string;
    readonly change: string;
  }
  | { readonly type: "verdict"; readonly verdict: NewVerdict }
  | { readonly type: "commit"; readonly ticket: TicketId; readonly commit: string }
  | {
    readonly type: "ticket";
    readonly id: TicketId;
    readonly ticket: Ticket | null;
    readonly state: TicketState;
    readonly run: RunId;
  }
  /** Done before the run began: a person's word, unless a verdict of an earlier run stands. */
  | { readonly type: "baseline"; readonly id: TicketId; readonly run: RunId }
  | { readonly type: "account"; readonly account: string; readonly windows: readonly RateWindow[] };

interface Moved {
  readonly before: Run;
  readonly after: Run;
  readonly event: RunEvent;
}

type Part = (moved: Moved) => readonly Change[];

const runRow: Part = ({ after }) => [{ type: "run", run: after }];

/** A turn that opens, changes its mode, or ends; also one that is left without an outcome. */
const turnRow: Part = ({ before, after, event }) => {
  const was = before.work?.turn ?? null;
  const is = after.work?.turn ?? null;
  const changes: Change[] = [];
  if (was !== null && was.result === null && before.phase.type === "turn") {
    const open = is?.id === was.id && is.result === null && after.phase.type === "turn" &&
      event.type !== "kill";
    if (!open) changes.push(closing(was.id, after, event));
    else if (is.mode !== was.mode) {
      changes.push({ type: "turn_mode", turn: is.id, mode: is.mode });
    }
  }
  if (is !== null && after.work !== null && is.id !== was?.id) {
    changes.push({
      type: "turn_opened",
      run: after.id,
      turn: is.id,
      ticket: after.work.ticket.id,
      agent: after.work.agent,
      mode: is.mode,
      number: is.number,
      startedAtMs: is.startedAtMs,
    });
  }
  return changes;
};

function closing(turn: TurnId, after: Run, event: RunEvent): Change {
  if (event.type === "turn_ended") {
    return { type: "turn_closed", turn, result: event.result, error: event.error };
  }
  if (event.type === "effect_failed") {
    const error: AgentError = { kind: "crashed", message: event.message };
    return { type: "turn_closed", turn, result: "failed", error };
  }
  const same = after.work?.turn?.id === turn ? after.work.turn.result : null;
  const result = event.type === "kill" ? "interrupted" : same ?? "lost";
  return { type: "turn_closed", turn, result, error: null };
}

const turnUsage: Part = ({ event }) => {
  if (event.type !== "turn_ended" || totalTokens(event.usage) === 0) return [];
  return [{ type: "usage", turn: event.turnId, usage: event.usage, contextWindow: null }];
};

const verdictRow: Part = ({ before, after, event }) => {
  const verdict = newVerdict({ before, after });
  return verdict === null ? [] : judged(after, verdict, event.type === "checked" ? event : null);
};

/** A person's "reject" moves the run only later, but it is the verdict. */
const rejectedByPerson: Part = ({ after, event }) => {
  if (event.type !== "decide" || event.answer !== "reject") return [];
  return judged(after, { type: "rejected", reasons: ["Rejected by a person"], by: "person" }, null);
};

function judged(
  { id: run, work }: Run,
  verdict: Verdict,
  checked: Checked | null,
): readonly Change[] {
  if (work === null) return [];
  const { ticket } = work;
  const turn = work.turn?.id ?? null;
  return [
    { type: "verdict", verdict: { run, turn, ticket: ticket.id, verdict, checked } },
    { type: "ticket", id: ticket.id, ticket, state: verdict.type, run },
  ];
}

const commitOf: Part = ({ event }) =>
  event.type === "settled" && event.commit !== null
    ? [{ type: "commit", ticket: event.ticketId, commit: event.commit }]
    : [];

const ticketSeen: Part = ({ after, event }) => {
  const changes: Change[] = [];
  if (event.type === "queue_read") {
    for (const id of event.baseline ?? []) {
      changes.push({ type: "baseline", id, run: after.id });
    }
    if (event.choice.type !== "drained") changes.push(seen(event.choice.ticket, after.id));
  }
  if (event.type === "looked" && event.ticket !== null) {
    changes.push(seen(event.ticket, after.id));
  }
  return changes;
};

const seen = (ticket: Ticket, run: RunId): Change => ({
  type: "ticket",
  id: ticket.id,
  ticket,
  state: ticket.done ? "claimed" : "working",
  run,
});

/** Every type of event says what it can change; a new one does not compile until it does. */
const STEP_PARTS = {
  start: [runRow, turnRow, verdictRow],
  resume: [runRow, turnRow, verdictRow],
  pause: [runRow],
  stop: [runRow],
  kill: [runRow, turnRow],
  decide: [runRow, rejectedByPerson],
  queue_read: [runRow, ticketSeen, turnRow],
  thread_opened: [runRow],
  turn_ended: [runRow, turnRow, turnUsage],
  looked: [runRow, ticketSeen, turnRow],
  checked: [runRow, verdictRow],
  settled: [runRow, commitOf, verdictRow],
  saved: [runRow],
  published: [runRow],
  waited: [runRow],
  interrupted: [runRow],
  effect_failed: [runRow, turnRow],
  recovered: [runRow, turnRow],
} as const satisfies Record<RunEventType, readonly Part[]>;

type NotePart = (note: ReadNote, event: JournalEvent) => readonly Change[];

const NOTE_PARTS = {
  text: "nothing",
  reasoning: "nothing",
  tool_started: "nothing",
  tool: (_note, { turn }) => turn === null ? [] : [{ type: "tool", turn }],
  file_change: (note, { turn }) =>
    note.type === "file_change" && turn !== null
      ? [{ type: "file", turn, path: note.body.path, change: note.body.change }]
      : [],
  plan: "nothing",
  usage: (note, { turn }) =>
    note.type === "usage" && turn !== null
      ? [{
        type: "usage",
        turn,
        usage: note.body.usage,
        contextWindow: note.body.contextWindow ?? null,
      }]
      : [],
  rate_limit: (note) =>
    note.type === "rate_limit"
      ? [{ type: "account", account: note.body.account, windows: note.body.windows }]
      : [],
  status: "nothing",
  notice: "nothing",
  approval: "nothing",
  question: "nothing",
  prompt_sent: "nothing",
  turn_base: "nothing",
  car: "nothing",
  checks: "nothing",
  // The windows in it came as `rate_limit` before.
  answered: "nothing",
  quota: "nothing",
  ticket_marked: (note, { run }) =>
    note.type === "ticket_marked"
      ? [{
        type: "ticket",
        id: note.body.ticketId,
        ticket: null,
        state: note.body.done ? "done_by_person" : "working",
        run,
      }]
      : [],
} as const satisfies Record<NoteType, NotePart | "nothing">;

export interface Folded {
  /** The run after the event. */
  readonly run: Run;
  readonly changes: readonly Change[];
}

/** What a recorded step makes of the run before it, and what it changes in the views. */
export function foldStep(run: Run, event: JournalEvent): Folded {
  const happened = event.body as RunEvent;
  const next = step(run, happened);
  if (!next.ok) return { run, changes: [] };
  const parts: readonly Part[] | undefined = STEP_PARTS[happened.type];
  const moved = { before: run, after: next.run, event: happened };
  return { run: next.run, changes: (parts ?? []).flatMap((part) => part(moved)) };
}

/** What a note changes in the views. */
export function foldNote(event: JournalEvent): readonly Change[] {
  const note = readNote(event.type, event.body);
  if (note === null) return [];
  const part: NotePart | "nothing" = NOTE_PARTS[note.type];
  return part === "nothing" ? [] : part(note, event);
}
