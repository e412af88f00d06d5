/** What an agent can tell during a turn, in our words, and how its failures are named. */

/** Why a turn failed. What to do about each is one table, AGENT_ERROR_POLICY in recovery.ts. */
export type AgentErrorKind =
  | "auth" // credentials are missing or refused
  | "quota" // the account is used up until resetsAtMs
  | "overloaded" // the model's service asks for patience, 5xx and plain 429 too
  | "context_full" // the conversation no longer fits
  | "network" // no connection, or a stream that broke
  | "silent" // no event for limits.silence_seconds
  | "timeout" // limits.turn_seconds is over
  | "crashed" // the agent's process ended
  | "protocol" // what came was not the protocol
  | "refused"; // a request that will be refused again: bad model, policy, configuration

export interface AgentError {
  readonly kind: AgentErrorKind;
  /** One sentence, for people. */
  readonly message: string;
  /** Wall time at which the quota is said to be back. */
  readonly resetsAtMs?: number;
  /** The least wait the service asked for. */
  readonly retryAfterMs?: number;
}

/** Tokens of one turn so far (cumulative within the turn). */
export interface Usage {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

export const NO_USAGE: Usage = { input: 0, cached: 0, output: 0, reasoning: 0 };
export const totalTokens = (usage: Usage): number => usage.input + usage.output;

/** One window of a provider account's allowance. */
export interface RateWindow {
  /** `primary`, `secondary`, `5h`, ...: the provider's word. */
  readonly name: string;
  readonly usedPercent: number;
  readonly windowMinutes: number | null;
  readonly resetsAtMs: number | null;
}

export type TurnResult = "completed" | "failed" | "interrupted" | "lost";

/** The kinds of work a tool can be. */
export type ToolKind = "command" | "edit" | "read" | "search" | "fetch" | "other";

/**
 * One thing an agent told. Deltas are live only; the finished item repeats them whole and is the
 * truth. Every stream ends with exactly one `ended`.
 */
export type TurnEvent =
  | { readonly type: "text_delta"; readonly id: string; readonly text: string }
  | { readonly type: "text"; readonly id: string; readonly text: string }
  | { readonly type: "reasoning"; readonly id: string; readonly text: string }
  | { readonly type: "plan"; readonly steps: readonly { text: string; status: string }[] }
  | {
    readonly type: "tool_started";
    readonly id: string;
    readonly kind: ToolKind;
    /** The command line, or the tool's name and target. */
    readonly title: string;
  }
  | { readonly type: "tool_output"; readonly id: string; readonly text: string }
  | {
    readonly type: "tool_finished";
    readonly id: string;
    readonly status: "ok" | "failed" | "declined";
    readonly exitCode: number | null;
    /** The last 8 KiB of what it printed. */
    readonly output: string;
    readonly durationMs: number | null;
  }
  | {
    readonly type: "file_change";
    readonly path: string;
    readonly change: "add" | "update" | "delete";
    /** Unified diff, at most 64 KiB; empty when the agent tells none. */
    readonly diff: string;
  }
  | {
    readonly type: "usage";
    readonly usage: Usage;
    readonly contextWindow: number | null;
    /** What the turn cost so far, in US dollars, where the agent tells it. */
    readonly costUsd?: number;
  }
  | {
    readonly type: "rate_limit";
    /** Names the provider account, e.g. `codex`; quota is kept per account. */
    readonly account: string;
    readonly windows: readonly RateWindow[];
  }
  | {
    readonly type: "approval";
    readonly requestId: string;
    readonly kind: ToolKind;
    readonly title: string;
    /** Command, diff or reason, at most 16 KiB. */
    readonly detail: string;
  }
  | {
    readonly type: "question";
    readonly requestId: string;
    readonly questions: readonly { id: string; text: string; choices: readonly string[] }[];
  }
  /** A passing condition worth showing, e.g. "Reconnecting 1/2". Not a failure. */
  | { readonly type: "status"; readonly text: string; readonly waiting: boolean }
  | { readonly type: "notice"; readonly text: string }
  | {
    readonly type: "ended";
    readonly result: TurnResult;
    readonly error: AgentError | null;
  };

/** The answer to an approval or a question. */
export type Answer =
  | { readonly type: "yes" }
  | { readonly type: "no"; readonly reason?: string }
  | { readonly type: "always" }
  | { readonly type: "answers"; readonly answers: Readonly<Record<string, readonly string[]>> };

/** What an agent's own record says of a turn, after a crash. */
export type TurnRecord =
  | { readonly prompt: "absent" } // it never arrived: send it again
  | { readonly prompt: "arrived"; readonly ended: boolean } // continue, do not repeat
  | { readonly prompt: "unknown" }; // the agent keeps no record
