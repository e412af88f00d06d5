import assert from "node:assert/strict";
import { commands, openQueueBench, type QueueBench } from "../support/queue_bench.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

/** The shell agent asks before each block in the safe posture. */
async function askingBench(bench: QueueBench): Promise<void> {
  assert.equal((await bench.car("config", "set", "agents.shell.posture", "safe")).code, 0);
  await bench.ticket(1, { agent: "shell", verify: "test -f one" }, commands("touch one"));
  assert.equal((await bench.car("approve", "--yes")).code, 0);
}

async function openRequest(bench: QueueBench): Promise<{ id: string; title: string }> {
  const inbox = await bench.car("inbox", "--json");
  assert.equal(inbox.code, 0, inbox.stderr);
  const [item] = JSON.parse(inbox.stdout);
  return item;
}

forSourceAndBinary(
  "a request waits in the inbox, and a person's yes lets the agent go on",
  async (form) => {
    await using bench = await openQueueBench(form);
    await askingBench(bench);
    await using running = bench.start("run");
    await running.line(/asks: .*touch one/);
    const status = await bench.car("status");
    assert.match(status.stdout, /run-0001/);
    const { id, title } = await openRequest(bench);
    assert.match(title, /touch one/);
    const wrong = await bench.car("inbox", "answer", id, "perhaps");
    assert.equal(wrong.code, 2, wrong.stderr);
    const answered = await bench.car("inbox", "answer", id, "yes");
    assert.equal(answered.code, 0, answered.stderr);
    assert.equal((await running.ended).code, 0);
    assert.match(await bench.readTicket(1), /^done: true$/m);
    const late = await bench.car("inbox", "answer", id, "yes");
    assert.equal(late.code, 1);
    assert.match(late.stderr, /No request/);
  },
);

forSourceAndBinary("rules of the config and the clock answer when no person does", async (form) => {
  await using bench = await openQueueBench(form);
  await askingBench(bench);
  await bench.car("config", "set", "approvals.timeout_seconds", "1");
  await bench.car("config", "set", "limits.ticket_turns", "1");
  const denied = await bench.car("run");
  assert.equal(denied.code, 3, denied.stdout);
  const log = await bench.car("log");
  assert.match(log.stdout, /answered: no \(nobody within 1 s/);
  await bench.car("config", "set", "approvals.allow", "[touch *]");
  assert.equal((await bench.car("approve", "--yes")).code, 0);
  const allowed = await bench.car("resume");
  assert.equal(allowed.code, 0, allowed.stdout + allowed.stderr);
});

forSourceAndBinary("a request that was open at a crash is asked again", async (form) => {
  await using bench = await openQueueBench(form);
  await askingBench(bench);
  await using first = bench.start("run");
  await first.line(/asks: .*touch one/);
  const before = await openRequest(bench);
  first.signal("SIGKILL");
  await first.ended;
  assert.equal(await openRequest(bench), undefined);
  await using second = bench.start("resume");
  await second.line(/asks: .*touch one/);
  const after = await openRequest(bench);
  assert.notEqual(after.id, before.id);
  assert.equal((await bench.car("inbox", "answer", after.id, "always")).code, 0);
  assert.equal((await second.ended).code, 0);
});
