/** One reviewer's turn: its own thread, read-only, watched like any turn; what it leaves changed is found out. */

import { asCarError } from "../base/errors.ts";
import { plural } from "../base/text.ts";
import { turnId } from "../engine/ids.ts";
import { NOTHING_SPENT } from "../engine/limits.ts";
import type { AgentThread } from "../engine/ports.ts";
import { decideFailure } from "../engine/recovery.ts";
import {
  cannotTell,
  decodeOpinion,
  type Opinion,
  REVIEW_DIFF_BYTES_MAX,
  reviewPrompt,
} from "../engine/review.ts";
import type { Run } from "../engine/run.ts";
import { type Ticket, ticketLabel } from "../engine/ticket.ts";
import type { TurnEvent } from "../engine/turn.ts";
import type { AtRun } from "./at_run.ts";
import { firstBaseTree } from "./guard.ts";
import { openSettings, silenceOf, turnLimits } from "./settings.ts";
import { TurnNotes } from "./turn_notes.ts";
import { runTurn, type TurnTold } from "./turn_runner.ts";

export interface ReviewOrder {
  readonly ticket: Ticket;
  /** The tree the checks ran on. */
  readonly treeId: string;
  /** Command lines of the checks, all of them passed. */
  readonly checks: readonly string[];
}

interface Order extends ReviewOrder {
  readonly agent: string;
}

/** Null: broken off because the run is asked to end. */
export async function askReviewer(
  place: AtRun,
  run: Run,
  order: Order,
  signal: AbortSignal,
): Promise<Opinion | null> {
  const parked = place.quota.parked(order.agent);
  if (parked !== null) return cannotTell(`The account "${parked.account}" is out of quota`);
  const prompt = await promptFor(place, order);
  const ticketsBefore = await place.tickets.contentHash();
  const opinion = await opinionFrom(place, run, order, prompt, signal);
  const changed = await changedFiles(place, order.treeId, ticketsBefore);
  if (changed.length === 0 || opinion === null) return opinion;
  return cannotTell(`The reviewer changed files, or somebody did meanwhile: ${someOf(changed)}`);
}

async function promptFor(place: AtRun, { ticket, treeId, checks }: Order): Promise<string> {
  const base = firstBaseTree(place, place.run, ticket.id);
  return reviewPrompt({
    ticket: {
      path: place.tickets.path(ticket),
      text: await place.tickets.text(ticket) ?? "",
    },
    diff: base === null ? null : await place.git.diff(base, treeId, REVIEW_DIFF_BYTES_MAX),
    checks,
  });
}

/** Tries again after a passing failure, as often as after a turn's. */
async function opinionFrom(
  place: AtRun,
  run: Run,
  order: Order,
  prompt: string,
  signal: AbortSignal,
): Promise<Opinion | null> {
  const { retryAttempts, retryBaseMs, retryMaxMs } = run.settings;
  for (let attempts = 1;; attempts++) {
    const told = await reviewTurn(place, run, order, prompt, signal);
    if (signal.aborted) return null;
    if (typeof told === "string") return cannotTell(told);
    if (told.limit !== null) return cannotTell(`The review was ended: ${told.limit}`);
    if (told.error === null) return decodeOpinion(told.lastText);
    if (told.error.kind === "quota") place.quota.refused(run.id, order.agent, told.error);
    const next = decideFailure(told.error, { attempts }, {
      attemptsMax: retryAttempts,
      baseMs: retryBaseMs,
      maxMs: retryMaxMs,
      jitter: place.chance.share(),
    });
    if (next.type === "pause") return cannotTell(next.detail);
    if (next.type === "park") return cannotTell(told.error.message);
    const delayMs = next.type === "retry" ? next.delayMs : 0;
    await place.clock.sleep(delayMs, signal).catch(() => {});
  }
}

/** @returns Why there was no turn, or what came of it. */
async function reviewTurn(
  place: AtRun,
  run: Run,
  order: Order,
  prompt: string,
  signal: AbortSignal,
): Promise<TurnTold | string> {
  const opened = await openReadOnly(place, order);
  if (typeof opened === "string") return opened;
  const owner = { run: run.id, turn: null, ticket: order.ticket.id };
  const notes = new TurnNotes(place.journal, owner, () => place.clock.now());
  try {
    return await watched(place, run, order, opened, prompt, (event) => {
      notes.take(event);
      if (event.type === "rate_limit") place.quota.told(run.id, event);
    }, signal);
  } finally {
    notes.close();
    await opened.close().catch(() => {});
  }
}

async function openReadOnly(place: AtRun, order: Order): Promise<AgentThread | string> {
  try {
    return await place.agents.get(order.agent).open({
      ...openSettings(place.config, order.agent, null),
      resume: null,
      posture: "read-only",
      title: `Review of ${ticketLabel(order.ticket)}`,
    });
  } catch (thrown) {
    const { message, hint } = asCarError(thrown);
    return place.agents.keepable(hint === undefined ? message : `${message} ${hint}`);
  }
}

async function watched(
  place: AtRun,
  run: Run,
  order: Order,
  thread: AgentThread,
  prompt: string,
  sink: (event: TurnEvent) => void,
  signal: AbortSignal,
): Promise<TurnTold> {
  const { clock, config } = place;
  // Its own mark: what the reviewer starts is none of the ticket's turn.
  const id = turnId(place.chance.hex());
  const ticketPath = place.tickets.path(order.ticket);
  const env = { CAR_RUN_ID: run.id, CAR_TURN_ID: id, CAR_TICKET: ticketPath };
  const told = await runTurn(
    thread,
    { turnId: id, prompt, ticketPath, env },
    {
      clock,
      secrets: place.agents.secrets,
      limits: { ...turnLimits(config, order.ticket, run), ...NO_SUMS },
      spent: NOTHING_SPENT,
      silence: silenceOf(config),
      turnSeconds: config.limits.turn_seconds,
      kill: async () => {
        await place.agents.get(order.agent).kill();
        await place.room.sweepTurn(id);
      },
    },
    sink,
    signal,
  );
  if (told.result !== "completed") await place.room.sweepTurn(id);
  return told;
}

/** A review is none of the ticket's turns, so the sums over ticket and run do not count in it. */
const NO_SUMS = {
  ticketTurns: null,
  ticketMinutes: null,
  ticketTokens: null,
  runTurns: null,
  runMinutes: null,
  runTokens: null,
} as const;

/** What changed since the checks: paths of the tree, and the ticket folder as one. */
async function changedFiles(
  place: AtRun,
  treeBefore: string,
  ticketsBefore: string,
): Promise<readonly string[]> {
  const treeNow = await place.git.treeId();
  const files = await place.git.changedPaths(treeBefore, treeNow);
  const tickets = await place.tickets.contentHash() === ticketsBefore ? [] : ["the tickets"];
  return [...files, ...tickets];
}

const SHOWN = 5;

function someOf(paths: readonly string[]): string {
  const more = paths.length - SHOWN;
  const shown = paths.slice(0, SHOWN).join(", ");
  return more > 0 ? `${shown} and ${plural(more, "other")}` : shown;
}
