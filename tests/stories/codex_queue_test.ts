import assert from "node:assert/strict";
import { type Script } from "../support/model_script.ts";
import { mayRunAgent } from "../support/agents.ts";
import { markDone, openQueueBench, type QueueBench, scripted } from "../support/queue_bench.ts";

const ignore = !mayRunAgent("codex");

const say = (text: string) => ({ items: [{ say: text }] });
const exec = (command: string) => ({ items: [{ exec: command }] });
const turn = (...steps: Script["turns"][number]["steps"]) => ({ steps });

/** Six tickets: plain, lying, dirty, broken, asking, and one whose model fails twice. */
async function writeSixTickets(bench: QueueBench): Promise<void> {
  const check = (file: string) => ({ verify: `test -f ${file}` });
  await bench.ticket(
    1,
    { title: "Plain", ...check("one.txt") },
    scripted({
      turns: [turn(exec(`echo 1 > one.txt; ${markDone(1)}`), say("Done."))],
    }),
  );
  await bench.ticket(
    2,
    { title: "Lying", verify: "grep -q good two.txt" },
    scripted({
      turns: [
        turn(exec(`echo bad > two.txt; ${markDone(2)}`), say("Done, I say.")),
        turn(exec(`echo good > two.txt; ${markDone(2)}`), say("Now it is.")),
      ],
    }),
  );
  await bench.ticket(
    3,
    { title: "Dirty", ...check("three.txt") },
    scripted({
      turns: [turn(exec(`echo 3 > three.txt; echo x > scratch.txt; ${markDone(3)}`), say("Done."))],
    }),
  );
  await bench.ticket(
    4,
    { title: "Broken", ...check("four.txt") },
    scripted({
      turns: [
        turn(
          exec(
            "echo 4 > four.txt; sed -i 's/^done: false/done: [false/' .codex-autorunner/tickets/TICKET-004.md",
          ),
          say("Oops."),
        ),
        turn(
          exec("sed -i 's/^done: \\[false/done: true/' .codex-autorunner/tickets/TICKET-004.md"),
          say("Mended."),
        ),
      ],
    }),
  );
  await bench.ticket(
    5,
    { title: "Asking", ...check("five.txt") },
    scripted({
      turns: [
        turn(
          exec(
            "printf -- '---\\nmode: pause\\ntitle: Red or blue?\\n---\\nPlease choose.\\n' > .codex-autorunner/runs/run-0001/DISPATCH.md",
          ),
          say("I have asked."),
        ),
        turn(exec(`echo 5 > five.txt; ${markDone(5)}`), say("Blue it is.")),
      ],
    }),
  );
  await bench.ticket(
    6,
    { title: "Stumbling", ...check("six.txt") },
    scripted({
      turns: [turn(
        {
          attempts: [{ http: 500 }, { http: 500 }, {
            items: [{ exec: `echo 6 > six.txt; ${markDone(6)}` }],
          }],
        },
        say("Done at last."),
      )],
    }),
  );
}

Deno.test({
  name: "six tickets go through the real Codex: six done, six verdicts, evidence readable",
  ignore,
  fn: async () => {
    await using bench = await openQueueBench();
    await writeSixTickets(bench);

    const first = await bench.car("run");
    assert.equal(first.code, 3, first.out + first.err);
    assert.match(first.out, /Red or blue\?/);
    const reply = await bench.car("dispatch", "reply", "--text", "Blue, please.");
    assert.equal(reply.code, 0, reply.out + reply.err);
    const second = await bench.car("run");
    assert.equal(second.code, 0, second.out + second.err);

    const log = await bench.sh(
      "git log --format='%s %(trailers:key=CAR-Verdict,valueonly,separator=)'",
    );
    for (const title of ["Plain", "Lying", "Dirty", "Broken", "Asking", "Stumbling"]) {
      assert.match(log, new RegExp(`${title} accepted`));
    }
    assert.equal(await bench.sh("git status --porcelain"), "");
    for (let number = 1; number <= 6; number++) {
      assert.match(await bench.readTicket(number), /^done: true$/m);
      const shown = await bench.car("ticket", "show", String(number), "--evidence");
      assert.equal(shown.code, 0, shown.err);
      assert.match(shown.out, /accepted/);
    }
    const lying = await bench.car("ticket", "show", "2", "--evidence");
    assert.match(lying.out, /rejected/);
    assert.match(lying.out, /grep -q good two\.txt/);
    const asked = bench.model.requests.map((it) => JSON.stringify(it.body)).filter((it) =>
      it.includes("Blue, please.")
    );
    assert.ok(asked.length > 0, "the reply reached the agent");
    assert.deepEqual(await bench.leftovers(), []);
  },
});
