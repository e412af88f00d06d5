/** The shapes of runs as the API gives them. */

import type { TurnRow, VerdictRow } from "../lib/control/views_read.ts";
import type { Explanation } from "../lib/engine/explain_run.ts";
import type { Pause } from "../lib/engine/run.ts";
import type { Ticket } from "../lib/engine/ticket.ts";

export interface RunSummary {
  readonly id: string;
  readonly status: string;
  readonly phase: string;
  readonly pause: Pause | null;
  readonly ended: string | null;
  readonly ticket: Ticket | null;
  readonly startedAtMs: number;
  readonly sinceMs: number;
  readonly turns: number;
  readonly tokens: number;
  readonly done: number;
}

export interface RunDetail {
  readonly run: RunSummary;
  readonly turns: readonly TurnRow[];
  readonly verdicts: readonly VerdictRow[];
  readonly explanation: Explanation;
}

export interface ReplayStep {
  readonly seq: number;
  readonly atMs: number;
  readonly event: string;
  readonly words: string;
  readonly status: string;
  readonly phase: string;
  readonly ticket: string | null;
  readonly turns: number;
  readonly tokens: number;
  readonly refused: string | null;
}

export interface Replay {
  readonly run: string;
  readonly same: boolean;
  readonly difference: string | null;
  readonly steps: readonly ReplayStep[];
}

export interface TurnDiff {
  readonly turn: string;
  readonly diff: string;
  readonly cut: boolean;
  readonly missing: string | null;
}
