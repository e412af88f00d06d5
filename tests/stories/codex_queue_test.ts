import assert from "node:assert/strict";
import { type Script } from "../support/model_script.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";
import { markDone, openQueueBench, type QueueBench, scripted } from "../support/queue_bench.ts";

const say = (text: string) => ({ items: [{ say: text }] });
const exec = (command: string) => ({ items: [{ exec: command }] });
const turn = (...steps: Script["turns"][number]["steps"]) => ({ steps });

interface Scripted {
  readonly title: string;
  readonly verify: string;
  readonly turns: Script["turns"];
}

const TICKET_4 = ".codex-autorunner/tickets/TICKET-004.md";
const ASK = "printf -- '---\\nmode: pause\\ntitle: Red or blue?\\n---\\nPlease choose.\\n' > " +
  ".codex-autorunner/runs/run-0001/DISPATCH.md";

/** Plain, lying, dirty, broken, asking, and one whose model fails twice. */
const TICKETS: readonly Scripted[] = [
  {
    title: "Plain",
    verify: "test -f one.txt",
    turns: [turn(exec(`echo 1 > one.txt; ${markDone(1)}`), say("Done."))],
  },
  {
    title: "Lying",
    verify: "grep -q good two.txt",
    turns: [
      turn(exec(`echo bad > two.txt; ${markDone(2)}`), say("Done, I say.")),
      turn(exec(`echo good > two.txt; ${markDone(2)}`), say("Now it is.")),
    ],
  },
  {
    title: "Dirty",
    verify: "test -f three.txt",
    turns: [turn(exec(`echo 3 > three.txt; echo x > scratch.txt; ${markDone(3)}`), say("Done."))],
  },
  {
    title: "Broken",
    verify: "test -f four.txt",
    turns: [
      turn(
        exec(`echo 4 > four.txt; sed -i 's/^done: false/done: [false/' ${TICKET_4}`),
        say("Oops."),
      ),
      turn(exec(`sed -i 's/^done: \\[false/done: true/' ${TICKET_4}`), say("Mended.")),
    ],
  },
  {
    title: "Asking",
    verify: "test -f five.txt",
    turns: [
      turn(exec(ASK), say("I have asked.")),
      turn(exec(`echo 5 > five.txt; ${markDone(5)}`), say("Blue it is.")),
    ],
  },
  {
    title: "Stumbling",
    verify: "test -f six.txt",
    turns: [
      turn({
        attempts: [{ http: 500 }, { http: 500 }, {
          items: [{ exec: `echo 6 > six.txt; ${markDone(6)}` }],
        }],
      }, say("Done at last.")),
    ],
  },
];

async function writeSixTickets(bench: QueueBench): Promise<void> {
  for (const [index, { title, verify, turns }] of TICKETS.entries()) {
    await bench.ticket(index + 1, { title, verify }, scripted({ turns: [...turns] }));
  }
}

forSourceAndBinary(
  "six tickets go through the real Codex: six done, six verdicts, evidence readable",
  async (form) => {
    await using bench = await openQueueBench(form);
    await writeSixTickets(bench);

    const first = await bench.car("run");
    assert.equal(first.code, 3, first.stdout + first.stderr);
    assert.match(first.stdout, /Red or blue\?/);
    const reply = await bench.car("dispatch", "reply", "--text", "Blue, please.");
    assert.equal(reply.code, 0, reply.stdout + reply.stderr);
    const second = await bench.car("run");
    assert.equal(second.code, 0, second.stdout + second.stderr);

    const log = await bench.sh(
      "git log --format='%s %(trailers:key=CAR-Verdict,valueonly,separator=)'",
    );
    for (const title of ["Plain", "Lying", "Dirty", "Broken", "Asking", "Stumbling"]) {
      assert.match(log, new RegExp(`${title} accepted`));
    }
    assert.equal(await bench.sh("git status --porcelain -- . ':!.codex-autorunner'"), "");
    for (let number = 1; number <= 6; number++) {
      assert.match(await bench.readTicket(number), /^done: true$/m);
      const shown = await bench.car("ticket", "show", String(number), "--evidence");
      assert.equal(shown.code, 0, shown.stderr);
      assert.match(shown.stdout, /accepted/);
    }
    const lying = await bench.car("ticket", "show", "2", "--evidence");
    assert.match(lying.stdout, /rejected/);
    assert.match(lying.stdout, /grep -q good two\.txt/);
    const asked = bench.model.requests.map((it) => JSON.stringify(it.body)).filter((it) =>
      it.includes("Blue, please.")
    );
    assert.ok(asked.length > 0, "the reply reached the agent");
    assert.deepEqual(await bench.leftovers(), []);
  },
  ["codex"],
);
