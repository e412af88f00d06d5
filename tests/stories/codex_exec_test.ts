import assert from "node:assert/strict";
import { mayRunAgent, requireAgent } from "../support/agents.ts";
import { formUnderTest } from "../support/car.ts";
import { oneTurn } from "../support/model_script.ts";
import { markDone, openQueueBench, type QueueBench, scripted } from "../support/queue_bench.ts";

const ignore = !mayRunAgent("codex");

async function set(bench: QueueBench, key: string, value: string): Promise<void> {
  const { code, stdout, stderr } = await bench.car("config", "set", key, value);
  assert.equal(code, 0, stdout + stderr);
}

async function writeTickets(bench: QueueBench, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    const work = { items: [{ exec: `echo ${number} > ${number}.txt; ${markDone(number)}` }] };
    const script = { ...oneTurn(work, { items: [{ say: "Done." }] }), id: `exec-${number}` };
    await bench.ticket(number, { verify: `test -s ${number}.txt` }, scripted(script));
  }
}

/** A Codex without an app-server, as old ones are, that notes each start. */
async function writeOldCodex(bench: QueueBench): Promise<string> {
  const path = `${bench.home}/old-codex`;
  const script = [
    "#!/bin/sh",
    `for word; do case $word in app-server|exec) echo "$word" >> '${bench.home}/starts'; esac; done`,
    'case " $* " in *" app-server "*) echo "no such subcommand" >&2; exit 2;; esac',
    `exec '${requireAgent("codex")}' "$@"`,
  ];
  await Deno.writeTextFile(path, script.join("\n") + "\n");
  await Deno.chmod(path, 0o755);
  return path;
}

Deno.test({
  name: "a Codex without app-server works the queue by exec, tried once and told once",
  ignore,
  fn: async () => {
    await using bench = await openQueueBench(formUnderTest());
    await set(bench, "agents.codex.command", `[${await writeOldCodex(bench)}]`);
    await writeTickets(bench, 2);
    const ran = await bench.car("run", "--allow-dirty");
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.equal(ran.stdout.match(/app-server cannot be used here/g)?.length, 1, ran.stdout);
    assert.match(ran.stdout, /no such subcommand/);
    const starts = (await Deno.readTextFile(`${bench.home}/starts`)).trim().split("\n");
    assert.deepEqual(starts, ["app-server", "exec", "exec"]);
    assert.deepEqual(await bench.leftovers(), []);
  },
});

Deno.test({
  name: "app_server.mode: exec never starts an app-server; app-server never falls back",
  ignore,
  fn: async () => {
    await using bench = await openQueueBench(formUnderTest());
    await set(bench, "agents.codex.command", `[${await writeOldCodex(bench)}]`);
    await writeTickets(bench, 1);
    await set(bench, "app_server.mode", "app-server");
    const refused = await bench.car("run", "--allow-dirty");
    assert.equal(refused.code, 3, refused.stdout + refused.stderr);
    assert.match(refused.stdout, /no such subcommand/);
    await Deno.remove(`${bench.home}/starts`);
    await set(bench, "app_server.mode", "exec");
    const ran = await bench.car("run", "--allow-dirty");
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.equal(await Deno.readTextFile(`${bench.home}/starts`), "exec\n");
  },
});

/** Stands in the config, in the ticket's command and in what the agent's program says. */
const CANARY = "canary-5f2c9e71b0d44a";

Deno.test({
  name:
    "the logs tell each step and what the agent's program said, without the secrets of the config",
  ignore,
  fn: async () => {
    await using bench = await openQueueBench(formUnderTest());
    const program = `${bench.home}/noisy-codex`;
    const noise = `echo 'not a message: ${CANARY}'`;
    const script = `#!/bin/sh\n${noise}\nexec '${requireAgent("codex")}' "$@"\n`;
    await Deno.writeTextFile(program, script);
    await Deno.chmod(program, 0o755);
    await set(bench, "agents.codex.command", `[${program}]`);
    await set(bench, "agents.codex.env", `{MY_KEY: ${CANARY}}`);
    await set(bench, "log.level", "debug");
    await writeTickets(bench, 1);
    await bench.ticket(2, { agent: "shell", verify: `echo ${CANARY} > 2.txt` }, "```sh\ntrue\n```");
    const ran = await bench.car("run", "--allow-dirty");
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);

    const folder = `${bench.repo}/.codex-autorunner`;
    const own = await Deno.readTextFile(`${folder}/codex-autorunner.log`);
    const agents = await Deno.readTextFile(`${folder}/codex-server.log`);
    assert.doesNotMatch(own + agents, new RegExp(CANARY));
    assert.match(own, /^time=\S+Z level=info msg="Opened by car run, car /);
    assert.match(own, /run=run-0001 ticket=\S+ turn=\S+ msg="The turn ended: completed/);
    assert.match(own, /level=debug .*Check ended with 0: echo \[redacted MY_KEY\] > 2\.txt/);
    assert.match(own.trimEnd().split("\n").at(-1) ?? "", /msg="Closed by car run"$/);
    assert.match(agents, /level=info agent=codex msg=".*\[redacted MY_KEY\]/);
  },
});
