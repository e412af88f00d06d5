/** P9: no ticket can take CAR down with it again and again. */

import assert from "node:assert/strict";
import { openArena } from "../support/arena.ts";

const DEATHS = 3;

Deno.test(`P9: a ticket that kills CAR is parked after ${DEATHS} deaths in a row, with the reason`, async () => {
  // The shell's parent is CAR itself.
  await using arena = await openArena({
    tickets: 2,
    commands: (it) => it === 1 ? "kill -9 $PPID; sleep 600" : ":",
  });
  for (let death = 1; death <= DEATHS; death++) {
    assert.equal((await arena.run(["run"])).signal, "SIGKILL", `death ${death}`);
  }
  const parked = await arena.run(["run"]);
  assert.equal(parked.code, 3, parked.stdout + parked.stderr);
  assert.match(
    parked.stdout,
    /Paused \(agent_error\): TICKET-001 .*CAR ended 3 times in a row in it/,
  );
  const starts = (await arena.witnessed()).filter((it) => it.what === "start");
  assert.equal(starts.length, DEATHS, "it was not tried a fourth time");
  assert.equal(new Set(starts.map((it) => it.turn)).size, 1, "each time as the same turn");
  assert.deepEqual(await arena.leftovers(), []);
});
