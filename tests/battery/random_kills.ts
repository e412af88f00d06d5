/**
 * Kills CAR at random moments of a queue of ten tickets until so many kills have hit, and has it go on
 * after each. What must hold is asked from outside: the witness, git, the ticket files, /proc.
 */

import assert from "node:assert/strict";
import { type Arena, type ArenaAgent, openArena } from "../support/arena.ts";
import { randoms } from "../support/random.ts";
import { assertTurnsOnce, assertWhole, untilCompleted } from "./outcome.ts";

const TICKETS = 10;
/** Deaths of one queue, so that the ends of queues are met too. */
const KILLS_PER_QUEUE = 6;
/** The share of a whole run within which each kill comes: several meet the same queue. */
const SHARE_OF_RUN = 0.5;
/** What is promised is a second; the machine of a test may be busy with others. */
const GONE_MS_MAX = 5_000;
const LOOK_AGAIN_MS = 20;

export interface Tally {
  kills: number;
  queues: number;
  /** Turns begun a second time, each as the same turn. */
  begunAgain: number;
  /** Longest time until no process of the repo was left after a kill, in milliseconds. */
  goneMsMax: number;
  /** From the start of CAR to its first step, after a death, in milliseconds. */
  readonly restartMs: number[];
}

/** @param seed Of the moments; the machine decides what they hit. */
export async function killAtRandom(agent: ArenaAgent, kills: number, seed: number): Promise<Tally> {
  const random = randoms(seed);
  const tally: Tally = { kills: 0, queues: 0, begunAgain: 0, goneMsMax: 0, restartMs: [] };
  let wholeMs = await lengthOfRun(agent);
  while (tally.kills < kills) {
    await using arena = await openArena({ agent, tickets: TICKETS });
    const before = tally.kills;
    const most = Math.min(KILLS_PER_QUEUE, kills - before);
    const claimed: Claimed = new Map();
    while (tally.kills - before < most) {
      const startedMs = performance.now();
      const afterMs = random() * wholeMs * SHARE_OF_RUN;
      const through = await oneLife(arena, afterMs, tally, claimed);
      // Measured anew where it can be: a machine that was busy then may be quick now.
      if (through && tally.kills === before) wholeMs = performance.now() - startedMs;
      if (through) break;
    }
    await untilCompleted(arena);
    for (const [ticket, starts] of claimed) {
      assert.equal(await startsOf(arena, ticket), starts, `ticket ${ticket} was worked again`);
    }
    const deaths = tally.kills - before;
    await assertTurnsOnce(arena, deaths);
    await assertWhole(arena, TICKETS);
    for (const [turn, count] of arena.model.finishedTurns()) {
      assert.equal(count, 1, `the model ended turn ${turn} ${count} times`);
    }
    const starts = (await arena.witnessed()).filter((it) => it.what === "start").length;
    tally.begunAgain += starts - TICKETS;
    tally.queues++;
  }
  return tally;
}

async function lengthOfRun(agent: ArenaAgent): Promise<number> {
  await using arena = await openArena({ agent, tickets: TICKETS });
  const startedMs = performance.now();
  const ran = await arena.run(["run"]);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  return performance.now() - startedMs;
}

/** Starts of tickets that claimed to be done at a kill: their number may not grow any more. */
type Claimed = Map<number, number>;

/** A start of CAR and its kill after `afterMs`. @returns Whether the queue was through before. */
async function oneLife(
  arena: Arena,
  afterMs: number,
  tally: Tally,
  claimed: Claimed,
): Promise<boolean> {
  const startedMs = performance.now();
  await using car = arena.start(["run", "--json"]);
  if (claimed.size > 0) {
    void car.line(/"type":"step"/)
      .then(() => tally.restartMs.push(performance.now() - startedMs), () => {});
  }
  if (await endsWithin(car.ended, afterMs)) return (await car.ended).code === 0;
  car.signal("SIGKILL");
  const { signal, code } = await car.ended;
  if (signal !== "SIGKILL") return code === 0;
  tally.kills++;
  tally.goneMsMax = Math.max(tally.goneMsMax, await untilGone(arena));
  for (let ticket = 1; ticket <= TICKETS; ticket++) {
    const text = await Deno.readTextFile(arena.repo.ticketPath(ticket));
    if (/^done: true$/m.test(text)) claimed.set(ticket, await startsOf(arena, ticket));
  }
  return false;
}

async function startsOf(arena: Arena, ticket: number): Promise<number> {
  const seen = await arena.witnessed();
  return seen.filter((it) => it.what === "start" && it.ticket === ticket).length;
}

async function endsWithin(ended: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), ms);
  const answer = await Promise.race([late, ended.catch(() => null)]);
  clearTimeout(timer);
  return answer !== "late";
}

/** Waits until no process of the repo lives. @returns Milliseconds it took. */
export async function untilGone(arena: Pick<Arena, "leftovers">): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const left = await arena.leftovers();
    const tookMs = performance.now() - startedMs;
    if (left.length === 0) return tookMs;
    assert.ok(tookMs < GONE_MS_MAX, `still there after ${GONE_MS_MAX} ms: ${left.join("; ")}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** The tally in one line, for the log and for docs/GUARANTEES.md. */
export function tallyLine(agent: ArenaAgent, tally: Tally): string {
  const restarts = tally.restartMs.toSorted((a, b) => a - b);
  const ms = (at: number) => Math.round(restarts[Math.floor(at * (restarts.length - 1))] ?? 0);
  return `${agent}: ${tally.kills} kills in ${tally.queues} queues of ${TICKETS} tickets, ` +
    `${tally.begunAgain} turns begun again, all processes gone within ${
      Math.round(tally.goneMsMax)
    } ms, first step after a start ${ms(0.5)} ms (median), ${ms(1)} ms (worst)`;
}
