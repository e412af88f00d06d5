/**
 * How often each of many clients is written to. A write costs the same for one event as for ten, so the
 * more clients there are, the longer what comes next is gathered; a few get each event at once.
 */

/** Something that gathers what it is given, and gives it on when told. */
export interface Paced {
  flush(): void;
}

/** As many more clients make a burst be gathered for a millisecond more. */
const CLIENTS_A_MS = 50;
/** What nobody notices in a page that changes, in milliseconds. */
const GATHER_MS_MAX = 20;

export class EventPace {
  readonly #clients: () => number;
  readonly #waiting = new Set<Paced>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param clients How many there are. */
  constructor(clients: () => number) {
    this.#clients = clients;
  }

  /** Flushes it now, or in some milliseconds when there are many. */
  soon(paced: Paced): void {
    const gatherMs = Math.min(GATHER_MS_MAX, Math.floor(this.#clients() / CLIENTS_A_MS));
    if (gatherMs === 0) return paced.flush();
    this.#waiting.add(paced);
    this.#timer ??= setTimeout(() => this.#flushAll(), gatherMs);
  }

  /** It has nothing to flush any more. */
  forget(paced: Paced): void {
    this.#waiting.delete(paced);
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flushAll(): void {
    this.#timer = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const it of waiting) it.flush();
  }
}
