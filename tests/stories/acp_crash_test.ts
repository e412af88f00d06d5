import assert from "node:assert/strict";
import { requireAgent } from "../support/agents.ts";
import { writeCodexAcpHome } from "../support/codex_acp_bench.ts";
import { markDone, openQueueBench, scripted } from "../support/queue_bench.ts";
import { untilGone } from "../support/processes.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

forSourceAndBinary(
  "kill -9 in the turn of an ACP agent: it dies too, and its session is taken up where it was",
  async (form) => {
    await using bench = await openQueueBench(form);
    const home = `${bench.home}/acp`;
    await Deno.mkdir(home);
    await writeCodexAcpHome(home, bench.model.baseUrl);
    const program = requireAgent("codex-acp");
    const config = "agents:\n  mine:\n    kind: acp\n" +
      `    command: ["${program}"]\n    env: {CODEX_HOME: "${home}"}\n`;
    await Deno.writeTextFile(`${bench.repo}/.codex-autorunner/config.yml`, config, {
      append: true,
    });
    const note = {
      items: [{ exec: "echo $CAR_TURN_ID >> turns.log; (setsid sleep 600 >/dev/null 2>&1 &)" }],
    };
    const work = { items: [{ exec: `echo ok > 1.txt; ${markDone(1)}` }] };
    // A model that is told to go on in the same session knows that it has noted the turn.
    const turns = [
      { steps: [note, { hold: "second", ...work }] },
      { steps: [work, { items: [{ say: "Done." }] }] },
    ];
    const body = scripted({ id: "one", turns });
    await bench.ticket(1, { title: "One", agent: "mine", verify: "test -f 1.txt" }, body);

    const car = bench.start("run");
    await bench.model.arrived(({ turn, step }) => turn === 0 && step === 1);
    car.signal("SIGKILL");
    await car.ended;
    await untilGone(bench.leftovers);
    // Only now: an agent that still lived would finish the ticket before it dies.
    bench.model.release("second");
    const resumed = await bench.car("resume");
    assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr);

    assert.match(await bench.readTicket(1), /^done: true$/m);
    const noted = (await Deno.readTextFile(`${bench.repo}/turns.log`)).trim().split("\n");
    assert.equal(noted.length, 1, "the first prompt was sent again");
    assert(bench.model.requests.some(({ turn }) => turn === 1), "another session was begun");
    assert.deepEqual(bench.model.problems, []);
    assert.deepEqual(await bench.leftovers(), []);
  },
  ["codex-acp"],
);
