/** P1: a file CAR writes is the old one or the new one, never a mixture, also on a full disk. */

import assert from "node:assert/strict";
import { type Arena, openArena } from "../support/arena.ts";

const on = (plan: string) => ({ CAR_TEST: "1", CAR_FAILPOINT: plan });
/** More than the command passes. */
const PLACES_MAX = 40;

/** Marks a ticket at each durable call in turn, until one is past the last. @returns How many there are. */
async function markAtEach(arena: Arena, how: string): Promise<number> {
  const path = arena.repo.ticketPath(1);
  const open = await Deno.readTextFile(path);
  const marked = open.replace("done: false", "done: true");
  for (let place = 1; place <= PLACES_MAX; place++) {
    await Deno.writeTextFile(path, open);
    const { code, signal, stderr } = await arena.run(
      ["ticket", "done", "1"],
      on(`${place}:${how}`),
    );
    const after = await Deno.readTextFile(path);
    assert.ok(after === open || after === marked, `place ${place}: ${after.length} bytes`);
    if (code === 0) {
      assert.equal(after, marked, `place ${place}: exit 0 and not written`);
      return place - 1;
    }
    if (how === "kill") assert.equal(signal, "SIGKILL");
    else assert.match(stderr, /\.codex-autorunner/, "the failure names its path");
  }
  throw new Error("The command passes more places than the test tries.");
}

for (const how of ["kill", "enospc", "eio"]) {
  Deno.test(`P1: a ticket is the old one or the new one after ${how} at every durable call`, async () => {
    await using arena = await openArena({ tickets: 1 });
    const id = "---\nticket_id: tkt_promise01\n";
    const path = arena.repo.ticketPath(1);
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("---\n", id));
    const places = await markAtEach(arena, how);
    assert.ok(places >= 4, `only ${places} places`);
    console.log(`${places} durable calls, ${how} at each: 0 torn, 0 emptied`);
  });
}
