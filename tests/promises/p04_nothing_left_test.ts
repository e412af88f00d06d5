/** P4: when CAR ends, for whatever reason, its agents end: children, grandchildren, own sessions. */

import assert from "node:assert/strict";
import { openArena } from "../support/arena.ts";
import { soon } from "../support/soon.ts";
import { untilGone } from "../battery/random_kills.ts";

const ROUNDS = 5;
/** Daemons as programs make them: forked twice, a session of their own, deaf, closed streams. */
const DAEMONS = () =>
  [
    `(setsid sh -c "trap '' TERM HUP INT; (sleep 600; :) & sleep 600; :" >/dev/null 2>&1 &)`,
    `nohup setsid sleep 600 </dev/null >/dev/null 2>&1 &`,
    `sleep 600`,
  ].join("\n");

Deno.test("P4: nothing a ticket started is alive after kill -9 of CAR", async () => {
  let worstMs = 0;
  let processes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await using arena = await openArena({ tickets: 1, commands: DAEMONS });
    await using car = arena.start(["run"]);
    // Three sleeps of the arena, the four of the daemons, and the shells around them.
    const alive = await soon("all the daemons", async () => {
      const left = await arena.leftovers();
      return left.filter((it) => it.includes("sleep 600")).length >= 7 ? left : null;
    });
    processes += alive.length;
    car.signal("SIGKILL");
    await car.ended;
    worstMs = Math.max(worstMs, await untilGone(arena));
  }
  assert.ok(processes >= ROUNDS * 7);
  console.log(
    `${processes} processes over ${ROUNDS} kills, all gone within ${Math.round(worstMs)} ms`,
  );
});
