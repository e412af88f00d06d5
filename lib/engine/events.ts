/** What can happen to a run, and what a run can ask for. Plain data: this is what the journal holds. */

import type { Dispatch } from "./dispatch.ts";
import type { Evidence, ReviewOpinion, Verdict } from "./gate.ts";
import type { ThreadId, TicketId, TurnId } from "./ids.ts";
import type { Progress } from "./progress.ts";
import type { Run, RunSettings, TurnMode } from "./run.ts";
import type { TamperFinding } from "./tamper_finding.ts";
import type { LintProblem, Ticket } from "./ticket.ts";
import type { AgentError, TurnRecord, TurnResult, Usage } from "./turn.ts";

/** Who asked: `cli:1000`, `web:…`, `quota`, `signal`. */
export type Actor = string;

/** What a person, or CAR in a person's place, asks of a run. */
export type Command =
  | { readonly type: "start"; readonly by: Actor; readonly settings: RunSettings }
  | { readonly type: "resume"; readonly by: Actor; readonly settings: RunSettings | null }
  | { readonly type: "pause"; readonly by: Actor }
  | { readonly type: "stop"; readonly by: Actor }
  | { readonly type: "kill"; readonly by: Actor }
  | { readonly type: "decide"; readonly by: Actor; readonly answer: "accept" | "reject" };

export type CommandName = Command["type"];

/** The ticket folder, read and chosen from: see choose.ts. */
export interface QueueRead {
  readonly type: "queue_read";
  readonly choice:
    | { readonly type: "drained" }
    | { readonly type: "work"; readonly ticket: Ticket }
    /** Done on disk without a verdict: the gate looks before anything else goes on. */
    | { readonly type: "claim"; readonly ticket: Ticket };
  readonly problems: readonly LintProblem[];
  readonly open: number;
  readonly total: number;
  /** Tickets done before this run began: a person's word. Given once, by a run's first reading. */
  readonly baseline: readonly TicketId[] | null;
  /** Replies of a person wait to be told. */
  readonly replies: number;
  /** Chance for the next turn's id: 16 hex digits. */
  readonly hex: string;
}

export interface TurnEnded {
  readonly type: "turn_ended";
  readonly turnId: TurnId;
  readonly result: TurnResult;
  readonly error: AgentError | null;
  readonly thread: ThreadId | null;
  readonly usage: Usage;
  readonly lastText: string;
  /** How the repo stood before the ticket's first turn; null for later turns. */
  readonly before: Progress | null;
  /** The hard limit that ended the turn, in words. */
  readonly limit: string | null;
  /** When the account is said to be back, from the ledger; null when nothing is known. */
  readonly parkedUntilMs: number | null;
  /** The agent that takes over while this one is parked; null for none. */
  readonly fallback: string | null;
  /** 0 to 1: chance for the retry delay. */
  readonly jitter: number;
}

/** The agent's thread is known: kept at once, so that a crash can ask the agent about it. */
export interface ThreadOpened {
  readonly type: "thread_opened";
  readonly turnId: TurnId;
  readonly thread: ThreadId;
}

/** The repo after a turn. */
export interface Looked {
  readonly type: "looked";
  readonly turnId: TurnId | null;
  /** Null when the file is gone or cannot be read. */
  readonly ticket: Ticket | null;
  readonly problems: readonly LintProblem[];
  readonly progress: Progress;
  readonly dirty: boolean;
  readonly dispatch:
    | { readonly type: "none" }
    | { readonly type: "found"; readonly dispatch: Dispatch }
    | { readonly type: "broken"; readonly message: string };
  /** 0 to 1: chance for the retry delay. */
  readonly jitter: number;
  /** Chance for the next turn's id, should one follow at once: 16 hex digits. */
  readonly hex: string;
}

/** The gate's checks have run. */
export interface Checked {
  readonly type: "checked";
  readonly ticketId: TicketId;
  readonly evidence: readonly Evidence[];
  /** Whether any check is configured at all. */
  readonly configured: boolean;
  /** Null where git cannot tell. */
  readonly treeId: string | null;
  readonly dirty: boolean;
  readonly tamper: readonly TamperFinding[];
  readonly review: ReviewOpinion | null;
}

export type Outcome =
  | QueueRead
  | ThreadOpened
  | TurnEnded
  | Looked
  | Checked
  | {
    readonly type: "settled";
    readonly ticketId: TicketId;
    /** Whether the ticket stays done: its verdict was good and its commit, if any, was made. */
    readonly good: boolean;
    readonly commit: string | null;
    /** Why the commit failed; null when it did not. */
    readonly problem: string | null;
  }
  | { readonly type: "saved"; readonly commit: string | null; readonly problem: string | null }
  | { readonly type: "published"; readonly sequence: number; readonly title: string }
  | { readonly type: "waited" }
  /** The effect was broken off as asked, with nothing to tell: it is asked for again when the run goes on. */
  | { readonly type: "interrupted" }
  /** The effect could not be carried out at all: disk full, git broken. */
  | {
    readonly type: "effect_failed";
    readonly effect: EffectType;
    readonly message: string;
    /** Worth another try by itself: a full disk may be emptied. */
    readonly passing: boolean;
    /** A person has to approve what it would run. */
    readonly approval?: boolean;
  }
  /** CAR was gone and is back. */
  | {
    readonly type: "recovered";
    readonly record: TurnRecord | null;
    readonly ticketDone: boolean;
  };

/** One thing that happened, with the wall time at which it was taken in. */
export type RunEvent = (Command | Outcome) & { readonly atMs: number };
export type RunEventType = RunEvent["type"];

/** What a run asks its surroundings to do. Each may safely be carried out twice. */
export type Effect =
  | { readonly type: "read_queue" }
  | {
    readonly type: "run_turn";
    readonly turnId: TurnId;
    readonly ticket: Ticket;
    readonly agent: string;
    readonly thread: ThreadId | null;
    readonly mode: TurnMode;
    readonly feedback: string | null;
    readonly lastText: string;
  }
  | { readonly type: "look"; readonly turnId: TurnId | null; readonly ticket: Ticket }
  | { readonly type: "check"; readonly ticket: Ticket; readonly turnId: TurnId | null }
  | {
    readonly type: "settle";
    readonly ticket: Ticket;
    readonly turnId: TurnId | null;
    readonly verdict: Verdict;
    readonly commit: boolean;
  }
  | { readonly type: "save"; readonly ticket: Ticket; readonly turnId: TurnId | null }
  | { readonly type: "publish"; readonly turnId: TurnId | null }
  | { readonly type: "wait"; readonly delayMs: number; readonly why: string }
  /** Asks the work in hand to end politely. Acts at once. */
  | { readonly type: "interrupt" }
  /** Ends the work in hand by force. Acts at once. */
  | { readonly type: "kill" };

export type EffectType = Effect["type"];

/** A refused event: nothing changed; the words are for the person who asked. */
export interface Refusal {
  readonly ok: false;
  readonly message: string;
  readonly hint: string;
}

export interface Stepped {
  readonly ok: true;
  readonly run: Run;
  readonly effects: readonly Effect[];
}

export type Step = Stepped | Refusal;
