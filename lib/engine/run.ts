/**
 * A run as a value: its states, the moves between them, and what it remembers.
 * Everything that decides whether a move is legal lives in the two tables of this file.
 */

import type { Verdict } from "./gate.ts";
import type { RunId, ThreadId, TicketId, TurnId } from "./ids.ts";
import type { Progress } from "./progress.ts";
import type { Ticket } from "./ticket.ts";
import type { AgentError, AgentErrorKind, TurnResult } from "./turn.ts";

export const RUN_STATUSES = [
  "pending",
  "running",
  "paused",
  "stopping",
  "stopped",
  "completed",
  "failed",
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const MOVES = [
  "start",
  "pause",
  "resume",
  "stop",
  "settle",
  "drain",
  "fail",
  "kill",
] as const;
export type Move = (typeof MOVES)[number];

/** Status x move -> status. A blank cell is refused. docs/run-states.svg is drawn from this table. */
export const TRANSITIONS: Readonly<Record<RunStatus, Readonly<Partial<Record<Move, RunStatus>>>>> =
  {
    pending: { start: "running", stop: "stopped", kill: "stopped" },
    running: {
      pause: "paused",
      stop: "stopping",
      settle: "stopped",
      drain: "completed",
      fail: "failed",
      kill: "stopped",
    },
    paused: { resume: "running", start: "running", stop: "stopped", kill: "stopped" },
    // A handoff or a held verdict that arrives while stopping still needs its person.
    stopping: { settle: "stopped", pause: "paused", fail: "failed", kill: "stopped" },
    stopped: { start: "running", resume: "running" },
    completed: {},
    failed: { start: "running", resume: "running", stop: "stopped" },
  };

/** Whether a run in this status has somebody working on it, or should have. */
export const isLive = (status: RunStatus): boolean => status === "running" || status === "stopping";

/** Why a run is paused, and what ends the pause. */
export const PAUSE_REASONS = {
  handoff: "The agent asks a person; it waits for the reply.",
  user_ticket: "The next ticket is a person's step.",
  needs_fix: "A ticket or a document needs mending by hand.",
  held: "The gate will not let the done claim pass without a person.",
  no_progress: "The agent's turns changed nothing.",
  limit: "A limit was reached.",
  parked: "The account is out of quota.",
  approval: "A person has to approve a command first.",
  agent_error: "The agent cannot go on by itself.",
  asked: "A person asked for the pause.",
} as const satisfies Record<string, string>;
export type PauseReason = keyof typeof PAUSE_REASONS;

export interface Pause {
  readonly reason: PauseReason;
  /** One sentence: what happened, with the number or name that matters. */
  readonly detail: string;
  /** What the person does next, as a sentence with the command in it. */
  readonly next: string;
  readonly atMs: number;
  /** Wall time at which CAR goes on by itself; null when it waits for a person. */
  readonly resumesAtMs: number | null;
}

/** What the run is doing. The effect that does it is a function of the run: see effects.ts. */
export type Phase =
  | { readonly type: "reading" }
  | { readonly type: "turn" }
  | { readonly type: "looking" }
  | { readonly type: "checking" }
  /** Carrying out a verdict: commit, or reopening the ticket. */
  | { readonly type: "settling"; readonly verdict: Verdict }
  /** Committing the work of a turn that made no claim (git.auto_commit: turn). */
  | { readonly type: "saving" }
  | { readonly type: "publishing"; readonly then: "pause" | "go_on" }
  | { readonly type: "waiting"; readonly delayMs: number; readonly why: string };

/** How a turn begins: decides what the prompt says besides the ticket. */
export type TurnMode =
  | "first" // new thread, whole prompt
  | "next" // same thread, short prompt
  | "fresh" // new thread, with a summary of what was tried
  | "resend" // after a crash: the prompt never arrived
  | "continue"; // after a crash: the prompt had arrived

/** One turn, from before its spawn until its verdict. */
export interface OpenTurn {
  readonly id: TurnId;
  readonly mode: TurnMode;
  /** 1 for the ticket's first turn in this run. */
  readonly number: number;
  readonly startedAtMs: number;
  /** Null until the agent's stream has ended. */
  readonly result: TurnResult | null;
  readonly error: AgentError | null;
  /** The limit that ended it, in words; null when none did. */
  readonly limit: string | null;
  /** When the account is said to be back; null when it is not out of quota. */
  readonly parkedUntilMs: number | null;
  /** The agent that takes over while the account is out of quota; null for none. */
  readonly fallback: string | null;
}

/** The ticket in hand and all that is counted about it. */
export interface Work {
  readonly ticket: Ticket;
  /** The agent that works it: the ticket's, the override, or the fallback. */
  readonly agent: string;
  readonly thread: ThreadId | null;
  readonly turn: OpenTurn | null;
  readonly startedAtMs: number;
  readonly turns: number;
  readonly tokens: number;
  /** The counters as they stood when a person last set the run going: the ticket's limits count from here. */
  readonly leg: { readonly atMs: number; readonly turns: number; readonly tokens: number };
  /** Rejected claims. */
  readonly rejections: number;
  /** Lint repairs asked for in a row. */
  readonly repairs: number;
  /** Turns without movement in a row. */
  readonly stalls: number;
  /** Failed turns in a row. */
  readonly failures: number;
  /** How the last of them failed, and how many in a row in this way; null before the first. */
  readonly lastFailure: { readonly kind: AgentErrorKind; readonly inARow: number } | null;
  /** Times CAR died with this ticket in flight, since a turn last ended in order. */
  readonly crashes: readonly number[];
  /** What the next prompt must say first: gate feedback, lint problems, a warning. */
  readonly feedback: string | null;
  /** The next turn opens a new thread. */
  readonly fresh: boolean;
  /** Last words of the agent, bounded by prompt.prev_run_max_chars. */
  readonly lastText: string;
  readonly progress: Progress | null;
  /** A person's answer to a held verdict, until the run goes on. */
  readonly decision: "accept" | "reject" | null;
}

/** Settings a run keeps from its start to its end, so that its journal replays to the same state. */
export interface RunSettings {
  /** Tickets to work, then stop; null for all. */
  readonly stopAfterTickets: number | null;
  /** Works every ticket instead of the agent it names; null for none. */
  readonly agentOverride: string | null;
  readonly maxTurns: number;
  readonly maxWallclockMs: number | null;
  readonly maxTokens: number | null;
  readonly ticketTurns: number;
  readonly gateAttempts: number;
  readonly lintRepairs: number;
  readonly stalls: number;
  readonly crashLimit: number;
  readonly retryAttempts: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  readonly commit: "ticket" | "turn" | "off";
  readonly requireCommit: boolean;
}

/** The counters as they stood when a person last set the run going: limits of the run count from here. */
export interface Leg {
  readonly atMs: number;
  readonly turns: number;
  readonly tokens: number;
  readonly done: number;
}

export interface Run {
  readonly id: RunId;
  readonly status: RunStatus;
  readonly phase: Phase;
  readonly pause: Pause | null;
  /** Why the run ended, in words; null while it can go on by itself. */
  readonly ended: string | null;
  readonly settings: RunSettings;
  readonly work: Work | null;
  readonly startedAtMs: number;
  /** When the status last changed. */
  readonly sinceMs: number;
  readonly turns: number;
  readonly tokens: number;
  /** Tickets that left the queue in this run, in order. */
  readonly done: readonly TicketId[];
  readonly leg: Leg;
  /** A person asked for a pause at the end of this turn. */
  readonly pauseAsked: boolean;
  /** Resumes CAR made by itself since a person last acted. */
  readonly unattendedResumes: number;
}
