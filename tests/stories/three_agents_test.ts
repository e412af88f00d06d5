import assert from "node:assert/strict";
import { commands, markDone, openQueueBench, scripted } from "../support/queue_bench.ts";
import { untilGone } from "../support/processes.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

/** A start of OpenCode takes a second, and on a machine that runs many tests at once much longer. */
const PATIENT = "opencode:\n  start_seconds: 120\n";

/** A ticket's script: note the turn, then do the work, then say so. */
const work = (number: number, held: { hold?: string } = {}) =>
  scripted({
    id: `ticket-${number}`,
    turns: [{
      steps: [
        {
          items: [{
            exec: `echo ${number} $CAR_TURN_ID >> turns.log; (setsid sleep 600 > /dev/null 2>&1 &)`,
          }],
        },
        { ...held, items: [{ exec: `echo ok > ${number}.txt; ${markDone(number)}` }] },
        { items: [{ say: "Done." }] },
      ],
    }],
  });

/** What a chat request carries of the session: who spoke, in order. */
function rolesIn(body: Readonly<Record<string, unknown>>): string {
  const messages = Array.isArray(body.messages) ? body.messages : [];
  return messages.map((message: { role?: unknown }) => String(message.role)).join(" ");
}

forSourceAndBinary(
  "a queue goes to Codex, OpenCode and the shell; kill -9 in OpenCode's turn, resume in its session",
  async (form) => {
    await using bench = await openQueueBench(form);
    const config = `${bench.repo}/.codex-autorunner/config.yml`;
    await Deno.writeTextFile(config, PATIENT, { append: true });
    const verify = (number: number) => ({
      title: `Ticket ${number}`,
      verify: `test -f ${number}.txt`,
    });
    await bench.ticket(1, verify(1), work(1));
    await bench.ticket(2, { ...verify(2), agent: "opencode" }, work(2, { hold: "second" }));
    await bench.ticket(3, { ...verify(3), agent: "shell" }, commands("echo ok > 3.txt"));

    const car = bench.start("run");
    const held = await bench.model.arrived((it) => it.script === "ticket-2" && it.step === 1);
    car.signal("SIGKILL");
    await car.ended;
    await untilGone(bench.leftovers);
    // Only now: an agent that still lived would finish the ticket before it dies.
    bench.model.release("second");
    const resumed = await bench.car("resume");
    assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr);

    const log = await bench.sh("git log --format=%s");
    for (const number of [1, 2, 3]) {
      assert.match(log, new RegExp(`Ticket ${number}`));
      assert.match(await bench.readTicket(number), /^done: true$/m);
    }
    const turns = new Set((await bench.sh("cat turns.log")).trim().split("\n"));
    assert.equal(turns.size, 2, `one turn for each ticket: ${[...turns].join("; ")}`);
    for (const turn of turns) assert.match(turn, /^[12] turn_[0-9a-f]{16}$/);
    for (const [turn, count] of bench.model.finishedTurns()) {
      assert.equal(count, 1, `turn ${turn} finished ${count} times`);
    }
    const before = rolesIn(held.body);
    const after = bench.model.requests.filter((it) => it.script === "ticket-2").at(-1);
    assert.ok(
      after !== undefined && rolesIn(after.body).startsWith(before),
      `the session goes on: ${before} | ${after === undefined ? "" : rolesIn(after.body)}`,
    );
    assert.deepEqual(bench.model.problems, []);
    assert.deepEqual(await bench.leftovers(), []);
  },
  ["codex", "opencode"],
);
