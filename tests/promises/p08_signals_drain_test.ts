/** P8: SIGTERM, SIGINT and SIGHUP drain: no new turn, journal flushed, exit as documented. */

import assert from "node:assert/strict";
import { Journal } from "../../lib/control/journal.ts";
import { readHolder } from "../../lib/control/lock.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { openArena } from "../support/arena.ts";
import { soon } from "../support/soon.ts";

const CODES = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 } as const;
/** Load: the agent never stops talking. */
const TALK = () => `while :; do echo "a line of what agents say while they work"; done`;

for (const [signal, code] of Object.entries(CODES)) {
  Deno.test(`P8: ${signal} under load drains, and the journal knows it`, async () => {
    await using arena = await openArena({ tickets: 3, commands: TALK });
    await using car = arena.start(["run", "--json"]);
    await soon("the turn", async () => (await arena.witnessed()).length > 0);
    const startedMs = performance.now();
    car.signal(signal as keyof typeof CODES);
    assert.equal((await car.ended).code, code);
    console.log(`${signal}: ended after ${Math.round(performance.now() - startedMs)} ms`);
    const paths = repoPaths(arena.repo.cwd);
    const journal = Journal.open(paths.journal);
    const run = journal.lastRun();
    journal.close();
    assert.equal(run?.status, "stopped");
    assert.equal(run?.turns, 1, "no new turn");
    assert.ok(readHolder(paths.lock)?.clean, "the end was in order");
    assert.deepEqual(await arena.leftovers(), []);
  });
}
