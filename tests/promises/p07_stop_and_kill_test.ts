/** P7: `car kill` ends it now, `car stop` ends it politely; both wait until it is true. */

import assert from "node:assert/strict";
import { openArena } from "../support/arena.ts";
import { soon } from "../support/soon.ts";

/** What deaf agents do: ignore every polite signal, stop themselves, fork on. */
const VICES = {
  deaf: "trap '' TERM INT HUP; sleep 600 & wait; sleep 600",
  stopped: "kill -STOP $$",
  forking: "trap '' TERM; while :; do (trap '' TERM; sleep 600) & sleep 0.2; done",
} as const;
/** Promised: a kill within 1 s, a stop within 12 s. A busy machine gets more before a test fails. */
const ENDED_MS_MAX = { kill: 4_000, stop: 20_000 } as const;

for (const [vice, commands] of Object.entries(VICES)) {
  for (const how of ["kill", "stop"] as const) {
    Deno.test(`P7: car ${how} ends a ${vice} agent`, async () => {
      await using arena = await openArena({ tickets: 1, commands: () => commands });
      await using car = arena.start(["run"]);
      await soon("the turn", async () => (await arena.witnessed()).length > 0);
      const startedMs = performance.now();
      const asked = await arena.run([how]);
      const tookMs = Math.round(performance.now() - startedMs);
      assert.equal(asked.code, 0, asked.stdout + asked.stderr);
      assert.match(asked.stdout + asked.stderr, /stopped|killed/i);
      await car.ended;
      assert.deepEqual(await arena.leftovers(), []);
      assert.ok(tookMs < ENDED_MS_MAX[how], `${tookMs} ms`);
      console.log(`car ${how}, ${vice} agent: ${tookMs} ms`);
    });
  }
}
