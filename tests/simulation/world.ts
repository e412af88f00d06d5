/**
 * The world outside CAR, in memory: tickets, a tree, an agent with a record of its own, and a log that
 * an outside witness keeps. It survives CAR's crashes; nothing in it knows about the journal.
 */

import type { TicketId, TurnId } from "../../lib/engine/ids.ts";
import type { LintProblem, Queue, Ticket } from "../../lib/engine/ticket.ts";
import { ticket } from "../support/run_fixtures.ts";

export interface WorldTicket {
  id: TicketId;
  number: number;
  agent: string;
  done: boolean;
  /** The work is really there: what the checks find out. */
  real: boolean;
  /** The file cannot be read. */
  broken: boolean;
  hasCheck: boolean;
}

/** What the witness saw: the agent's side of each turn, and each commit. */
export interface Witnessed {
  /** `again`: a prompt sent although the agent's record has it; that may never happen. */
  readonly type: "arrived" | "again" | "ended" | "commit";
  readonly key: string;
}

export class World {
  tickets: WorldTicket[] = [];
  tree = 0;
  dispatch: "none" | "notify" | "pause" | "broken" = "none";
  readonly log: Witnessed[] = [];
  /** The agent's own record, by turn. */
  readonly record = new Map<TurnId, "arrived" | "ended">();
  readonly random: () => number;
  #numbers = 0;

  constructor(random: () => number, count: number) {
    this.random = random;
    for (let i = 0; i < count; i++) this.addTicket();
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  addTicket(): void {
    const number = ++this.#numbers;
    this.tickets.push({
      id: `tkt_${String(number).padStart(6, "0")}` as TicketId,
      number,
      agent: this.chance(0.05) ? "user" : "codex",
      done: false,
      real: false,
      broken: false,
      hasCheck: this.chance(0.8),
    });
  }

  find(id: TicketId): WorldTicket | undefined {
    return this.tickets.find((it) => it.id === id);
  }

  /** The folder as CAR would read it. */
  queue(): Queue {
    const problems: LintProblem[] = this.tickets.filter((it) => it.broken).map((it) => ({
      code: "yaml",
      file: `TICKET-${it.number}.md`,
      line: 2,
      key: null,
      message: "The frontmatter cannot be read",
      fixable: false,
    }));
    const tickets = this.tickets.filter((it) => !it.broken).sort((a, b) => a.number - b.number);
    return { tickets: tickets.map(asTicket), problems };
  }
}

export function asTicket(it: WorldTicket): Ticket {
  return ticket(it.number, {
    id: it.id,
    agent: it.agent,
    done: it.done,
    verify: it.hasCheck ? [{ run: "check", timeoutSeconds: null }] : [],
  });
}
