/** One simulated life of a run under one seed: work, die, recover, be helped by a person, until it rests. */

import assert from "node:assert/strict";
import type { Clock } from "../../lib/base/clock.ts";
import { Journal } from "../../lib/control/journal.ts";
import type { Command, RunEvent } from "../../lib/engine/events.ts";
import { runId, type TicketId } from "../../lib/engine/ids.ts";
import { isLive, type Run } from "../../lib/engine/run.ts";
import { newRun, replay } from "../../lib/engine/step.ts";
import { RunWorker } from "../../lib/hub/worker.ts";
import { randoms } from "../support/random.ts";
import { SETTINGS } from "../support/run_fixtures.ts";
import { Simulated, type Weather } from "./simulated.ts";
import { World } from "./world.ts";

/** Lives and acts of the person after which the weather turns fair, and after which it must be over. */
const FAIR_AFTER = 60;
const LIVES_MAX = 400;

class Died extends Error {}

export interface Life {
  readonly run: Run;
  readonly world: World;
  readonly journal: Journal;
  readonly deaths: number;
}

/** Time that passes only when somebody sleeps, and may jump. */
function simulatedClock(random: () => number): Clock {
  let wall = 1_000_000_000_000;
  let steady = 0;
  return {
    now: () => wall,
    elapsed: () => steady,
    sleep: async (ms) => {
      await Promise.resolve();
      steady += ms;
      wall += ms + (random() < 0.05 ? (random() - 0.5) * 172_800_000 : 0);
    },
  };
}

/** Lives one seed. Throws when an invariant is broken; the caller prints the seed. */
export async function simulate(seed: number, weather: Weather): Promise<Life> {
  const random = randoms(seed);
  const world = new World(random, 1 + Math.floor(random() * 5));
  const clock = simulatedClock(random);
  const journal = Journal.open(":memory:");
  const persons = new Set<TicketId>();
  let run: Run = newRun(runId(1), SETTINGS, clock.now());
  journal.createRun(run);
  let deaths = 0;
  for (let life = 0; life < LIVES_MAX; life++) {
    const now = life < FAIR_AFTER ? weather : { crash: 0, vice: 0 };
    const settled = () => new Set([...persons, ...settledIn(journal)]);
    const ended = await live(run, { world, clock, journal, weather: now, settled, life });
    run = journal.lastRun() ?? run;
    if (ended === "died") {
      deaths++;
      continue;
    }
    if (isLive(run.status)) throw new Error("the worker left a live run");
    checkLife({ run, world, journal, deaths }, persons);
    if (run.status === "completed") {
      const broken = world.tickets.filter((it) => !it.done).length;
      if (broken > 0) throw new Error(`completed with ${broken} open tickets`);
      return { run, world, journal, deaths };
    }
    help(run, world, persons);
  }
  throw new Error(
    `still ${run.status} (${run.pause?.reason}: ${run.pause?.detail}) after ${LIVES_MAX} lives`,
  );
}

interface Surrounding {
  readonly world: World;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly weather: Weather;
  readonly settled: () => ReadonlySet<TicketId>;
  readonly life: number;
}

/** One life of the CAR process: from its start to its death or its run's rest. */
async function live(run: Run, given: Surrounding): Promise<"rested" | "died"> {
  const { promise: death, reject } = Promise.withResolvers<never>();
  death.catch(() => {});
  const surroundings: Simulated = new Simulated(
    given.world,
    given.settled,
    (turn) => given.journal.events({ turn, types: ["turn_ended"], kinds: ["step"] }).length > 0,
    given.weather,
    () => {
      surroundings.kill();
      reject(new Died());
    },
    given.life,
  );
  const worker = new RunWorker(run, {
    journal: mortal(given, surroundings, reject),
    clock: given.clock,
    surroundings,
    wait: false,
  });
  const work = async () => {
    await worker.recover();
    if (!isLive(worker.run.status)) begin(worker);
    meddle(worker, given);
    await worker.work();
  };
  try {
    await Promise.race([work(), death]);
    return "rested";
  } catch (thrown) {
    if (thrown instanceof Died) return "died";
    throw thrown;
  }
}

function begin(worker: RunWorker): void {
  const type = worker.run.status === "paused" ? "resume" as const : "start" as const;
  if (worker.run.status === "completed") return;
  worker.command({ type, by: "person", settings: SETTINGS });
}

/** A person's commands at an odd moment. */
function meddle(worker: RunWorker, given: Surrounding): void {
  if (given.weather.vice === 0 || !given.world.chance(0.2)) return;
  const commands: Command[] = [
    { type: "pause", by: "person" },
    { type: "stop", by: "person" },
    { type: "kill", by: "person" },
    { type: "start", by: "person", settings: SETTINGS },
    { type: "decide", by: "person", answer: "accept" },
  ];
  const command = commands[Math.floor(given.world.random() * commands.length)];
  const hops = Math.floor(given.world.random() * 60);
  const later = async () => {
    for (let hop = 0; hop < hops; hop++) await Promise.resolve();
    if (command !== undefined) worker.command(command);
  };
  later().catch(() => {});
}

/** The journal of a process that may die right before or right after any write. */
function mortal(given: Surrounding, surroundings: Simulated, reject: (e: Error) => void): Journal {
  const mayDie = () => {
    if (!surroundings.dead && !given.world.chance(given.weather.crash)) return;
    surroundings.kill();
    const died = new Died();
    reject(died);
    throw died;
  };
  return new Proxy(given.journal, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "commit" && name !== "refuse") return value.bind(target);
      return (...args: unknown[]) => {
        mayDie();
        const result: unknown = value.apply(target, args);
        mayDie();
        return result;
      };
    },
  });
}

/** Tickets whose done the journal has a good verdict for. */
function settledIn(journal: Journal): Set<TicketId> {
  const settled = new Set<TicketId>();
  const run = journal.lastRun();
  for (const id of run?.done ?? []) settled.add(id);
  return settled;
}

/** What a person does about a run at rest. */
function help(run: Run, world: World, persons: Set<TicketId>): void {
  for (const it of world.tickets) it.broken = false;
  if (world.dispatch === "broken") world.dispatch = "none";
  if (run.pause?.reason !== "user_ticket") return;
  const mine = world.tickets.find((it) => !it.done && it.agent === "user");
  if (mine === undefined) throw new Error("paused for a person's ticket that is not there");
  Object.assign(mine, { done: true, real: true });
  persons.add(mine.id);
}

/** The promises that hold whenever the run rests. */
function checkLife(life: Life, persons: ReadonlySet<TicketId>): void {
  const { run, world, journal } = life;
  const fail = (what: string) => {
    throw new Error(what);
  };
  if (run.status === "paused" && (!run.pause?.detail || !run.pause.next)) {
    fail("paused without a reason");
  }
  if (run.status !== "paused" && !run.ended) fail(`${run.status} without words`);
  const count = (type: string, key: string) =>
    world.log.filter((it) => it.type === type && it.key === key).length;
  for (const { type, key } of world.log) {
    if (type === "again") fail(`the prompt of turn ${key} was sent twice`);
    if (type === "arrived" && count("arrived", key) > 1 + life.deaths) {
      fail(`turn ${key} came too often`);
    }
    if (type === "commit" && count("commit", key) > 1) fail(`${key} committed twice`);
  }
  for (const it of world.tickets) {
    const settled = run.done.includes(it.id) || persons.has(it.id);
    if (run.status === "completed" && !settled) fail(`ticket ${it.number} slipped past the gate`);
    const verdict = journal.events({ ticket: it.id, types: ["settled"], kinds: ["step"] }).at(-1);
    if (run.done.includes(it.id) && verdict === undefined) {
      fail(`ticket ${it.number} done without a verdict`);
    }
    if (run.done.includes(it.id) && it.hasCheck && !it.real && !persons.has(it.id)) {
      const accepted = journal.events({ run: run.id, types: ["decide"], kinds: ["step"] });
      if (accepted.length === 0) fail(`ticket ${it.number} done, but its work is not there`);
    }
  }
  const first = journal.firstState(run.id) ?? run;
  const events = journal.events({ run: run.id, kinds: ["step"] }).map((it) => it.body as RunEvent);
  const again = replay(first, events).run;
  // Through JSON, as the journal keeps it: a key that is undefined is a key that is not there.
  assert.deepEqual(JSON.parse(JSON.stringify(again)), run, "the journal replays to another state");
}
