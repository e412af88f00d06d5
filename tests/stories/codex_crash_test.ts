import assert from "node:assert/strict";
import { untilGone } from "../support/processes.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";
import { markDone, openQueueBench, scripted } from "../support/queue_bench.ts";

forSourceAndBinary(
  "kill -9 in the middle of a Codex queue: resume finishes, no finished turn again, nothing left",
  async (form) => {
    await using bench = await openQueueBench(form);
    for (const number of [1, 2, 3]) {
      const held = number === 2 ? { hold: "second" } : {};
      await bench.ticket(
        number,
        { title: `Ticket ${number}`, verify: `test -f ${number}.txt` },
        scripted({
          id: `crash-${number}`,
          turns: [{
            steps: [
              {
                items: [{
                  exec: `echo $CAR_TURN_ID >> turns.log; (setsid sleep 600 &) ; sleep 600 & true`,
                }],
              },
              { ...held, items: [{ exec: `echo ok > ${number}.txt; ${markDone(number)}` }] },
              { items: [{ say: "Done." }] },
            ],
          }],
        }),
      );
    }

    const car = bench.start("run");
    await bench.model.arrived((request) =>
      JSON.stringify(request.body).includes("crash-2") && request.step === 1
    );
    car.signal("SIGKILL");
    await car.ended;
    await untilGone(bench.leftovers);
    // Only now: an agent that still lived would finish the ticket before it dies.
    bench.model.release("second");

    const status = await bench.car("status");
    assert.doesNotMatch(status.stdout, /^run-0001 is running/m);
    const resumed = await bench.car("resume");
    assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr);
    assert.match(resumed.stdout, /taken up again/);

    const turns = (await Deno.readTextFile(`${bench.repo}/turns.log`)).trim().split("\n");
    const log = await bench.sh("git log --format=%s -3");
    for (const number of [1, 2, 3]) assert.match(log, new RegExp(`Ticket ${number}`));
    assert.equal(new Set(turns).size, 3, `three turn ids: ${turns}`);
    for (const [turn, count] of bench.model.finishedTurns()) {
      assert.equal(count, 1, `turn ${turn} finished ${count} times`);
    }
    const replay = await bench.car("run", "replay", "1");
    assert.equal(replay.code, 0, replay.stdout + replay.stderr);
    assert.deepEqual(await bench.leftovers(), []);
  },
  ["codex"],
);
