import assert from "node:assert/strict";
import { forSourceAndBinary } from "../support/source_and_binary.ts";
import { commands as sh, openQueueBench } from "../support/queue_bench.ts";

forSourceAndBinary(
  "a person's ticket pauses the run, and their word settles it without the gate",
  async (form) => {
    await using bench = await openQueueBench(form);
    const shell = { agent: "shell" };
    await bench.ticket(1, { ...shell, verify: "test -f a" }, sh("touch a"));
    await bench.ticket(
      2,
      { agent: "user", title: "Create the account", verify: "test -f never" },
      "Yours.",
    );
    await bench.ticket(3, { ...shell, verify: "test -f c" }, sh("touch c"));
    const paused = await bench.car("run");
    assert.equal(paused.code, 3, paused.stdout + paused.stderr);
    assert.match(paused.stdout, /Create the account is yours to do/);
    assert.equal((await bench.car("ticket", "done", "2")).code, 0);
    const rest = await bench.car("resume");
    assert.equal(rest.code, 0, rest.stdout + rest.stderr);
    assert.match(await bench.readTicket(2), /^done: true$/m);
    assert.match(await bench.readTicket(3), /^done: true$/m);
  },
);

forSourceAndBinary(
  "an agent that marks another ticket done does not get it past the gate",
  async (form) => {
    await using bench = await openQueueBench(form);
    const other = ".codex-autorunner/tickets/TICKET-002.md";
    await bench.ticket(
      1,
      { agent: "shell", verify: "test -d ." },
      sh(`sed -i 's/^done: false/done: true/' ${other}`),
    );
    await bench.ticket(2, { agent: "shell", verify: "test -f two" }, sh("touch two"));
    const run = await bench.car("run");
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /TICKET-002: rejected/);
    assert.match(run.stdout, /TICKET-002: accepted/);
  },
);

forSourceAndBinary(
  "stop, kill and pause from another terminal reach the run, and it goes on afterwards",
  async (form) => {
    await using bench = await openQueueBench(form);
    await bench.ticket(
      1,
      { agent: "shell", verify: "test -f one" },
      sh("if [ -f begun ]; then touch one; else touch begun; sleep 600; fi"),
    );
    const running = bench.start("run", "--json");
    await running.line(/"event":"tool_started"/);
    const stopped = await bench.car("stop");
    assert.equal(stopped.code, 0, stopped.stdout + stopped.stderr);
    assert.match(stopped.stdout, /Stopped by cli:tester/);
    assert.equal((await running.ended).code, 0);
    assert.deepEqual(await bench.leftovers(), []);
    assert.equal((await bench.car("stop")).code, 1);

    await bench.sh("rm begun");
    const again = bench.start("run", "--json");
    await again.line(/"event":"tool_started"/);
    const killed = await bench.car("kill");
    assert.equal(killed.code, 0, killed.stdout + killed.stderr);
    await again.ended;
    assert.deepEqual(await bench.leftovers(), []);

    const rest = await bench.car("resume");
    assert.equal(rest.code, 0, rest.stdout + rest.stderr);
  },
);

forSourceAndBinary("a second car in the same repo is told who holds it", async (form) => {
  await using bench = await openQueueBench(form);
  await bench.ticket(1, { agent: "shell" }, sh("sleep 600"));
  const running = bench.start("run", "--json");
  await running.line(/"event":"tool_started"/);
  const second = await bench.car("run");
  assert.equal(second.code, 4);
  assert.match(second.stderr, new RegExp(`process ${running.pid}`));
  running.signal("SIGINT");
  assert.equal((await running.ended).code, 130);
  assert.deepEqual(await bench.leftovers(), []);
});

forSourceAndBinary(
  "car run refuses what a person must settle first, and changes nothing",
  async (form) => {
    await using bench = await openQueueBench(form);
    const none = await bench.car("run");
    assert.equal(none.code, 1);
    assert.match(none.stderr, /no tickets/);
    await bench.ticket(1, { agent: "shell" }, sh("echo x > x"));
    await bench.sh("echo mine > README.md");
    const dirty = await bench.car("run");
    assert.equal(dirty.code, 1);
    assert.match(dirty.stderr, /README\.md/);
    assert.equal(await bench.sh("cat README.md"), "mine\n");
    const allowed = await bench.car("run", "--allow-dirty");
    assert.equal(allowed.code, 0, allowed.stdout + allowed.stderr);
    assert.equal((await bench.sh("git log --oneline")).trim().split("\n").length, 1);
  },
);

forSourceAndBinary("an agent that calls car cannot speak in a person's place", async (form) => {
  await using bench = await openQueueBench(form);
  const car = bench.argv.map((word) => `'${word}'`).join(" ");
  await bench.ticket(
    1,
    { agent: "shell", verify: "test -d ." },
    sh(
      `${car} ticket done 2`,
      `${car} stop && exit 9 || true`,
      `${car} gate accept 2 && exit 9 || true`,
    ),
  );
  await bench.ticket(2, { agent: "shell", verify: "test -f two" }, sh("touch two"));
  const run = await bench.car("run");
  assert.equal(run.code, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /TICKET-002: rejected/);
});

forSourceAndBinary(
  "a run that waits at its pause goes on when another terminal resumes it",
  async (form) => {
    await using bench = await openQueueBench(form);
    await bench.ticket(1, { agent: "user", title: "Mine" }, "Yours.");
    await bench.ticket(2, { agent: "shell", verify: "test -f two" }, sh("touch two"));
    await using waiting = bench.start("run", "--wait");
    await waiting.line(/Paused \(user_ticket\)/);
    assert.equal((await bench.car("ticket", "done", "1")).code, 0);
    const resumed = await bench.car("resume");
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stdout, /goes on where it waits/);
    assert.equal((await waiting.ended).code, 0);
    assert.match(await bench.readTicket(2), /^done: true$/m);
  },
);
