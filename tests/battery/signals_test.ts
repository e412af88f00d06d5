import assert from "node:assert/strict";
import { mayRunAgent } from "../support/agents.ts";
import { type Arena, openArena } from "../support/arena.ts";
import type { RunningCar } from "../support/car.ts";
import { readEach, type SeenProcess } from "../support/processes.ts";
import { soon } from "../support/soon.ts";
import { assertTurnsOnce, assertWhole, untilCompleted } from "./outcome.ts";
import { untilGone } from "./random_kills.ts";

/** The first ticket stays in its turn until the test says go. */
const HOLD = (ticket: number) => ticket === 1 ? `[ -e "$W/go" ] || sleep 600` : ":";
const DEAF = (ticket: number) => `trap '' TERM INT HUP\n${HOLD(ticket)}`;
const go = (arena: Arena) => Deno.writeTextFile(`${arena.outside}/go`, "");

/** A run in the middle of its first turn. */
async function inTurn(arena: Arena): Promise<RunningCar> {
  const car = arena.start(["run", "--json"]);
  await soon("the first turn", async () => (await arena.witnessed()).length > 0);
  return car;
}

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129], ["SIGINT", 130]] as const) {
  Deno.test(`${signal} ends the turn and the run in order; the next start goes on`, async () => {
    await using arena = await openArena({ commands: HOLD });
    await using car = await inTurn(arena);
    car.signal(signal);
    assert.equal((await car.ended).code, code);
    assert.deepEqual(await arena.leftovers(), []);
    const status = await arena.run(["status"]);
    assert.match(status.stdout, /stopped/);
    await go(arena);
    assert.equal(await untilCompleted(arena), 1);
    await assertWhole(arena, 2);
  });
}

/** Two signals closer together than this are one event: a terminal that closes sends two. */
const APART_MS = 200;

Deno.test("a second SIGINT does not wait for a deaf agent", async () => {
  await using arena = await openArena({ commands: DEAF });
  await using car = await inTurn(arena);
  car.signal("SIGINT");
  await car.line(/"status":"stopping"/);
  await new Promise((resolve) => setTimeout(resolve, APART_MS));
  const secondMs = performance.now();
  car.signal("SIGINT");
  assert.equal((await car.ended).code, 130);
  console.log(`gone ${Math.round(performance.now() - secondMs)} ms after the second SIGINT`);
  assert.deepEqual(await arena.leftovers(), []);
  await go(arena);
  await untilCompleted(arena);
  await assertWhole(arena, 2);
});

Deno.test("one SIGTERM ends a deaf agent by the ladder's end", async () => {
  await using arena = await openArena({ commands: DEAF });
  await using car = await inTurn(arena);
  const startedMs = performance.now();
  car.signal("SIGTERM");
  assert.equal((await car.ended).code, 143);
  console.log(`gone ${Math.round(performance.now() - startedMs)} ms after SIGTERM, agent deaf`);
  assert.deepEqual(await arena.leftovers(), []);
});

Deno.test("a CAR that is suspended for two seconds goes on, and does nothing twice", async () => {
  await using arena = await openArena({ tickets: 3 });
  await using car = arena.start(["run"]);
  await soon("the first turn", async () => (await arena.witnessed()).length > 0);
  car.signal("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  car.signal("SIGCONT");
  assert.equal((await car.ended).code, 0);
  await assertTurnsOnce(arena, 0);
  await assertWhole(arena, 3);
});

async function childOf(pid: number, words: string, not = 0): Promise<SeenProcess | null> {
  for await (const it of readEach()) {
    if (it.parent === pid && it.pid !== not && it.command.includes(words)) return it;
  }
  return null;
}

Deno.test("a lifeline that was killed is started again, and still ends everything", async () => {
  await using arena = await openArena({ commands: HOLD });
  await using car = await inTurn(arena);
  const first = await soon("the lifeline", () => childOf(car.pid, "car-lifeline"));
  Deno.kill(first.pid, "SIGKILL");
  await soon("the next lifeline", () => childOf(car.pid, "car-lifeline", first.pid));
  car.signal("SIGKILL");
  await car.ended;
  await untilGone(arena);
  await go(arena);
  await untilCompleted(arena);
  await assertTurnsOnce(arena, 1);
  await assertWhole(arena, 2);
});

const RETRY_AT_ONCE = "version: 2\nmode: repo\nlimits:\n  retry_backoff_seconds: 1\n";

Deno.test({
  name: "a Codex that is killed in its turn is started again, and the ticket is done once",
  ignore: !mayRunAgent("codex"),
  fn: async () => {
    await using arena = await openArena({ agent: "codex", commands: HOLD, config: RETRY_AT_ONCE });
    await using car = await inTurn(arena);
    const codex = await soon("codex", () => childOf(car.pid, "app-server"));
    await go(arena);
    Deno.kill(codex.pid, "SIGKILL");
    const { code, stdout, stderr } = await car.ended;
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /"kind":"crashed"/);
    await assertWhole(arena, 2);
  },
});
