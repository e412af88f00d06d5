import assert from "node:assert/strict";
import { emptyThreadFiles } from "../support/codex_home.ts";
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

forSourceAndBinary(
  "kill -9 while Codex begins the file of a thread: the ticket goes on in a new one",
  async (form) => {
    await using bench = await openQueueBench(form);
    await bench.ticket(
      1,
      { title: "Torn", verify: "test -f 1.txt" },
      scripted({
        id: "torn",
        turns: [{
          steps: [
            { hold: "first", items: [{ exec: `echo ok > 1.txt; ${markDone(1)}` }] },
            { items: [{ say: "Done." }] },
          ],
        }],
      }),
    );
    const car = bench.start("run");
    await bench.model.arrived((request) => request.script === "torn");
    car.signal("SIGKILL");
    await car.ended;
    await untilGone(bench.leftovers);
    assert.equal(await emptyThreadFiles(bench.home), 1);
    bench.model.release("first");

    const again = await bench.car("run");
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assert.match(again.stdout, /A new conversation with codex begins: .*is empty/);
    assert.match(again.stdout, /^run-0001 completed: 1 ticket done, 1 turn/m);
    const prompts = bench.model.requests.filter((request) => request.step === 0);
    assert.equal(prompts.length, 2);
    // The new conversation knows nothing yet: it gets the whole prompt, not the short one.
    const sizes = prompts.map((request) => JSON.stringify(request.body.input).length);
    assert.ok((sizes[1] ?? 0) >= (sizes[0] ?? 0), `sizes of the prompts: ${sizes}`);
  },
  ["codex"],
);
