/** One repo in the hub's list: plain data, as every surface shows it. */

import type { Destination } from "../../control/destination.ts";
import type { RunId } from "../../engine/ids.ts";
import type { ShownStatus } from "../status.ts";

/** The words of a repo's state in the list, each with what it means. */
export const REPO_STATUSES = {
  UNINITIALIZED: "It has no .codex-autorunner yet.",
  INITIALIZING: "It is being initialised.",
  IDLE: "Nobody works on it.",
  RUNNING: "Its run is on, or waits for a free slot.",
  PAUSED: "Its run waits for a person or for a time.",
  ERROR: "Its run failed or was cut off, its state cannot be read, or a worktree's setup failed.",
  LOCKED: "Another process has it, and does not work a run.",
  MISSING: "Its folder is gone.",
  INIT_ERROR: "It could not be initialised.",
} as const satisfies Record<string, string>;
export type RepoStatusName = keyof typeof REPO_STATUSES;

/** `LOCKED_STALE`: the last holder ended without saying so; the lock is free. */
export type LockStatus = "UNLOCKED" | "LOCKED_ALIVE" | "LOCKED_STALE";

/** Whether the repo has one of the slots of `hub.max_parallel`; 1 is the next in line. */
export type SlotStatus = "none" | "held" | { readonly waiting: number };

export interface LastRun {
  readonly id: RunId;
  readonly status: ShownStatus;
  readonly startedMs: number;
  /** Null while it is on. */
  readonly endedMs: number | null;
}

export interface HubRepoRow {
  readonly id: string;
  /** As the manifest has it, relative to the hub unless it begins with a slash. */
  readonly path: string;
  /** Absolute. */
  readonly root: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly autoRun: boolean;
  readonly kind: "base" | "worktree";
  readonly worktreeOf: string | null;
  readonly branch: string | null;
  readonly exists: boolean;
  readonly initialized: boolean;
  readonly initError: string | null;
  /** Of a worktree: why it is not ready to be worked in, with the way out. Part of `reason` too. */
  readonly setupTrouble: string | null;
  readonly status: RepoStatusName;
  readonly lock: LockStatus;
  /** One sentence: what it does, or why it does nothing. */
  readonly reason: string;
  /** Since when the status is what it is; null when nothing tells. */
  readonly sinceMs: number | null;
  /** The run that is on or paused. */
  readonly run: RunId | null;
  readonly lastRun: LastRun | null;
  /** Tickets. Null when they have not been read or cannot be. */
  readonly done: number | null;
  readonly total: number | null;
  /** Whether git sees changes that are not committed; null when it was not asked yet. */
  readonly dirty: boolean | null;
  /** Open items of the inbox, those of chats about it too. */
  readonly attention: number;
  readonly lastActivityMs: number | null;
  readonly slot: SlotStatus;
  readonly destination: Destination;
}
