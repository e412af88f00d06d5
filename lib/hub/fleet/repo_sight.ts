/** Looks at a repo without working it: what its folder, its lock, its journal and its tickets say. */

import type { Clock } from "../../base/clock.ts";
import { asCarError, CarError } from "../../base/errors.ts";
import { destinationOf, LOCAL } from "../../control/destination.ts";
import { lookAtLock } from "../../control/lock.ts";
import type { RepoPaths } from "../../control/roots.ts";
import { type InboxItem, readInbox } from "../inbox.ts";
import { findRun, type JournalReading } from "../reading.ts";
import { setupFile, setupTrouble, type WorktreeBase } from "../worktrees/setup_trouble.ts";
import { KeptReading } from "./kept_reading.ts";
import { RepoFiles, stampOf } from "./repo_files.ts";
import type { RepoFacts } from "./row_of.ts";

export interface RepoSightOptions {
  readonly paths: RepoPaths;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  readonly hubRoot: string | null;
  /** Where it is a worktree: its id, and the repo it belongs to. Absent or null: it is none. */
  readonly worktree?: () => { readonly id: string; readonly base: WorktreeBase } | null;
}

/** What can be asked for at next to no cost: each is another text when the thing may have changed. */
export interface RepoStamps {
  /** Journal, lock and a worktree's setup: whatever process writes. */
  readonly past: string;
  readonly config: string;
  readonly tickets: string;
  readonly contextspace: string;
}

export type GroundFacts = Pick<RepoFacts, "exists" | "initialized" | "lock">;
export type PastFacts = Pick<RepoFacts, "run" | "lastSign" | "attention">;
export type TicketFacts = Pick<RepoFacts, "tickets" | "destination" | "trouble">;

/** How long files stay open that nobody asks for, in milliseconds. */
const IDLE_MS = 60_000;

export class RepoSight {
  readonly kept: KeptReading;
  readonly files: RepoFiles;
  readonly #options: RepoSightOptions;
  #setup: { readonly stamp: string; readonly trouble: string | null } = {
    stamp: "",
    trouble: null,
  };

  constructor(options: RepoSightOptions) {
    this.#options = options;
    this.kept = new KeptReading(options.paths, options.clock);
    this.files = new RepoFiles(options);
  }

  ground(): GroundFacts {
    const { root, config, lock } = this.#options.paths;
    const exists = stampOf(root) !== "-";
    const initialized = exists && stampOf(config) !== "-";
    return {
      exists,
      initialized,
      lock: initialized ? lookAtLock(lock) : { type: "free", last: null },
    };
  }

  /** @throws {CarError} `damaged`, `unavailable`, and `invalid` for the config. */
  async past(): Promise<PastFacts> {
    return await this.kept.glance(async (reading) => {
      const run = findRun(reading);
      const last = run === null ? undefined : reading.past?.journal.events({ last: 1 }).at(0);
      const lastSign = last === undefined ? null : { seq: last.seq, atMs: last.atMs };
      return { run, lastSign, attention: (await this.inboxOf(reading)).length };
    });
  }

  async inboxOf(reading: JournalReading): Promise<readonly InboxItem[]> {
    const { approvals } = await this.files.config();
    return await readInbox(reading, approvals.timeout_seconds * 1000);
  }

  /** Counts the tickets. A folder or config that cannot be read is the trouble it is. */
  async tickets(): Promise<TicketFacts> {
    try {
      const { destination } = await this.files.config();
      const { tickets, problems } = await this.files.queue();
      const folder = problems.find((it) => it.file === ".");
      const decoded = destinationOf(destination);
      return {
        tickets: { done: tickets.filter((it) => it.done).length, total: tickets.length },
        destination: "destination" in decoded ? decoded.destination : LOCAL,
        trouble: folder === undefined ? null : new CarError("invalid", folder.message),
      };
    } catch (thrown) {
      return { tickets: null, destination: LOCAL, trouble: asCarError(thrown) };
    }
  }

  /** Read anew when its file has changed. @throws {CarError} `damaged`, `unavailable`. */
  async setupTrouble(): Promise<string | null> {
    const worktree = this.#options.worktree?.() ?? null;
    if (worktree === null) return null;
    const { base, id } = worktree;
    const stamp = stampOf(setupFile(base, id));
    if (stamp === this.#setup.stamp) return this.#setup.trouble;
    const trouble = await setupTrouble(base, id);
    this.#setup = { stamp, trouble };
    return trouble;
  }

  /** Whether a run was ever started here. */
  hasJournal(): boolean {
    return stampOf(this.#options.paths.journal) !== "-";
  }

  /** Of journal, lock and setup: asked often. */
  pastStamp(): string {
    const { journal, lock } = this.#options.paths;
    const worktree = this.#options.worktree?.() ?? null;
    const setup = worktree === null ? "" : ` ${stampOf(setupFile(worktree.base, worktree.id))}`;
    return `${stampOf(`${journal}-wal`)} ${stampOf(lock)}${setup}`;
  }

  stamps(): RepoStamps {
    return {
      past: this.pastStamp(),
      config: this.files.configStamp(),
      tickets: this.files.queueStamp(),
      contextspace: this.files.contextspaceStamp(),
    };
  }

  /** Lets go what nobody has asked for in a while. */
  coolDown(): void {
    if (this.#options.clock.elapsed() - this.kept.usedMs < IDLE_MS) return;
    this.kept.letGo();
    this.files.letGo();
  }

  async close(): Promise<void> {
    await this.kept.close();
  }
}
