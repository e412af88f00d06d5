import assert from "node:assert/strict";
import { commands, openQueueBench, type QueueBench } from "../support/queue_bench.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const TEST_FILE = 'Deno.test("adds", () => {\n  if (1 + 1 !== 2) throw new Error();\n});\n';
const TICKET = ".codex-autorunner/tickets/TICKET-001.md";

async function withTests(bench: QueueBench): Promise<void> {
  await Deno.writeTextFile(`${bench.repo}/sum_test.ts`, TEST_FILE);
  await bench.sh("git add . && git commit -qm tests");
}

forSourceAndBinary("a deleted test holds the claim, and a person decides", async (form) => {
  await using bench = await openQueueBench(form);
  await withTests(bench);
  await bench.ticket(1, { agent: "shell", verify: "test -d ." }, commands("rm sum_test.ts"));
  const held = await bench.car("run");
  assert.equal(held.code, 3, held.stdout + held.stderr);
  assert.match(held.stdout, /held.*sum_test\.ts/);
  assert.match(await bench.readTicket(1), /^done: false$/m);
  const evidence = await bench.car("ticket", "show", "1", "--evidence");
  assert.match(evidence.stdout, /sum_test\.ts/);
  const again = await bench.car("run");
  assert.equal(again.code, 3);
  assert.equal((await bench.car("gate", "accept", "1")).code, 0);
  const accepted = await bench.car("run");
  assert.equal(accepted.code, 0, accepted.stdout + accepted.stderr);
  assert.match(await bench.readTicket(1), /^done: true$/m);
  assert.match(await bench.sh("git log -1 --format=%B"), /CAR-Verdict: accepted/);
});

forSourceAndBinary(
  "a rejected hold sends the ticket back, and the mended work passes",
  async (form) => {
    await using bench = await openQueueBench(form);
    await withTests(bench);
    await bench.ticket(
      1,
      { agent: "shell", verify: "test -f one" },
      commands(
        "if [ -f one ]; then git checkout -q sum_test.ts; else touch one; rm sum_test.ts; fi",
      ),
    );
    assert.equal((await bench.car("run")).code, 3);
    assert.equal((await bench.car("gate", "reject", "1")).code, 0);
    const mended = await bench.car("run");
    assert.equal(mended.code, 0, mended.stdout + mended.stderr);
    assert.equal(await Deno.readTextFile(`${bench.repo}/sum_test.ts`), TEST_FILE);
  },
);

forSourceAndBinary("what a ticket may change is no tampering", async (form) => {
  await using bench = await openQueueBench(form);
  await withTests(bench);
  const keys = { agent: "shell", verify: "test -d .", may_change: '["sum_test.ts"]' };
  await bench.ticket(1, keys, commands("rm sum_test.ts"));
  const run = await bench.car("run");
  assert.equal(run.code, 0, run.stdout + run.stderr);
});

forSourceAndBinary(
  "an agent that softens its own check or CAR's config is put right",
  async (form) => {
    await using bench = await openQueueBench(form);
    const config = ".codex-autorunner/config.yml";
    const before = await Deno.readTextFile(`${bench.repo}/${config}`);
    await bench.ticket(
      1,
      { agent: "shell", verify: "test -f one" },
      commands(
        `if [ -f tried ]; then touch one; else touch tried; sed -i 's/^verify: .*/verify: test -d ./' ${TICKET}; echo 'gate: {attempts: 99}' >> ${config}; fi`,
      ),
    );
    const run = await bench.car("run");
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /changed "verify" in its ticket; CAR put it back/);
    assert.match(run.stdout, /changed CAR's config; CAR put it back/);
    assert.match(run.stdout, /TICKET-001: rejected/);
    assert.match(await bench.readTicket(1), /^verify: test -f one$/m);
    assert.equal(await Deno.readTextFile(`${bench.repo}/${config}`), before);
  },
);
