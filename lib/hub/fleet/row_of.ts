/** What is known of a repo, as its row in the hub's list. Pure: a decision over facts. */

import type { CarError } from "../../base/errors.ts";
import type { Destination } from "../../control/destination.ts";
import type { LockSight } from "../../control/lock.ts";
import type { RepoKind } from "../../control/manifest.ts";
import { explainRun } from "../../engine/explain_run.ts";
import { isLive, type Run } from "../../engine/run.ts";
import type { HubRepoRow, LastRun, LockStatus, RepoStatusName, SlotStatus } from "./row.ts";

/** What the list of repos says of one. */
export interface ListedRepo {
  readonly id: string;
  readonly path: string;
  readonly root: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly autoRun: boolean;
  readonly kind: RepoKind;
  readonly worktreeOf: string | null;
  readonly branch: string | null;
  /** Null: as its config says. */
  readonly destination: Destination | null;
}

/** What its folder says. */
export interface RepoFacts {
  readonly exists: boolean;
  readonly initialized: boolean;
  /** Why it could not be initialised. */
  readonly initError: string | null;
  readonly lock: LockSight;
  /** The newest run; null: there was none. */
  readonly run: Run | null;
  /** The newest event of any kind. */
  readonly lastSign: { readonly seq: number; readonly atMs: number } | null;
  /** Null when the tickets cannot be read. */
  readonly tickets: { readonly done: number; readonly total: number } | null;
  /** As its config says. */
  readonly destination: Destination;
  /** Open items of its own inbox. */
  readonly attention: number;
  /** Open questions of chats about it. */
  readonly chats: number;
  readonly dirty: boolean | null;
  /** Of a worktree: why it is not ready to be worked in, with the way out. */
  readonly setupTrouble: string | null;
  /** Why its state cannot be read, or its work could not go on. */
  readonly trouble: CarError | null;
}

/** What this process does with it. */
export interface RepoDoing {
  readonly slot: SlotStatus;
  readonly slotsMax: number | null;
  /** It is being made ready to be worked. */
  readonly starting: boolean;
  /** The lock is ours. */
  readonly ours: boolean;
  /** Why `auto_run` does not start it; null where it would, or was not asked to. */
  readonly notStarted: string | null;
}

export function rowOf(listed: ListedRepo, facts: RepoFacts, doing: RepoDoing): HubRepoRow {
  const status = statusOf(facts, doing);
  const { run } = facts;
  return {
    ...listed,
    destination: listed.destination ?? facts.destination,
    exists: facts.exists,
    initialized: facts.initialized,
    initError: facts.initError,
    setupTrouble: facts.setupTrouble,
    status,
    lock: lockOf(facts.lock),
    reason: reasonOf(status, listed, facts, doing),
    sinceMs: run === null
      ? null
      : cutOff(facts)
      ? facts.lastSign?.atMs ?? run.sinceMs
      : run.sinceMs,
    run: run !== null && (isLive(run.status) || run.status === "paused") ? run.id : null,
    lastRun: run === null ? null : lastRunOf(run, facts),
    done: facts.tickets?.done ?? null,
    total: facts.tickets?.total ?? null,
    dirty: facts.dirty,
    attention: facts.attention + facts.chats,
    lastActivityMs: facts.lastSign?.atMs ?? null,
    slot: doing.slot,
  };
}

/** A live run of which nobody is the owner. */
const cutOff = ({ run, lock }: RepoFacts): boolean =>
  run !== null && isLive(run.status) && lock.type === "free";

function statusOf(facts: RepoFacts, doing: RepoDoing): RepoStatusName {
  const { run, lock } = facts;
  if (!facts.exists) return "MISSING";
  if (facts.initError !== null) return "INIT_ERROR";
  if (!facts.initialized) return "UNINITIALIZED";
  if (doing.starting) return "RUNNING";
  if (facts.trouble !== null || cutOff(facts)) return "ERROR";
  if (run !== null && isLive(run.status)) return "RUNNING";
  if (run?.status === "paused") return "PAUSED";
  if (run?.status === "failed") return "ERROR";
  if (lock.type === "busy" && !doing.ours) return "LOCKED";
  return facts.setupTrouble === null ? "IDLE" : "ERROR";
}

function lockOf(lock: LockSight): LockStatus {
  if (lock.type === "busy") return "LOCKED_ALIVE";
  return lock.last !== null && !lock.last.clean ? "LOCKED_STALE" : "UNLOCKED";
}

function reasonOf(
  status: RepoStatusName,
  listed: ListedRepo,
  facts: RepoFacts,
  doing: RepoDoing,
): string {
  const said = saidOf(status, listed, facts, doing);
  if (!listed.enabled) return `It is disabled in the manifest. ${said}`;
  return doing.notStarted === null ? said : `${said} Not started by itself: ${doing.notStarted}`;
}

function saidOf(
  status: RepoStatusName,
  { root }: ListedRepo,
  facts: RepoFacts,
  { slot, slotsMax, starting }: RepoDoing,
): string {
  const { run, lock, trouble } = facts;
  if (status === "MISSING") return `${root} is not there.`;
  if (status === "INIT_ERROR") return facts.initError ?? "It could not be initialised.";
  if (status === "UNINITIALIZED") return "It has no .codex-autorunner yet.";
  if (typeof slot === "object") {
    return `It waits for a free slot: number ${slot.waiting} in line (hub.max_parallel is ${slotsMax}).`;
  }
  if (starting) return "Its run is being started.";
  if (trouble !== null) return sentence(trouble.message);
  if (status === "LOCKED" && lock.type === "busy") {
    const who = lock.holder === null
      ? "Another process"
      : `${lock.holder.command} (process ${lock.holder.pid})`;
    return `${who} has it.`;
  }
  const { setupTrouble } = facts;
  const said = run === null
    ? "No run has been started in it yet."
    : sentence(headlineOf(run, facts));
  if (setupTrouble === null) return said;
  // What its run does comes first while there is something to do about it.
  const isOver = run === null || run.status === "completed" || run.status === "stopped";
  return isOver ? setupTrouble : `${said} ${setupTrouble}`;
}

function headlineOf(run: Run, { lock, lastSign }: RepoFacts): string {
  return explainRun({ run, moments: [], ownerAlive: lock.type === "busy", lastSign }).headline;
}

const sentence = (words: string): string => /[.!?]$/.test(words) ? words : `${words}.`;

const lastRunOf = (run: Run, facts: RepoFacts): LastRun => ({
  id: run.id,
  status: cutOff(facts) ? "cut_off" : run.status,
  startedMs: run.startedAtMs,
  endedMs: isLive(run.status) || run.status === "paused" ? null : run.sinceMs,
});
