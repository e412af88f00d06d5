/** Many repos in one process, or exactly one: what surfaces ask and tell the supervisor. */

import type { DeskEvent, RepoDesk } from "./desk.ts";
import type { HubRepoRow } from "./row.ts";

/** How late the event loop ran its timers, in milliseconds, over the window. */
export interface LagReading {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly windowMs: number;
  readonly samples: number;
}

/** A loop that lives as long as the process. */
export interface LoopReading {
  readonly name: string;
  /** How often it should give a sign of life. */
  readonly periodMs: number;
  /** Since its last sign of life. */
  readonly heartbeatAgeMs: number;
  readonly restarts: number;
  readonly lastError: string | null;
}

export type FleetEvent =
  /** These rows are others than before; `version` is that of the list they stand in. */
  | { readonly type: "repos"; readonly ids: readonly string[]; readonly version: number }
  | { readonly type: "desk"; readonly repo: string; readonly event: DeskEvent };

/** Called in turn and never waited for. One that throws is dropped. */
export type FleetListener = (event: FleetEvent) => void;

/** `stop`: turns in hand are broken off politely, within seconds. `turns`: they end first. */
export type DrainHow = "stop" | "turns";

export interface DrainOptions {
  /** For people: `SIGTERM`, `the page`. */
  readonly reason: string;
  readonly how: DrainHow;
}

export interface Fleet {
  readonly mode: "hub" | "repo";
  /** Of the hub, or of the repo. */
  readonly root: string;
  /** The list in the manifest's order, newest known. The same array until `version` grows. */
  repos(): readonly HubRepoRow[];
  version(): number;
  /** Questions that wait in chats about the hub as a whole: no row counts them. */
  attention(): number;
  /** What is wrong with the list itself, in sentences with file and line; mostly nothing. */
  problems(): readonly string[];
  /** Undefined for an unknown id, and where there is nothing to work with (see `requireDesk`). */
  desk(id: string): RepoDesk | undefined;
  /** @throws {CarError} `not_found` for an unknown id or a folder that is gone, `conflict` for one not initialised, with the reason. */
  requireDesk(id: string): RepoDesk;
  /** Reads the manifest and looks through the folders again. */
  scan(): Promise<readonly HubRepoRow[]>;
  /** Until the signal aborts. Events of desks come only of those that somebody opened or that are worked here. */
  subscribe(listener: FleetListener, signal: AbortSignal): void;
  /** Where this process answers: told to whoever finds a repo, or the hub, taken. */
  announce(url: string): void;
  /** Somebody looks at the list until the signal aborts: what costs more to know is asked for then. */
  watch(signal: AbortSignal): void;
  /** No new work; what is on ends as asked, and goes on at the next start. May be called again, to hurry. */
  drain(options: DrainOptions): Promise<void>;
  /** Drains, closes every repo, frees the hub's lock. Safe to call twice. */
  close(): Promise<void>;
  lag(): LagReading;
  loops(): readonly LoopReading[];
}
