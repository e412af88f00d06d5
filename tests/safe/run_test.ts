/** `car --safe run` on the compiled program: what it does, how it ends, and what it leaves. */

import assert from "node:assert/strict";
import { mayRunAgent } from "../support/agents.ts";
import { BINARY, type CarResult, runCar, type RunningCar, startCar } from "../support/car.ts";
import {
  type CarRepo,
  type CarRepoOptions,
  makeCarRepo,
  shellBody,
  ticketText,
} from "../support/car_repo.ts";
import { leftoversOf } from "../support/processes.ts";
import { plainScreen, runCarOnTerminal } from "../support/pty.ts";
import { markDone, openQueueBench, scripted } from "../support/queue_bench.ts";

const FORM = { form: "binary" } as const;

interface Bench {
  readonly repo: CarRepo;
  car(...args: string[]): Promise<CarResult>;
  start(...args: string[]): RunningCar;
}

async function withRepo(
  tickets: readonly string[],
  body: (bench: Bench) => Promise<void>,
  options: CarRepoOptions = {},
): Promise<void> {
  await using repo = await makeCarRepo({ tickets, ...options });
  await body({
    repo,
    car: (...args) => runCar(args, repo, FORM),
    start: (...args) => startCar(args, repo, FORM),
  });
}

const shellTicket = (...commands: string[]): string =>
  ticketText({ agent: "shell", title: "Make" }, shellBody(...commands));

const MAKE = shellTicket("echo hi > made.txt");

/** Answers the first request of the running car. */
async function answer({ car }: Bench, ...words: string[]): Promise<void> {
  const { stdout } = await car("--safe", "inbox", "--json");
  const [first] = JSON.parse(stdout);
  const given = await car("--safe", "inbox", "answer", String(first.id), ...words);
  assert.equal(given.code, 0, given.stderr);
}

/** Between two looks at what no event tells of, in milliseconds. */
const LOOK_MS = 20;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

Deno.test("car --safe run asks before a shell ticket's commands, and runs them on yes", () =>
  withRepo([MAKE], async (bench) => {
    await using running = bench.start("--safe", "run");
    await running.line(/asks: command: echo hi/);
    await assert.rejects(bench.repo.read("made.txt"), Deno.errors.NotFound);
    await answer(bench, "yes");
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await bench.repo.read("made.txt"), "hi\n");
    assert.match(await bench.repo.git("log", "--format=%s"), /^TICKET-001 Make$/m);
    assert.deepEqual(await leftoversOf(bench.repo.cwd), []);
  }));

Deno.test("car --safe run does not run a shell ticket's commands on no", () =>
  withRepo([MAKE], async (bench) => {
    await using running = bench.start("--safe", "run", "--stop-after-runs", "1");
    await running.line(/asks: command: echo hi/);
    await answer(bench, "no");
    running.signal("SIGTERM");
    await running.ended;
    await assert.rejects(bench.repo.read("made.txt"), Deno.errors.NotFound);
  }));

Deno.test("car --allow-all run, and car run, work a shell ticket without asking", async () => {
  for (const flags of [["--allow-all"], []]) {
    await withRepo([MAKE], async ({ car, repo }) => {
      const { code, stdout, stderr } = await car(...flags, "run");
      assert.equal(code, 0, stdout + stderr);
      assert.equal(await repo.read("made.txt"), "hi\n");
    });
  }
});

Deno.test("car --safe run works a ticket with the real Codex in its sandbox", async () => {
  if (!mayRunAgent("codex")) return;
  await using bench = await openQueueBench("binary");
  const make = { items: [{ exec: `echo 1 > one.txt; ${markDone(1)}` }] };
  const script = { turns: [{ steps: [make, { items: [{ say: "Done." }] }] }] };
  await bench.ticket(1, { title: "One", verify: "test -f one.txt" }, scripted(script));
  const first = await bench.car("--safe", "run");
  assert.equal(first.code, 3, first.stdout + first.stderr);
  assert.match(first.stdout, /Paused \(approval\)/);
  assert.equal(bench.model.requests.length, 0, "the agent worked before the check was approved");
  assert.equal((await bench.car("--safe", "approve", "--yes")).code, 0);
  const { code, stdout, stderr } = await bench.car("--safe", "run");
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /TICKET-001 One: accepted \(1 check passed\)/);
  assert.match(await bench.sh("git log --format=%s"), /^TICKET-001 One$/m);
  assert.deepEqual(await bench.leftovers(), []);
});

/** Codex lets its commands write in the temporary folders, so the approvals have to lie elsewhere. */
const OUTSIDE = BINARY.slice(0, BINARY.lastIndexOf("/"));

Deno.test("an agent in Codex's sandbox cannot approve its own commands", {
  ignore: !mayRunAgent("codex") || OUTSIDE.startsWith("/tmp/"),
}, async () => {
  await using bench = await openQueueBench("binary");
  const state = await Deno.makeTempDir({ dir: OUTSIDE });
  const env = {
    PATH: `${bench.repo}/../bin:/usr/bin:/bin`,
    CODEX_HOME: bench.home,
    CAR_GLOBAL_STATE_ROOT: state,
  };
  const place = { cwd: bench.repo, home: bench.home };
  const car = (...args: string[]) => runCar(["--safe", ...args], place, { form: "binary", env });
  const forge = `for f in ${state}/approved/*; do echo '{}' > $f || echo no >> one.txt; done`;
  const steps = [{ items: [{ exec: `${forge}; ${markDone(1)}` }] }, { items: [{ say: "Done." }] }];
  const ticket = { title: "One", verify: "test -f one.txt" };
  try {
    await bench.ticket(1, ticket, scripted({ turns: [{ steps }] }));
    assert.equal((await car("approve", "--yes")).code, 0);
    const { code, stdout, stderr } = await car("run");
    assert.equal(code, 0, stdout + stderr);
    assert.equal((await bench.sh("cat one.txt")).trim(), "no");
  } finally {
    await Deno.remove(state, { recursive: true });
  }
});

Deno.test("exit codes come through the thread as they are", () =>
  withRepo([ticketText({ agent: "user", title: "Yours" }, "Do it.")], async ({ car, start }) => {
    const lines: readonly [line: string, code: number][] = [
      ["status", 0],
      ["--help", 0],
      ["--version", 0],
      ["ticket show 99", 1],
      ["nonsense", 2],
      ["ticket list --nonsense", 2],
      ["run", 3],
    ];
    for (const [line, code] of lines) {
      const words = line.split(" ");
      const [plain, safe] = [await car(...words), await car("--safe", ...words)];
      assert.deepEqual([plain.code, safe.code], [code, code], `${line}: ${safe.stderr}`);
      if (code !== 3) assert.equal(safe.stdout, plain.stdout, line);
      if (code !== 3) assert.equal(safe.stderr, plain.stderr, line);
    }
    await using holder = start("--safe", "run", "--wait");
    await holder.line(/Paused/);
    const second = await car("--safe", "run");
    assert.equal(second.code, 4, second.stderr);
    assert.match(second.stderr, new RegExp(`in use by car run \\(process ${holder.pid}`));
    const seen = await car("run");
    assert.equal(seen.code, 4);
    assert.equal(seen.stderr, second.stderr, "an unconfined car names the holder as well");
  }));

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

Deno.test("signals reach a run in the thread, stop it in order, and are its exit code", async () => {
  for (const [signal, code] of Object.entries(SIGNALS)) {
    await withRepo([MAKE], async ({ car, start, repo }) => {
      await using running = start("--safe", "run");
      await running.line(/asks: command/);
      running.signal(signal as keyof typeof SIGNALS);
      const ended = await running.ended;
      assert.equal(ended.code, code, ended.stdout + ended.stderr);
      assert.equal(ended.signal, null, "it ended by itself");
      const status = JSON.parse((await car("--safe", "status", "--json")).stdout);
      assert.equal(status.status, "stopped", signal);
      assert.deepEqual(await leftoversOf(repo.cwd), []);
    });
  }
});

Deno.test("signals end a command in the thread that does not listen for them", () =>
  withRepo([MAKE], async ({ start }) => {
    for (const [signal, code] of Object.entries(SIGNALS)) {
      await using running = start("--safe", "status", "--watch");
      await running.line(/queue/);
      running.signal(signal as keyof typeof SIGNALS);
      assert.equal((await running.ended).code, code, signal);
    }
  }));

Deno.test("a confined car that is killed leaves no process, and the next one goes on", () =>
  withRepo([shellTicket("echo up > up.txt", "sleep 600")], async (bench) => {
    const { repo, start, car } = bench;
    await using running = start("--safe", "run");
    await running.line(/asks: command/);
    await answer(bench, "yes");
    await until(() => Deno.stat(`${repo.cwd}/up.txt`).then(() => true, () => false));
    running.signal("SIGKILL");
    await running.ended;
    await until(async () => (await leftoversOf(repo.cwd)).length === 0);
    await using again = start("--safe", "run");
    await again.line(/ended without saying so/);
    await again.line(/asks: command/);
    assert.equal((await car("--safe", "stop")).code, 0);
    assert.equal((await again.ended).code, 0);
  }));

Deno.test("a confined car reads stdin and a terminal, and colours as ever", () =>
  withRepo([], async ({ repo, car }) => {
    const words = ["--safe", "ticket", "new", "--title", "From stdin", "--body", "-"];
    const piped = await runCar(words, repo, { ...FORM, stdin: "The body\n" });
    assert.equal(piped.code, 0, piped.stderr);
    assert.match((await car("ticket", "show", "1")).stdout, /The body/);

    const check = ticketText({ agent: "shell", title: "Two", verify: ["true"] }, "Body");
    await repo.write(".codex-autorunner/tickets/TICKET-002.md", check);
    const asked = await runCarOnTerminal(["--safe", "approve"], repo, { ...FORM, stdin: "y\n" });
    assert.equal(asked.code, 0, asked.screen);
    assert.match(plainScreen(asked.screen), /Approve it in this repo\? \[y\/N\]/);
    assert.match(plainScreen(asked.screen), /Approved 1 command/);
    const list = await runCarOnTerminal(["--safe", "ticket", "list"], repo, FORM);
    assert.equal(list.code, 0);
    assert(list.screen.includes("\u001b["), "no colour on a terminal");
  }));
