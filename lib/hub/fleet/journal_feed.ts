/**
 * A repo's journal as a stream for many: each event is read once and given to all, in order, without a
 * gap, whichever process wrote it. Whoever begins further back catches up by itself first.
 */

import type { Clock } from "../../base/clock.ts";
import type { Journal, JournalEvent } from "../../control/journal.ts";
import type { DeskEvent, DeskListener } from "./desk.ts";

/** Events read at once, so that the loop is let go after some milliseconds. */
const PAGE = 200;
/** Words that something was written come in bursts; reading waits so long for the rest of one, in milliseconds. */
const BURST_MS = 5;

interface Subscriber {
  readonly listener: DeskListener;
  readonly signal: AbortSignal;
  /** The last it was given; null: it wants only what comes from now on, and the journal was not asked yet. */
  seq: number | null;
}

export interface FeedOptions {
  /** What is open of it at this moment; null: it has to be asked for. */
  readonly open: () => Journal | null;
  /** Null while there is none. @throws {CarError} when it cannot be read: told by whoever reads it next. */
  readonly journal: () => Promise<Journal | null>;
  readonly clock: Clock;
}

export class JournalFeed {
  readonly #options: FeedOptions;
  /** Those who have all that `#head` names, and get what comes next. */
  readonly #current = new Set<Subscriber>();
  /** Those who still read what was. */
  readonly #behind = new Map<Subscriber, Promise<void>>();
  readonly #over = new AbortController();
  #head: number | null = null;
  #again = false;
  #pumping: Promise<void> | null = null;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Whether anybody listens. */
  get isWatched(): boolean {
    return this.#current.size + this.#behind.size > 0;
  }

  /** @param after Events after this sequence number come first; absent: only what comes from now on. */
  subscribe(listener: DeskListener, signal: AbortSignal, after?: number): void {
    if (signal.aborted || this.#over.signal.aborted) return;
    const subscriber: Subscriber = { listener, signal, seq: after ?? null };
    signal.addEventListener("abort", () => this.#drop(subscriber), { once: true });
    const catchingUp = this.#catchUp(subscriber).catch(() => this.#drop(subscriber))
      .finally(() => this.#behind.delete(subscriber));
    this.#behind.set(subscriber, catchingUp);
  }

  /** Something may have been written. Cheap, however often it is said. */
  poke(): void {
    if (!this.isWatched) {
      // The next who comes asks the journal where it stands.
      this.#head = null;
      return;
    }
    this.#again = true;
    this.#pumping ??= this.#pump().catch(() => {}).finally(() => this.#pumping = null);
  }

  /** A step was written in this process: it goes before what is told next. */
  stepped(): void {
    const journal = this.#current.size === 0 ? null : this.#options.open();
    if (journal === null) return this.poke();
    try {
      while (this.#giveFrom(journal));
    } catch {
      // A journal that cannot be read is told by whoever reads it next; the run must not end of it.
      this.poke();
    }
  }

  /** Tells all at once what is not in the journal. */
  tell(event: DeskEvent): void {
    for (const it of [...this.#current, ...this.#behind.keys()]) this.#give(it, event);
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#pumping;
    await Promise.all(this.#behind.values());
    this.#current.clear();
  }

  async #pump(): Promise<void> {
    const { clock } = this.#options;
    while (this.#again && !this.#over.signal.aborted) {
      await clock.sleep(BURST_MS, this.#over.signal);
      this.#again = false;
      while (await this.#takePage()) await clock.sleep(0, this.#over.signal);
    }
  }

  /** @returns Whether there may be more. */
  async #takePage(): Promise<boolean> {
    const journal = await this.#options.journal();
    return journal !== null && this.#current.size > 0 && this.#giveFrom(journal);
  }

  /** @returns Whether there may be more. */
  #giveFrom(journal: Journal): boolean {
    const head = this.#headIn(journal);
    const events = journal.events({ after: head, limit: PAGE });
    this.#head = events.at(-1)?.seq ?? head;
    if (events.length > 0) { for (const it of this.#current) this.#giveNew(it, events); }
    return events.length === PAGE;
  }

  /** Where those who are current stand. A journal that is shorter than that was set aside: its heir begins anew. */
  #headIn(journal: Journal): number {
    const high = journal.highSeq();
    if (this.#head !== null && this.#head > high) {
      this.#head = 0;
      for (const it of this.#current) it.seq = 0;
    }
    return this.#head ??= high;
  }

  async #catchUp(subscriber: Subscriber): Promise<void> {
    for (;;) {
      const journal = await this.#options.journal();
      if (subscriber.signal.aborted || this.#over.signal.aborted) return;
      // From here on without a wait: nothing is written between the look and the joining.
      const high = journal?.highSeq() ?? 0;
      if (subscriber.seq === null) subscriber.seq = high;
      // It has seen more than there is: that was another journal.
      if (subscriber.seq > high) subscriber.seq = 0;
      const after = subscriber.seq;
      const events = after < high ? journal?.events({ after, limit: PAGE }) ?? [] : [];
      this.#giveNew(subscriber, events);
      if (events.length < PAGE) return this.#join(subscriber);
      await this.#options.clock.sleep(0, this.#over.signal);
    }
  }

  #join(subscriber: Subscriber): void {
    if (subscriber.signal.aborted) return;
    this.#current.add(subscriber);
    // It may be ahead of the others: they get the rest with the next page, and it skips it.
    if (this.#current.size === 1) this.#head = subscriber.seq;
    this.poke();
  }

  #giveNew(subscriber: Subscriber, events: readonly JournalEvent[]): void {
    const seen = subscriber.seq ?? 0;
    const first = events.findIndex((it) => it.seq > seen);
    if (first < 0) return;
    const fresh = first === 0 ? events : events.slice(first);
    subscriber.seq = fresh.at(-1)?.seq ?? seen;
    this.#give(subscriber, { type: "journal", events: fresh });
  }

  #give(subscriber: Subscriber, event: DeskEvent): void {
    if (subscriber.signal.aborted) return;
    try {
      subscriber.listener(event);
    } catch {
      this.#drop(subscriber);
    }
  }

  #drop(subscriber: Subscriber): void {
    this.#current.delete(subscriber);
    this.#behind.delete(subscriber);
  }
}
