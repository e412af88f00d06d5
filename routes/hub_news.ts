/**
 * What happens in any repo of the hub, for pages that show many: kept for a while, so that a client
 * that was cut off misses nothing. A cursor means something only to the start of CAR that gave it.
 */

import type { Fleet, FleetEvent } from "../lib/hub/fleet/fleet.ts";
import { type EventClient, type Frame, frame } from "./sse.ts";

/** Events kept for those who come again: minutes of a busy hub. */
const KEPT_MAX = 5_000;

export class HubNews {
  readonly #boot: string;
  readonly #clean: (text: string) => string;
  /** The newest, in order, as a ring: the event of number n lies at n modulo its length. */
  readonly #kept: Frame[] = [];
  readonly #clients = new Set<EventClient>();
  /** The number of the newest event; 0 before the first. */
  #count = 0;

  /** @param boot Fresh for each start. @param clean Takes secrets out. */
  constructor(boot: string, clean: (text: string) => string) {
    this.#boot = boot;
    this.#clean = clean;
  }

  /** Takes what the fleet tells, until the signal aborts. */
  listen(fleet: Pick<Fleet, "subscribe">, signal: AbortSignal): void {
    fleet.subscribe((event) => {
      for (const fact of factsOf(event)) this.#tell(fact);
    }, signal);
  }

  /** Sends what the client missed, then what comes. */
  open(client: EventClient): void {
    const seen = client.after === null ? this.#count : this.#numberOf(client.after);
    const isKnown = seen !== null && seen <= this.#count && seen >= this.#count - this.#kept.length;
    if (!isKnown) client.send(frame({ event: "reset", data: { reason: "gone" } }));
    const from = isKnown ? seen : this.#count;
    client.send(frame({ event: "hello", id: this.#cursor(from), data: { boot: this.#boot } }));
    this.#clients.add(client);
    client.signal.addEventListener("abort", () => this.#clients.delete(client), { once: true });
    for (let number = from + 1; number <= this.#count; number++) {
      const kept = this.#kept[number % KEPT_MAX];
      if (kept !== undefined) client.send(kept);
    }
  }

  #tell({ event, data }: Fact): void {
    const number = ++this.#count;
    const made = frame({ event, id: this.#cursor(number), data }, this.#clean);
    this.#kept[number % KEPT_MAX] = made;
    for (const client of this.#clients) client.send(made);
  }

  #cursor(number: number): string {
    return `${this.#boot}:${number}`;
  }

  #numberOf(cursor: string): number | null {
    const [boot, number = ""] = cursor.split(":");
    return boot === this.#boot && /^\d{1,15}$/.test(number) ? Number(number) : null;
  }
}

interface Fact {
  readonly event: "repos" | "changed" | "step";
  readonly data: unknown;
}

/** The news of a hub are short: who wants the whole follows the repo. */
function factsOf(event: FleetEvent): readonly Fact[] {
  if (event.type === "repos") {
    return [{ event: "repos", data: { ids: event.ids, version: event.version } }];
  }
  const { repo, event: of } = event;
  if (of.type === "changed") return [{ event: "changed", data: { repo, what: of.what } }];
  if (of.type === "live") return [];
  return of.events.filter((it) => it.kind === "step").map(({ seq, run, atMs, type, ticket }) => ({
    event: "step",
    data: { repo, seq, run, atMs, type, ticket },
  }));
}
