import assert from "node:assert/strict";
import { type Arena, openArena } from "../support/arena.ts";
import { inParallel } from "../support/in_parallel.ts";
import { assertTurnsOnce, assertWhole, untilCompleted } from "./outcome.ts";

/** The two processors of the smallest machine, and one for the waits. */
const AT_ONCE = 3;
/** Recovery of the short run passes at least so many places. */
const RECOVERY_PLACES = 25;

const plan = (how: string) => ({ CAR_TEST: "1", CAR_FAILPOINT: how });

/** The names of the places a run passes, in order. */
async function placesOf(tickets: number): Promise<readonly string[]> {
  await using arena = await openArena({ tickets, quiet: true });
  const log = `${arena.outside}/places`;
  const ran = await arena.run(["run"], { ...plan("0:count"), CAR_FAILPOINT_LOG: log });
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  return (await Deno.readTextFile(log)).trim().split("\n");
}

/** Failures told in full; more of them say nothing new. */
const FAILURES_TOLD = 5;

/** Tries each place in an arena of its own; a failure names its place. */
async function atEach(
  places: readonly number[],
  names: readonly string[],
  body: (place: number) => Promise<void>,
): Promise<void> {
  assert.ok(names.length > 50, `only ${names.length} places: the failpoints are gone`);
  const failed: string[] = [];
  await inParallel(AT_ONCE, places, async (place) => {
    await body(place).catch((thrown) => {
      failed.push(`place ${place} (${names[place - 1]}): ${thrown}`);
    });
  });
  const told = failed.slice(0, FAILURES_TOLD).join("\n");
  assert.equal(failed.length, 0, `${failed.length} of ${places.length} places failed:\n${told}`);
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);

async function died(arena: Arena, place: number): Promise<boolean> {
  const { signal, code, stdout, stderr } = await arena.run(["run"], plan(`${place}:kill`));
  if (signal === "SIGKILL") return true;
  // The last places move by a few with the speed of the machine.
  assert.equal(code, 0, stdout + stderr);
  return false;
}

Deno.test("kill -9 at every durable call of a run of two tickets: nothing lost, nothing twice", async () => {
  const names = await placesOf(2);
  await atEach(upTo(names.length), names, async (place) => {
    await using arena = await openArena({ tickets: 2, quiet: true });
    const deaths = await died(arena, place) ? 1 : 0;
    if (deaths > 0) await untilCompleted(arena);
    await assertTurnsOnce(arena, deaths);
    await assertWhole(arena, 2);
  });
});

Deno.test("kill -9 at a durable call, and again in the recovery: nothing lost, nothing twice", async () => {
  const names = await placesOf(1);
  await atEach(upTo(names.length).filter((it) => it % 3 === 0), names, async (place) => {
    await using arena = await openArena({ tickets: 1, quiet: true });
    let deaths = await died(arena, place) ? 1 : 0;
    if (deaths === 0) return;
    if (await died(arena, 1 + (place * 7) % RECOVERY_PLACES)) {
      deaths++;
      await untilCompleted(arena);
    }
    await assertTurnsOnce(arena, deaths);
    await assertWhole(arena, 1);
  });
});

/** A run on a disk that fails once. @returns Whether it had to be set going again. */
async function meetsTrouble(arena: Arena, how: string, words: RegExp): Promise<boolean> {
  await using car = arena.start(["run", "--json"], plan(how));
  // A pause that ends by itself is not waited for here: a signal leaves it.
  void car.line(/"status":"paused"/).then(() => car.signal("SIGTERM"), () => {});
  const { code, stdout, stderr } = await car.ended;
  if (code === 0 && /"status":"completed"/.test(stdout)) return false;
  const told = stdout + stderr;
  assert.match(told, words);
  assert.ok(told.includes(arena.repo.cwd), `no path is named: ${told}`);
  return true;
}

for (const [how, words] of [["enospc", /the disk is full/], ["eio", /the disk/]] as const) {
  Deno.test(`${how} at the durable calls of a run: said with its path, and nothing lost`, async () => {
    const names = await placesOf(1);
    const failing = upTo(names.length).filter((it) => !isAfterTheAct(names[it - 1] ?? ""));
    // The two troubles go the same way through the code: the second is tried at every third call.
    const tried = how === "enospc" ? failing : failing.filter((_, at) => at % 3 === 0);
    await atEach(tried, names, async (place) => {
      await using arena = await openArena({ tickets: 1, quiet: true });
      if (await meetsTrouble(arena, `${place}:${how}`, words)) await untilCompleted(arena);
      const starts = (await arena.witnessed()).filter((it) => it.what === "start");
      // The shell agent's own claim may be what failed: then its turn has failed, and another follows.
      assert.ok(starts.length <= 2, `${starts.length} turns`);
      await assertWhole(arena, 1);
    });
  });
}

const isAfterTheAct = (name: string): boolean =>
  name === "database.written" || name.startsWith("git.");
