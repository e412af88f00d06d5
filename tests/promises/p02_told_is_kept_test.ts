/** P2: what CAR has told you survives a crash. */

import assert from "node:assert/strict";
import { Journal } from "../../lib/control/journal.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { runId } from "../../lib/engine/ids.ts";
import { openArena } from "../support/arena.ts";

const QUEUES = 4;
/** Steps a queue tells before the kill: each queue another number, so that other steps are the last. */
const STEPS = [3, 9, 14, 22] as const;

interface Told {
  readonly seq: number;
  readonly event: string;
}

function stepsIn(stdout: string): readonly Told[] {
  const whole = stdout.slice(0, stdout.lastIndexOf("\n")).split("\n");
  return whole.filter((line) => line.startsWith('{"type":"step"')).map((line) => JSON.parse(line));
}

Deno.test("P2: every step that was told before kill -9 is in the journal after it", async () => {
  let told = 0;
  for (let queue = 0; queue < QUEUES; queue++) {
    await using arena = await openArena({ tickets: 5, quiet: true });
    await using car = arena.start(["run", "--json"]);
    for (let step = 0; step < (STEPS[queue] ?? 1); step++) await car.line(/^\{"type":"step"/);
    car.signal("SIGKILL");
    const steps = stepsIn((await car.ended).stdout);
    const journal = Journal.open(repoPaths(arena.repo.cwd).journal);
    const kept = new Map(journal.events({ run: runId(1) }).map((it) => [it.seq, it.type]));
    journal.close();
    for (const { seq, event } of steps) {
      assert.equal(kept.get(seq), event, `step ${seq} (${event})`);
    }
    told += steps.length;
  }
  assert.ok(told >= 48, `only ${told} steps were told`);
  console.log(`${told} steps told before ${QUEUES} kills: 0 lost`);
});
