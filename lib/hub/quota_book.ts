/** The quota ledger of this machine's accounts, kept in the journal so that a restart knows it. */

import type { Clock } from "../base/clock.ts";
import type { Journal } from "../control/journal.ts";
import type { RunId } from "../engine/ids.ts";
import { readNote } from "../engine/notes.ts";
import {
  chooseFallback,
  EMPTY_LEDGER,
  foldQuotaError,
  foldRateLimit,
  foldWorked,
  type Park,
  parkedUntil,
  type QuotaLedger,
} from "../engine/quota.ts";
import type { AgentError, RateWindow } from "../engine/turn.ts";

/** Entries read back at the start: the newest of each account is among them. */
const NOTES_READ = 200;

export class QuotaBook {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #accountOf: (agent: string) => string | null;
  #ledger: QuotaLedger;

  /** @param accountOf The provider account an agent uses; null for agents without one. */
  constructor(journal: Journal, clock: Clock, accountOf: (agent: string) => string | null) {
    this.#journal = journal;
    this.#clock = clock;
    this.#accountOf = accountOf;
    this.#ledger = readLedger(journal);
  }

  get ledger(): QuotaLedger {
    return this.#ledger;
  }

  told(run: RunId, told: { account: string; windows: readonly RateWindow[] }): void {
    this.#keep(run, told.account, foldRateLimit(this.#ledger, told, this.#clock.now()));
  }

  refused(run: RunId, agent: string, error: AgentError): void {
    const account = this.#accountOf(agent);
    if (account === null) return;
    this.#keep(run, account, foldQuotaError(this.#ledger, account, error, this.#clock.now()));
  }

  worked(run: RunId, agent: string): void {
    const account = this.#accountOf(agent);
    if (account === null) return;
    this.#keep(run, account, foldWorked(this.#ledger, account, this.#clock.now()));
  }

  parked(agent: string): Park | null {
    const account = this.#accountOf(agent);
    return account === null ? null : parkedUntil(this.#ledger, account, this.#clock.now());
  }

  fallback(agent: string, candidates: readonly (string | null)[]): string | null {
    return chooseFallback(agent, candidates, this.#accountOf, this.#ledger, this.#clock.now());
  }

  #keep(run: RunId, account: string, ledger: QuotaLedger): void {
    const quota = ledger[account];
    if (quota === undefined || ledger === this.#ledger) return;
    this.#ledger = ledger;
    const atMs = this.#clock.now();
    const body = { account, quota };
    this.#journal.note([{ run, turn: null, ticket: null, type: "quota", atMs, body }]);
  }
}

/** The ledger as the journal last knew it. */
export function readLedger(journal: Journal): QuotaLedger {
  let ledger: QuotaLedger = EMPTY_LEDGER;
  for (const event of journal.events({ types: ["quota"], last: NOTES_READ })) {
    const note = readNote(event.type, event.body);
    if (note?.type === "quota") ledger = { ...ledger, [note.body.account]: note.body.quota };
  }
  return ledger;
}
