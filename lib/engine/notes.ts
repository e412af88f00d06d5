/** What is told during a run and moves nothing: the bodies of the journal's notes, by type. */

import type { ThreadId, TicketId } from "./ids.ts";
import type { AccountQuota } from "./quota.ts";
import type { TurnMode } from "./run.ts";
import type { Answer, RateWindow, ToolKind, TurnEvent, Usage } from "./turn.ts";

type Told<Type extends TurnEvent["type"]> = Omit<Extract<TurnEvent, { type: Type }>, "type">;

/** A part of a prompt as it was sent. */
export interface PromptPart {
  readonly name: string;
  readonly bytes: number;
  /** Bytes left out because the part was too long. */
  readonly cut: number;
}

export interface NoteBodies {
  /** The last 16 KiB of it. */
  readonly text: { readonly text: string };
  readonly reasoning: { readonly text: string };
  readonly tool_started: Told<"tool_started">;
  readonly tool: {
    readonly id: string;
    readonly kind: ToolKind;
    readonly title: string;
    readonly status: "ok" | "failed" | "declined";
    readonly exitCode: number | null;
    readonly output: string;
    readonly durationMs: number | null;
  };
  readonly file_change: Told<"file_change">;
  readonly plan: Told<"plan">;
  /** Cumulative within the turn. */
  readonly usage: { readonly usage: Usage; readonly contextWindow: number | null };
  readonly rate_limit: { readonly account: string; readonly windows: readonly RateWindow[] };
  readonly status: { readonly text: string; readonly waiting: boolean };
  readonly notice: { readonly text: string };
  readonly approval: Told<"approval">;
  readonly question: Told<"question">;
  readonly prompt_sent: {
    readonly mode: TurnMode;
    readonly bytes: number;
    readonly parts: readonly PromptPart[];
    /** Number of the newest reply that the prompt told. */
    readonly repliesUpTo: number;
    readonly agent: string;
    readonly thread: ThreadId | null;
  };
  /** How things stood before a turn, for the tamper guard. */
  readonly turn_base: {
    readonly treeId: string | null;
    /** The ticket's file. */
    readonly ticketText: string;
    /** SHA-256 of CAR's config of the repo, in hex; null when there is nothing to put back. */
    readonly configHash?: string | null;
    /** The config itself, in journals of older CARs. */
    readonly configText?: string | null;
  };
  /** CAR's own remark. */
  readonly car: { readonly text: string };
  /** A check of the gate has ended: live, before the verdict. */
  readonly checks: { readonly command: string; readonly exitCode: number | null };
  /** A request of the agent has its answer. */
  readonly answered: {
    readonly requestId: string;
    readonly answer: Answer;
    /** A person, a rule of the config, or the clock. */
    readonly by: string;
  };
  /** The quota ledger's entry of one account, each time it changes. */
  readonly quota: { readonly account: string; readonly quota: AccountQuota };
  /** A person set or took back a ticket's `done`. */
  readonly ticket_marked: {
    readonly ticketId: TicketId;
    readonly done: boolean;
    readonly by: string;
  };
}

export type NoteType = keyof NoteBodies;

/** A note as a reader takes it in. */
export type ReadNote = {
  readonly [Type in NoteType]: { readonly type: Type; readonly body: NoteBodies[Type] };
}[NoteType];

/** Every note type with its fields that must be there, for decoding. */
const FIELDS: Readonly<Record<NoteType, Readonly<Record<string, "string" | "number" | "object">>>> =
  {
    text: { text: "string" },
    reasoning: { text: "string" },
    tool_started: { id: "string", title: "string" },
    tool: { id: "string", title: "string", status: "string" },
    file_change: { path: "string", change: "string" },
    plan: { steps: "object" },
    usage: { usage: "object" },
    rate_limit: { account: "string", windows: "object" },
    status: { text: "string" },
    notice: { text: "string" },
    approval: { title: "string" },
    question: { questions: "object" },
    prompt_sent: { mode: "string", bytes: "number", parts: "object" },
    turn_base: { ticketText: "string" },
    car: { text: "string" },
    checks: { command: "string" },
    answered: { requestId: "string", by: "string" },
    quota: { account: "string", quota: "object" },
    ticket_marked: { ticketId: "string" },
  };

const isNoteType = (type: string): type is NoteType => Object.hasOwn(FIELDS, type);

/** A note read back; null when its type is not known here or a field it needs is missing. */
export function readNote(type: string, body: unknown): ReadNote | null {
  if (!isNoteType(type) || typeof body !== "object" || body === null) return null;
  const fields = body as Readonly<Record<string, unknown>>;
  for (const [name, kind] of Object.entries(FIELDS[type])) {
    if (typeof fields[name] !== kind || fields[name] === null) return null;
  }
  return { type, body } as ReadNote;
}
