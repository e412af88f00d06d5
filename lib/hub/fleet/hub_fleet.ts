/** The supervisor: one desk for each repo of the list, their runs, and the list itself as it is now. */

import type { Clock } from "../../base/clock.ts";
import { asCarError, CarError } from "../../base/errors.ts";
import type { HeldLock } from "../../control/lock.ts";
import type { Orchestration, OrchestrationPaths } from "../../control/orchestration.ts";
import { dropIntent, keepIntent } from "../../control/run_intents.ts";
import type { DeskEvent, RepoDesk } from "./desk.ts";
import type {
  DrainHow,
  DrainOptions,
  Fleet,
  FleetEvent,
  FleetListener,
  LagReading,
  LoopReading,
} from "./fleet.ts";
import { HubPointers } from "./hub_pointers.ts";
import { LagMonitor } from "./lag.ts";
import { chatsOf } from "../threads/inbox.ts";
import { ChatLookout } from "./chat_lookout.ts";
import { type DeskHost, LocalDesk } from "./local_desk.ts";
import { Loops } from "./loops.ts";
import { Lookout } from "./lookout.ts";
import { TreeLookout } from "./tree_lookout.ts";
import type { RepoSource, SourcedList } from "./repo_source.ts";
import type { HubRepoRow } from "./row.ts";
import type { ListedRepo } from "./row_of.ts";
import { Slots } from "./slots.ts";
import { Starter } from "./starter.ts";

export interface FleetParts {
  readonly mode: "hub" | "repo";
  readonly root: string;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  /** `car serve`: told to whoever finds a lock taken. */
  readonly command: string;
  readonly safe: boolean;
  readonly source: RepoSource;
  /** hub.max_parallel; null: all. */
  readonly slotsMax: number | null;
  readonly store: Orchestration;
  /** Of its threads. */
  readonly chats: OrchestrationPaths;
  /** Null in repo mode. */
  readonly lock: HeldLock | null;
  /** The rows as they were last saved, by id. */
  readonly saved: ReadonlyMap<string, Partial<HubRepoRow>>;
  /** Writes the rows down for the next start; never throws. */
  readonly save: (rows: readonly HubRepoRow[]) => Promise<void>;
  /** For the log. */
  readonly say: (words: string) => void;
  /** The process cannot go on as it should, and should end. */
  readonly onHopeless: (words: string) => void;
}

/** How soon commands typed in a repo elsewhere find the hub that just listed it, in milliseconds. */
const POINT_MS = 3_000;

/** Changes of rows that come so close are told together, in milliseconds. */
const TELL_MS = 50;

export class HubFleet implements Fleet {
  readonly mode: "hub" | "repo";
  readonly root: string;
  readonly #parts: FleetParts;
  readonly #slots: Slots;
  readonly #desks = new Map<string, LocalDesk>();
  readonly #listeners = new Set<FleetListener>();
  readonly #lag: LagMonitor;
  readonly #loops: Loops;
  readonly #lookout: Lookout;
  readonly #trees: TreeLookout;
  readonly #starter: Starter;
  readonly #chats: ChatLookout;
  readonly #pointers: HubPointers;
  readonly #over = new AbortController();
  readonly #host: DeskHost;
  readonly #changed = new Set<string>();
  #rows: readonly HubRepoRow[] | null = null;
  #problems: readonly string[] = [];
  #version = 1;
  #attention = 0;
  #url: string | null = null;
  #telling: Promise<void> | null = null;
  #firstScan: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;

  constructor(parts: FleetParts) {
    const { clock } = parts;
    this.#parts = parts;
    this.mode = parts.mode;
    this.root = parts.root;
    this.#slots = new Slots(parts.slotsMax, (ids) => {
      for (const id of ids) this.#desks.get(id)?.slotsChanged();
    });
    this.#host = this.#hostOfDesks();
    this.#starter = new Starter({
      clock,
      store: parts.store,
      desk: (id) => this.#desks.get(id),
      say: parts.say,
    });
    this.#pointers = new HubPointers(parts);
    this.#chats = new ChatLookout(parts.store, parts.chats);
    this.#lag = new LagMonitor(clock, () => [...this.#desks.values()].some((it) => it.isBusy));
    this.#loops = new Loops({ clock, onHopeless: parts.onHopeless });
    this.#trees = new TreeLookout({
      clock,
      environment: parts.environment,
      root: parts.root,
      desks: () => [...this.#desks.values()],
    });
    this.#lookout = new Lookout({
      clock,
      loops: this.#loops,
      desks: () => [...this.#desks.values()],
      onRound: () => this.#lookAtChats(),
      onTickets: (id) => this.#starter.consider(id),
      source: parts.source,
      onSource: () => this.#reread(),
      save: () => parts.save(this.repos()),
      say: parts.say,
    });
  }

  watch(signal: AbortSignal): void {
    this.#trees.watch(signal);
  }

  /** Lists what is known, and looks at everything in the background: answers before that is done. */
  async open(): Promise<void> {
    this.#apply(await this.#parts.source.read());
    this.#lookout.begin();
    this.#trees.begin(this.#loops);
    this.#starter.begin([...this.#desks.keys()]);
    this.#firstScan = this.#scanFirst();
  }

  repos(): readonly HubRepoRow[] {
    return this.#rows ??= [...this.#desks.values()].map((desk) => desk.row());
  }

  version(): number {
    return this.#version;
  }

  attention(): number {
    return this.#attention;
  }

  problems(): readonly string[] {
    return this.#problems;
  }

  desk(id: string): RepoDesk | undefined {
    const desk = this.#desks.get(id);
    return desk !== undefined && desk.facts.exists && desk.facts.initialized ? desk : undefined;
  }

  requireDesk(id: string): RepoDesk {
    const desk = this.desk(id);
    if (desk !== undefined) return desk;
    const row = this.#desks.get(id)?.row();
    if (row === undefined) {
      throw new CarError("not_found", `There is no repo "${id}" here.`, {
        hint: "See the list for the ids there are.",
      });
    }
    throw new CarError(row.exists ? "conflict" : "not_found", `${id}: ${row.reason}`, {
      hint: row.exists
        ? `Run "car init" in ${row.root}.`
        : "Bring the folder back, then scan again.",
    });
  }

  async scan(): Promise<readonly HubRepoRow[]> {
    // The one at the start would add again what this one's caller takes away.
    await this.#firstScan;
    try {
      this.#apply(await this.#parts.source.scan());
    } catch (thrown) {
      // What of the list can be read is shown, with what cannot.
      await this.#reread();
      throw thrown;
    }
    await this.#lookout.lookAtAll();
    return this.repos();
  }

  subscribe(listener: FleetListener, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  announce(url: string): void {
    this.#url = url;
    this.#parts.lock?.update({ url });
    for (const desk of this.#desks.values()) desk.announce();
    if (this.mode === "hub") {
      this.#loops.keep(
        "repos elsewhere",
        () => POINT_MS,
        () => this.#pointers.keep(this.#worked()),
      );
    }
  }

  async drain({ how, reason }: DrainOptions): Promise<void> {
    this.#parts.say(`Ending (${reason}): what is on goes on at the next start`);
    await this.#drain(how);
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  lag(): LagReading {
    return this.#lag.read();
  }

  loops(): readonly LoopReading[] {
    return this.#loops.readings();
  }

  async #drain(how: DrainHow): Promise<void> {
    this.#starter.end();
    await Promise.all([...this.#desks.values()].map((desk) => desk.drain(how)));
  }

  async #close(): Promise<void> {
    this.#over.abort();
    await this.#drain("stop");
    await this.#firstScan;
    await this.#starter.close();
    await this.#lookout.close();
    await this.#trees.close();
    await this.#loops.close();
    await this.#pointers.close();
    await this.#parts.save(this.repos());
    await Promise.all([...this.#desks.values()].map((desk) => desk.close()));
    await this.#lag.close();
    await this.#telling;
    this.#parts.store.close();
    this.#parts.lock?.release();
  }

  /** Once everything known was looked at: what is known comes first. */
  async #scanFirst(): Promise<void> {
    await this.#lookout.settled();
    if (this.#over.signal.aborted) return;
    try {
      this.#apply(await this.#parts.source.scan());
    } catch (thrown) {
      this.#parts.say(`The folders were not looked through: ${asCarError(thrown).message}`);
    }
  }

  /** Repos whose runs are this process's business. */
  #worked(): readonly ListedRepo[] {
    return [...this.#desks.values()].map((desk) => desk.listed).filter((it) => it.enabled);
  }

  #lookAtChats(): void {
    const waiting = this.#chats.look();
    if (waiting === null) return;
    for (const desk of this.#desks.values()) desk.chatsSeen(chatsOf(waiting, desk.listed));
    const own = this.mode === "hub" ? waiting.get(this.root) ?? 0 : 0;
    if (own === this.#attention) return;
    this.#attention = own;
    this.#listChanged();
  }

  async #reread(): Promise<void> {
    this.#apply(await this.#parts.source.read());
  }

  /** The list is this one now. The run of a repo that left it is broken off. */
  #apply({ repos, problems }: SourcedList): void {
    this.#problems = problems;
    for (const problem of problems) this.#parts.say(problem);
    const before = new Map(this.#desks);
    this.#desks.clear();
    const fresh: LocalDesk[] = [];
    for (const { listed, initError } of repos) {
      const known = before.get(listed.id);
      const same = known?.listed.root === listed.root ? known : undefined;
      const saved = this.#parts.saved.get(listed.id) ?? {};
      const desk = same ?? new LocalDesk(listed, this.#host, saved);
      this.#desks.set(listed.id, desk);
      desk.relist(listed, initError);
      if (same === undefined) fresh.push(desk);
    }
    for (const [id, desk] of before) {
      if (this.#desks.get(id) === desk) continue;
      // Of a list that cannot be read whole it is not known who left it.
      if (problems.length > 0 && !this.#desks.has(id)) this.#desks.set(id, desk);
      else this.#letGo(desk);
    }
    for (const id of this.#desks.keys()) this.#rowChanged(id);
    for (const desk of fresh) this.#lookout.welcome(desk);
  }

  #letGo(desk: LocalDesk): void {
    desk.close().catch((thrown) => this.#parts.say(`${desk.id}: ${asCarError(thrown).message}`));
  }

  #hostOfDesks(): DeskHost {
    const { clock, environment, command, safe, mode, root, store } = this.#parts;
    return {
      clock,
      environment,
      command,
      safe,
      hubRoot: mode === "hub" ? root : null,
      slots: this.#slots,
      url: () => this.#url,
      listed: (id) => this.#desks.get(id)?.listed,
      keepIntent: (repo, actor) => keepIntent(store, { repo, actor, sinceMs: clock.now() }),
      dropIntent: (repo) => this.#quietly(() => dropIntent(store, repo)),
      onRow: (repo) => this.#rowChanged(repo),
      onEvent: (repo, event) => this.#tellOf(repo, event),
      onRest: (repo) => this.#starter.consider(repo),
    };
  }

  /** What this process forgets to take away it asks again about at the next start. */
  #quietly(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      this.#parts.say(asCarError(thrown).message);
    }
  }

  #rowChanged(id: string): void {
    this.#rows = null;
    this.#changed.add(id);
    this.#listChanged();
  }

  #listChanged(): void {
    this.#version++;
    this.#telling ??= this.#tellSoon().finally(() => this.#telling = null);
  }

  async #tellSoon(): Promise<void> {
    await this.#parts.clock.sleep(TELL_MS, this.#over.signal).catch(() => {});
    const ids = [...this.#changed];
    this.#changed.clear();
    this.#tell({ type: "repos", ids, version: this.#version });
  }

  #tellOf(repo: string, event: DeskEvent): void {
    if (this.#listeners.size > 0) this.#tell({ type: "desk", repo, event });
  }

  #tell(event: FleetEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        this.#listeners.delete(listener);
      }
    }
  }
}
