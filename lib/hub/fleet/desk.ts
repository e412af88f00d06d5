/** One repo as every surface reaches it, whoever works it: this process, another one, or nobody. */

import type { RepoConfig } from "../../control/config.ts";
import type { JournalEvent } from "../../control/journal.ts";
import type { CommandAnswer, Order } from "../../control/mailbox.ts";
import type { RepoPaths } from "../../control/roots.ts";
import type { Command } from "../../engine/events.ts";
import type { Run } from "../../engine/run.ts";
import type { Queue } from "../../engine/ticket.ts";
import type { Commanded } from "../command_run.ts";
import type { InboxItem } from "../inbox.ts";
import type { LiveEvent } from "../live.ts";
import type { Reading } from "../reading.ts";
import type { RunRequest } from "../run_repo.ts";
import type { RepoStatus } from "../status.ts";
import type { HubRepoRow } from "./row.ts";

/** What of a repo is another than it was. `status`: its row, `lock`: who works it. */
export type DeskChange = "tickets" | "contextspace" | "config" | "lock" | "status";

export type DeskEvent =
  /** In order of `seq`, without a gap, none twice. */
  | { readonly type: "journal"; readonly events: readonly JournalEvent[] }
  /** Only of a run of this process. May be lost: never the only source of a fact. */
  | { readonly type: "live"; readonly event: LiveEvent }
  | { readonly type: "changed"; readonly what: DeskChange };

/** Called in turn and never waited for. One that throws is dropped. */
export type DeskListener = (event: DeskEvent) => void;

export interface SubscribeOptions {
  /** Journal events after this sequence number come first; absent: only those written from now on. */
  readonly after?: number;
}

export interface CommandWait {
  /** Answer once the run rests. Absent: as soon as the command is written. */
  readonly untilRest?: boolean;
}

export interface RepoDesk {
  /** The manifest's id; in repo mode the folder's name. */
  readonly id: string;
  readonly paths: RepoPaths;
  /** As the list shows it: newest known, costs nothing. */
  row(): HubRepoRow;
  /**
   * Kept open, shared, and opened anew when the files were set aside. Never close it, and do not keep
   * it over an `await` of something else: ask again.
   *
   * @throws {CarError} `damaged`, `unavailable`.
   */
  reading(): Promise<Reading>;
  /** Read again when a config file has changed. @throws {CarError} `invalid` with file and line. */
  config(): Promise<RepoConfig>;
  /** What `car status` tells. Computed again when journal, tickets or lock have changed. */
  status(): Promise<RepoStatus>;
  /** The tickets as they are now, with all that is wrong with them. */
  queue(): Promise<Queue>;
  /** What waits for a person, oldest first. */
  inbox(): Promise<readonly InboxItem[]>;
  /**
   * Starts or resumes the run in this process, and answers once its first step is written. It may then
   * still wait for a free slot: see `row().slot`.
   *
   * @throws {CarError} `locked`, `waiting`, `conflict`, `not_found`, as `startRun`.
   */
  start(request: RunRequest): Promise<Run>;
  /**
   * A command to the run, whoever works it. `resume` of a run that nobody works starts it here.
   * A refusal is a value. @throws {CarError} `not_found` without a run, `timeout`.
   */
  command(command: Command, wait?: CommandWait): Promise<Commanded>;
  /** An answer to an approval or a question. "free": nobody works, so nobody asks. */
  order(order: Order): Promise<CommandAnswer | "free">;
  /** Until the signal aborts. */
  subscribe(listener: DeskListener, signal: AbortSignal, options?: SubscribeOptions): void;
}
