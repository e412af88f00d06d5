import assert from "node:assert/strict";
import { commands, markDone, openQueueBench, type QueueBench } from "../support/queue_bench.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const shell = { agent: "shell" };

async function threeTickets(bench: QueueBench): Promise<void> {
  for (const number of [1, 2, 3]) {
    await bench.ticket(
      number,
      { ...shell, verify: `test -f ${number}` },
      commands(`touch ${number}`),
    );
  }
}

const subjects = async (bench: QueueBench) =>
  (await bench.sh("git log --format=%s")).trim().split("\n").reverse();

forSourceAndBinary(
  "once and --stop-after-runs stop after so many tickets, and run goes on",
  async (form) => {
    await using bench = await openQueueBench(form);
    await threeTickets(bench);
    const once = await bench.car("once");
    assert.equal(once.code, 0, once.stdout + once.stderr);
    assert.match(once.stdout, /Stopped after 1 ticket, as asked/);
    assert.equal((await subjects(bench)).length, 2);
    const status = JSON.parse((await bench.car("status", "--json")).stdout);
    assert.equal(status.run.status ?? status.status, "stopped");
    assert.equal((await bench.car("run", "--stop-after-runs", "1")).code, 0);
    assert.equal((await subjects(bench)).length, 3);
    assert.equal((await bench.car("run")).code, 0);
    assert.equal((await subjects(bench)).length, 4);
  },
);

forSourceAndBinary("git.auto_commit says when CAR commits", async (form) => {
  await using bench = await openQueueBench(form);
  await bench.car("config", "set", "git.auto_commit", "false");
  await bench.ticket(1, { ...shell, verify: "test -f 1" }, commands("touch 1"));
  assert.equal((await bench.car("run")).code, 0);
  assert.deepEqual(await subjects(bench), ["first"]);
  await bench.sh("git add . && git commit -qm mine");

  await bench.car("config", "set", "git.auto_commit", "turn");
  const twice = commands(`if [ -f half ]; then touch 2; else touch half; exit 1; fi`);
  await bench.ticket(2, { ...shell, verify: "test -f 2" }, twice);
  const run = await bench.car("run");
  assert.equal(run.code, 0, run.stdout + run.stderr);
  const log = await bench.sh(
    "git log -2 --format='%(trailers:key=CAR-Verdict,valueonly,separator=)'",
  );
  assert.deepEqual(log.trim().split("\n"), ["accepted", "open"]);
});

forSourceAndBinary("with git.require_commit a dirty tree is a rejected claim", async (form) => {
  await using bench = await openQueueBench(form);
  await bench.car("config", "set", "git.require_commit", "true");
  const body = commands(
    "if [ -f 1 ]; then git add 1 && git commit -qm 'By the agent'; else touch 1; fi",
    markDone(1),
  );
  await bench.ticket(1, { ...shell, verify: "test -f 1" }, body);
  const run = await bench.car("run");
  assert.equal(run.code, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /rejected \(The tree has changes that are not committed\)/);
  assert.deepEqual(await subjects(bench), ["first", "By the agent"]);
});

forSourceAndBinary(
  "a queue without checks is done, and says at every place that nothing was checked",
  async (form) => {
    await using bench = await openQueueBench(form);
    await bench.ticket(1, shell, commands("touch 1"));
    const run = await bench.car("run");
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /unverified/);
    assert.match((await bench.car("ticket", "list")).stdout, /unverified/);
    assert.match((await bench.car("ticket", "show", "1", "--evidence")).stdout, /unverified/);
    assert.match(await bench.sh("git log -1 --format=%B"), /CAR-Verdict: unverified/);
  },
);

forSourceAndBinary(
  "a ticket that never gets on pauses with the reason, and resume tries again",
  async (form) => {
    await using bench = await openQueueBench(form);
    await bench.ticket(1, { ...shell, title: "Stuck" }, commands("exit 1"));
    const run = await bench.car("run");
    assert.equal(run.code, 3, run.stdout + run.stderr);
    assert.match(run.stdout, /Paused \(no_progress\): TICKET-001 Stuck: 3 turns changed nothing/);
    const explained = await bench.car("explain");
    assert.match(explained.stdout, /no_progress|changed nothing/);
    await bench.ticket(1, { ...shell, title: "Stuck" }, commands("touch free"));
    assert.equal((await bench.car("resume")).code, 0);
  },
);

forSourceAndBinary(
  "limits of turns and time pause the run with the number reached",
  async (form) => {
    await using bench = await openQueueBench(form);
    await bench.ticket(1, { ...shell, limits: "{turns: 2}" }, commands("date +%N >> log; exit 1"));
    const turns = await bench.car("run");
    assert.equal(turns.code, 3);
    assert.match(turns.stdout, /has used 2 of its 2 turns/);
    await bench.car("config", "set", "limits.ticket_minutes", "0.01");
    await bench.ticket(1, shell, commands("sleep 600"));
    const minutes = await bench.car("resume");
    assert.equal(minutes.code, 3, minutes.stdout);
    assert.match(minutes.stdout, /Paused \(limit\)/);
    assert.deepEqual(await bench.leftovers(), []);
  },
);

forSourceAndBinary(
  "a silent agent is ended and tried again, then a person is asked",
  async (form) => {
    await using bench = await openQueueBench(form);
    await bench.car("config", "set", "limits.turn_seconds", "1");
    await bench.car("config", "set", "limits.retry_backoff_seconds", "0.05");
    await bench.ticket(1, shell, commands("(trap '' TERM; sleep 600) & sleep 600"));
    const run = await bench.car("run");
    assert.equal(run.code, 3, run.stdout + run.stderr);
    assert.match(run.stdout, /trying again in/);
    assert.match(run.stdout, /Paused \(agent_error\).*took too long/);
    assert.deepEqual(await bench.leftovers(), []);
  },
);
