/** A desk of this process: one repo's reading, its events, its row, and the run when it is worked here. */

import { CarError, type ErrorCode } from "../../base/errors.ts";
import type { RepoConfig } from "../../control/config.ts";
import type { EventQuery } from "../../control/journal.ts";
import type { CommandAnswer, Order } from "../../control/mailbox.ts";
import { type RepoPaths, repoPaths } from "../../control/roots.ts";
import type { Command } from "../../engine/events.ts";
import type { Run } from "../../engine/run.ts";
import type { Queue } from "../../engine/ticket.ts";
import { type Commanded, commandRun, sendToOwner } from "../command_run.ts";
import type { InboxItem } from "../inbox.ts";
import type { LiveEvent } from "../live.ts";
import type { Reading } from "../reading.ts";
import type { RunRequest } from "../run_repo.ts";
import { readStatus, type RepoStatus } from "../status.ts";
import type {
  CommandWait,
  DeskChange,
  DeskEvent,
  DeskListener,
  RepoDesk,
  SubscribeOptions,
} from "./desk.ts";
import { baseOf } from "../worktrees/setup_trouble.ts";
import { JournalFeed } from "./journal_feed.ts";
import { RepoSight, type RepoStamps } from "./repo_sight.ts";
import { RepoWork, type RepoWorkOptions } from "./repo_work.ts";
import type { HubRepoRow } from "./row.ts";
import type { ListedRepo, RepoFacts } from "./row_of.ts";
import { RowKeeper } from "./row_keeper.ts";

/** What the desks of a process share. */
export interface DeskHost extends
  Pick<
    RepoWorkOptions,
    "clock" | "environment" | "command" | "safe" | "hubRoot" | "url" | "slots"
  > {
  /** A repo of the list as it is now. */
  readonly listed: (id: string) => ListedRepo | undefined;
  readonly keepIntent: (repo: string, actor: string) => void;
  readonly dropIntent: (repo: string) => void;
  readonly onRow: (repo: string) => void;
  /** Everything that happens at a desk. */
  readonly onEvent: (repo: string, event: DeskEvent) => void;
  /** The run in hand came to rest, or could not be begun. */
  readonly onRest: (repo: string) => void;
}

/** Failures that the asker is told, and that say nothing of the repo's health. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(["conflict", "waiting", "not_found", "locked"]);

/** Windows of a quota end with time alone: how long a status may be shown again, in milliseconds. */
const STATUS_MS_MAX = 30_000;

interface KnownStatus {
  readonly key: string;
  readonly queue: Queue | null;
  readonly status: RepoStatus;
}

export class LocalDesk implements RepoDesk {
  readonly paths: RepoPaths;
  readonly #host: DeskHost;
  readonly #sight: RepoSight;
  readonly #feed: JournalFeed;
  readonly #work: RepoWork;
  readonly #rows: RowKeeper;
  #listed: ListedRepo;
  #notStarted: string | null = null;
  #stamps: RepoStamps | null = null;
  #status: KnownStatus | null = null;
  #polled: string | null = null;

  /** @param saved Its row as it was last seen, shown until it was looked at. */
  constructor(listed: ListedRepo, host: DeskHost, saved: Partial<HubRepoRow> = {}) {
    const { clock, environment, hubRoot } = host;
    this.#listed = listed;
    this.#host = host;
    this.paths = repoPaths(listed.root);
    const worktree = () => {
      const base = baseOf(this.#listed, host.listed);
      return base === null ? null : { id: this.id, base };
    };
    this.#sight = new RepoSight({ paths: this.paths, clock, environment, hubRoot, worktree });
    const { kept } = this.#sight;
    this.#feed = new JournalFeed({
      clock,
      journal: () => kept.journal(),
      open: () => kept.openJournal,
    });
    this.#work = new RepoWork({
      ...host,
      id: listed.id,
      root: listed.root,
      destination: () => this.#listed.destination ?? undefined,
      say: (event) => this.#live(event),
      keepIntent: (actor) => host.keepIntent(listed.id, actor),
      dropIntent: () => host.dropIntent(listed.id),
      onChange: (failure) => this.#worked(failure),
    });
    this.#rows = new RowKeeper({
      listed,
      sight: this.#sight,
      clock,
      saved,
      worked: () => this.#work.run(),
      doing: () => ({
        slot: host.slots.statusOf(listed.id),
        slotsMax: host.slots.queue.max,
        starting: this.#work.isStarting,
        ours: this.#work.isBusy,
        notStarted: this.#notStarted,
      }),
      onRow: (row, before) => this.#rowIsAnother(row, before),
    });
  }

  get id(): string {
    return this.#listed.id;
  }

  get listed(): ListedRepo {
    return this.#listed;
  }

  get facts(): RepoFacts {
    return this.#rows.facts;
  }

  row(): HubRepoRow {
    return this.#rows.row;
  }

  async reading(): Promise<Reading> {
    return await this.#sight.kept.reading();
  }

  async config(): Promise<RepoConfig> {
    return await this.#sight.files.config();
  }

  async queue(): Promise<Queue> {
    return await this.#sight.files.queue();
  }

  async inbox(): Promise<readonly InboxItem[]> {
    return await this.#sight.inboxOf(await this.#sight.kept.journalReading());
  }

  async status(): Promise<RepoStatus> {
    const queue = await this.queue().catch(() => null);
    const reading = await this.reading();
    const nowMs = this.#host.clock.now();
    const parts = [this.#sight.kept.version(), reading.lock, Math.floor(nowMs / STATUS_MS_MAX)];
    const key = JSON.stringify(parts);
    const known = this.#status;
    if (known !== null && known.key === key && known.queue === queue) return known.status;
    const status = readStatus(reading, queue, nowMs);
    this.#status = { key, queue, status };
    return status;
  }

  async start(request: RunRequest): Promise<Run> {
    if (!this.#listed.enabled) {
      throw new CarError("conflict", `${this.id} is disabled in the manifest`, {
        hint: `Enable it with "car hub enable ${this.id}".`,
      });
    }
    this.setNotStarted(null);
    return await this.#work.start(request);
  }

  async command(command: Command, wait: CommandWait = {}): Promise<Commanded> {
    const answer = await this.#work.take(command);
    if (answer !== null) {
      if (!answer.ok) return { ok: false, message: answer.message, hint: answer.hint };
      if (wait.untilRest === true) await this.#work.rested();
      return { ok: true, run: await this.#runNow() };
    }
    const isFree = this.#sight.ground().lock.type === "free";
    if (isFree && command.type === "resume") return await this.#resume(command.by);
    const { clock, command: name } = this.#host;
    const untilRest = wait.untilRest ?? false;
    const options = { clock, command: name, untilRest, onWaiting: () => {} };
    const done = await commandRun(this.paths, command, options);
    this.changed("past");
    return done;
  }

  async order(order: Order): Promise<CommandAnswer | "free"> {
    const answer = await this.#work.take(order) ??
      await sendToOwner(this.paths, order, this.#host.clock);
    this.changed("past");
    return answer;
  }

  subscribe(listener: DeskListener, signal: AbortSignal, options: SubscribeOptions = {}): void {
    this.#feed.subscribe(listener, signal, options.after);
  }

  /** Whether somebody listens, so that what other processes write is looked for often. */
  get isWatched(): boolean {
    return this.#feed.isWatched;
  }

  /** Whether the run is worked by this process. */
  get isBusy(): boolean {
    return this.#work.isBusy;
  }

  /** Whether another process has its lock, as far as was seen. */
  get isWorkedElsewhere(): boolean {
    return !this.isBusy && this.row().lock === "LOCKED_ALIVE";
  }

  /** Why `auto_run` did not start it; null where it did, or was not asked to. */
  setNotStarted(why: string | null): void {
    if (why === this.#notStarted) return;
    this.#notStarted = why;
    this.#rows.soon();
  }

  relist(listed: ListedRepo, initError: string | null): void {
    this.#listed = listed;
    this.#rows.relist(listed, initError);
  }

  /** Looks at everything and resolves when the row tells it. */
  async look(): Promise<void> {
    this.#stamps = this.#sight.stamps();
    await this.#rows.look("past", "tickets");
  }

  /** Asks SQLite whether another connection has committed: for what is watched, many times a second. */
  pollJournal(): void {
    const version = this.#sight.kept.version();
    if (version === null ? !this.#sight.hasJournal() : version === this.#polled) return;
    this.#polled = version;
    this.#feed.poke();
    if (!this.isBusy) this.#rows.soon("past");
  }

  /** Looks at the stamp of journal and lock: for every repo, about once a second. */
  pollPast(): void {
    const past = this.#sight.pastStamp();
    if (this.#stamps === null || past === this.#stamps.past) return;
    this.#stamps = { ...this.#stamps, past };
    // Of its own work it is told anyway.
    if (!this.isBusy) this.changed("past");
  }

  /**
   * Looks at all stamps, and lets go what nobody asks for: for every repo, every few seconds.
   * @returns Whether its tickets may be others.
   */
  pollAll(): boolean {
    const before = this.#stamps;
    if (before === null) return false;
    const now = this.#sight.stamps();
    this.#stamps = { ...now, past: before.past };
    this.#sight.coolDown();
    if (before.tickets !== now.tickets) this.changed("tickets");
    if (before.contextspace !== now.contextspace) this.changed("contextspace");
    if (before.config !== now.config) this.changed("config");
    return before.tickets !== now.tickets && !this.isBusy;
  }

  /** Whether git sees changes; null where it cannot tell. The row is told only when that is another. */
  treeSeen(dirty: boolean | null): void {
    if (this.row().dirty !== dirty) this.#rows.setDirty(dirty);
  }

  /** How many questions of chats about it are open. */
  chatsSeen(chats: number): void {
    if (this.facts.chats !== chats) this.#rows.setChats(chats);
  }

  /** Whether a person asked to stop this run after it had come to rest. */
  async wasAskedToStop(run: Run): Promise<boolean> {
    const journal = await this.#sight.kept.journal();
    const last = (query: EventQuery) => journal?.events({ run: run.id, last: 1, ...query }).at(0);
    const asked = last({ kinds: ["refused"], types: ["stop", "kill"] });
    return asked !== undefined && asked.seq > (last({ kinds: ["step"] })?.seq ?? 0);
  }

  /** Something of it may be another: looks, and tells those who listen. */
  changed(what: "past" | Exclude<DeskChange, "lock" | "status">): void {
    if (what === "past") this.#feed.poke();
    // The config says where tickets are and how long requests wait.
    if (what === "past" || what === "config") this.#rows.soon("past");
    // A run of this process tells how many are left whenever it has looked.
    if (what === "config" || (what === "tickets" && !this.isBusy)) this.#rows.soon("tickets");
    if (what !== "past") this.#tell({ type: "changed", what });
  }

  /** Who holds a slot or waits for one is another. */
  slotsChanged(): void {
    this.#rows.soon();
  }

  announce(): void {
    this.#work.announce();
  }

  async drain(how: "stop" | "turns"): Promise<void> {
    await this.#work.drain(how);
  }

  /** Ends the work, as `drain` by stopping, and lets all files go. */
  async close(): Promise<void> {
    await this.#work.drain("stop");
    await this.#feed.close();
    await this.#rows.close();
    await this.#sight.close();
  }

  async #resume(by: string): Promise<Commanded> {
    try {
      const flags = { stopAfterTickets: null, agent: null, withoutCommits: false };
      const run = await this.start({ type: "resume", by, flags, allowDirty: false, wait: false });
      return { ok: true, run };
    } catch (thrown) {
      if (!(thrown instanceof CarError) || !REFUSALS.has(thrown.code)) throw thrown;
      return { ok: false, message: thrown.message, hint: thrown.hint ?? "" };
    }
  }

  async #runNow(): Promise<Run> {
    const run = this.#work.run() ?? (await this.#sight.kept.journal())?.lastRun() ?? null;
    if (run === null) throw new CarError("internal", "The run is gone from the journal");
    return run;
  }

  #live(event: LiveEvent): void {
    if (event.type === "step") this.#feed.stepped();
    else this.#feed.poke();
    this.#tell({ type: "live", event });
    this.#rows.live(event);
  }

  #worked(failure: CarError | null): void {
    const { onRest } = this.#host;
    this.#rows.setWorkTrouble(failure === null || REFUSALS.has(failure.code) ? null : failure);
    this.changed("past");
    this.#rows.soon("tickets");
    if (this.isBusy) return;
    // Else whoever first asks for the tokens of all repos would wait for a night's events of each.
    this.#sight.kept.catchUp().catch(() => {});
    onRest(this.id);
  }

  #rowIsAnother(row: HubRepoRow, before: HubRepoRow): void {
    if (row.lock !== before.lock) this.#tell({ type: "changed", what: "lock" });
    this.#tell({ type: "changed", what: "status" });
    // Whoever follows the run sees why nothing happens.
    if (typeof row.slot === "object" && typeof before.slot !== "object") {
      this.#tell({ type: "live", event: { type: "remark", text: row.reason } });
    }
    this.#host.onRow(this.id);
  }

  #tell(event: DeskEvent): void {
    this.#feed.tell(event);
    this.#host.onEvent(this.id, event);
  }
}
