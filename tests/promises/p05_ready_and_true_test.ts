/** P5: after a crash the next start is ready soon and tells the truth. */

import assert from "node:assert/strict";
import { Journal, type Note } from "../../lib/control/journal.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { runId } from "../../lib/engine/ids.ts";
import { openArena } from "../support/arena.ts";
import { soon } from "../support/soon.ts";

/** As many as a year of work leaves. */
const EVENTS = 100_000;
const BATCH = 10_000;

/** Fills the journal as a long life would: notes of turns that were. */
function fill(root: string): void {
  const journal = Journal.open(repoPaths(root).journal);
  for (let done = 0; done < EVENTS; done += BATCH) {
    const notes: Note[] = Array.from({ length: BATCH }, (_, at) => ({
      run: runId(1),
      type: "text",
      turn: null,
      ticket: null,
      atMs: done + at,
      body: { id: String(at), text: "What an agent says in passing, a line or two of it." },
    }));
    journal.note(notes);
  }
  journal.close();
}

Deno.test("P5: a start after kill -9 is at work soon, and status never calls a dead turn running", async () => {
  await using arena = await openArena({
    commands: (it) => it === 1 ? "[ -e $W/go ] || sleep 600" : ":",
  });
  await using car = arena.start(["run"]);
  await soon("the first turn", async () => (await arena.witnessed()).length > 0);
  car.signal("SIGKILL");
  await car.ended;
  fill(arena.repo.cwd);

  const words = await arena.run(["status"]);
  assert.doesNotMatch(words.stdout, /run-0001 is running/, words.stdout);
  assert.match(words.stdout, /cut off|ended without/, words.stdout);

  await Deno.writeTextFile(`${arena.outside}/go`, "");
  const startedMs = performance.now();
  await using next = arena.start(["run", "--json"]);
  await next.line(/"event":"recovered"/);
  const readyMs = Math.round(performance.now() - startedMs);
  assert.equal((await next.ended).code, 0);
  console.log(`recovered ${readyMs} ms after the start, ${EVENTS} events in the journal`);
});
