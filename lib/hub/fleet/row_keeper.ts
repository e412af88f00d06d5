/** Keeps one repo's row true: looks at what is said to have changed, soon and once, and tells when the row is another. */

import type { Clock } from "../../base/clock.ts";
import { asCarError, type CarError } from "../../base/errors.ts";
import { LOCAL } from "../../control/destination.ts";
import type { Run } from "../../engine/run.ts";
import type { LiveEvent } from "../live.ts";
import type { RepoSight } from "./repo_sight.ts";
import type { HubRepoRow } from "./row.ts";
import { type ListedRepo, type RepoDoing, type RepoFacts, rowOf } from "./row_of.ts";

export interface RowKeeperOptions {
  readonly listed: ListedRepo;
  readonly sight: RepoSight;
  readonly clock: Clock;
  /** The row as it was last seen: shown until it was looked at. */
  readonly saved: Partial<HubRepoRow>;
  /** The run this process works; null: it works none. */
  readonly worked: () => Run | null;
  readonly doing: () => RepoDoing;
  /** The row is another than it was. */
  readonly onRow: (row: HubRepoRow, before: HubRepoRow) => void;
}

/** What may have changed. */
export type Part = "past" | "tickets";

/** What is looked at each time. */
type Ground = "ground" | "setup";

/** How soon after a change the row follows, in milliseconds: a person sees no difference, and bursts are one. */
const SOON_MS = 100;

const NO_FACTS: RepoFacts = {
  exists: true,
  initialized: true,
  initError: null,
  lock: { type: "free", last: null },
  run: null,
  lastSign: null,
  tickets: null,
  destination: LOCAL,
  attention: 0,
  chats: 0,
  dirty: null,
  setupTrouble: null,
  trouble: null,
};

const NOTHING_THERE = { run: null, lastSign: null, tickets: null, attention: 0, dirty: null };

export class RowKeeper {
  readonly #options: RowKeeperOptions;
  readonly #over = new AbortController();
  readonly #stale = new Set<Part>(["past", "tickets"]);
  readonly #troubles = new Map<Part | Ground | "work", CarError>();
  #listed: ListedRepo;
  #facts: RepoFacts = NO_FACTS;
  #seen = false;
  #row: HubRepoRow;
  #again = false;
  #looking: Promise<void> | null = null;

  constructor(options: RowKeeperOptions) {
    this.#options = options;
    this.#listed = options.listed;
    this.#row = { ...rowOf(this.#listed, NO_FACTS, options.doing()), ...options.saved };
  }

  get row(): HubRepoRow {
    return this.#row;
  }

  get facts(): RepoFacts {
    return { ...this.#facts, trouble: [...this.#troubles.values()].at(0) ?? null };
  }

  relist(listed: ListedRepo, initError: string | null): void {
    this.#listed = listed;
    this.#facts = { ...this.#facts, initError };
    if (this.#seen) this.#renew();
  }

  /** Why the work of this process could not go on; null: it goes on. */
  setWorkTrouble(trouble: CarError | null): void {
    if (trouble === null) this.#troubles.delete("work");
    else this.#troubles.set("work", trouble);
    this.#renew();
  }

  setDirty(dirty: boolean | null): void {
    this.#facts = { ...this.#facts, dirty };
    this.#renew();
  }

  /** How many questions of chats about it are open. */
  setChats(chats: number): void {
    this.#facts = { ...this.#facts, chats };
    if (this.#seen) this.#renew();
  }

  /** Takes in what the run of this process tells, which costs no look. */
  live(event: LiveEvent): void {
    if (event.type === "step") {
      const { run, seq } = event;
      const before = this.#facts.run;
      this.#facts = { ...this.#facts, run, lastSign: { seq, atMs: event.event.atMs } };
      if (before?.status !== run.status) this.#stale.add("past");
      this.soon();
    } else if (event.type === "queue") {
      const { open, total } = event;
      this.#facts = { ...this.#facts, tickets: { done: total - open, total } };
      this.soon();
    } else if (event.type === "turn" && isRequest(event.event.type)) {
      this.soon("past");
    }
  }

  /** Looks shortly, at this part too. Cheap, however often it is said. */
  soon(part?: Part): void {
    if (part !== undefined) this.#stale.add(part);
    this.#again = true;
    this.#looking ??= this.#run(SOON_MS).finally(() => this.#looking = null);
  }

  /** Looks now, and resolves when the row tells what was found. */
  async look(...parts: readonly Part[]): Promise<void> {
    await this.#looking;
    for (const part of parts) this.#stale.add(part);
    this.#again = true;
    this.#looking ??= this.#run(0).finally(() => this.#looking = null);
    await this.#looking;
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#looking;
  }

  async #run(waitMs: number): Promise<void> {
    const { clock } = this.#options;
    while (this.#again && !this.#over.signal.aborted) {
      if (waitMs > 0) await clock.sleep(waitMs, this.#over.signal).catch(() => {});
      this.#again = false;
      await this.#lookOnce();
      this.#seen = true;
      this.#renew();
    }
  }

  async #lookOnce(): Promise<void> {
    const { sight } = this.#options;
    const stale = new Set(this.#stale);
    this.#stale.clear();
    await this.#part("ground", () => {
      this.#facts = { ...this.#facts, ...sight.ground() };
    });
    if (!this.#facts.exists || !this.#facts.initialized) {
      this.#facts = { ...this.#facts, ...NOTHING_THERE };
      this.#troubles.clear();
      return;
    }
    await this.#part("setup", async () => {
      this.#facts = { ...this.#facts, setupTrouble: await sight.setupTrouble() };
    });
    if (stale.has("past")) {
      await this.#part("past", async () => {
        const past = await sight.past();
        this.#facts = { ...this.#facts, ...past, run: this.#options.worked() ?? past.run };
      });
    }
    if (stale.has("tickets")) {
      await this.#part("tickets", async () => {
        const { trouble, ...found } = await sight.tickets();
        this.#facts = { ...this.#facts, ...found };
        if (trouble !== null) throw trouble;
      });
    }
  }

  async #part(part: Part | Ground, look: () => void | Promise<void>): Promise<void> {
    try {
      await look();
      this.#troubles.delete(part);
    } catch (thrown) {
      this.#troubles.set(part, asCarError(thrown));
    }
  }

  #renew(): void {
    const before = this.#row;
    const row = rowOf(this.#listed, this.facts, this.#options.doing());
    if (JSON.stringify(row) === JSON.stringify(before)) return;
    this.#row = row;
    this.#options.onRow(row, before);
  }
}

const isRequest = (type: string): boolean => type === "approval" || type === "question";
