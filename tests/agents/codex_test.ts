import assert from "node:assert/strict";
import type { CodexOptions } from "../../lib/adapters/codex/agent.ts";
import { CarError } from "../../lib/base/errors.ts";
import { OPEN, play, type Task, turnInput } from "../support/agent_bench.ts";
import { testAgentContract } from "../support/agent_contract.ts";
import { mayRunAgent, requireAgent } from "../support/agents.ts";
import { type CodexBench, openCodexBench, SECRET } from "../support/codex_bench.ts";
import { emptyThreadFiles } from "../support/codex_home.ts";
import { oneTurn, scriptBlock } from "../support/model_script.ts";

testAgentContract({
  name: "codex",
  about: "Codex by its app-server, the real program",
  skips: {},
  ignore: !mayRunAgent("codex"),
  bench: openCodexBench,
});

const NO_RECORD = "codex exec keeps no record that can be asked";
testAgentContract({
  name: "codex exec",
  about: "`codex exec`, used where the app-server is not there",
  skips: {
    "does not ask in the yolo posture": "codex exec refuses rm -f by itself",
    "asks in the safe posture and runs on yes": "codex exec never asks",
    "asks in the safe posture and does not run on no": "codex exec never asks",
    "tells a crash, and knows afterwards that the prompt had arrived": NO_RECORD,
    "records a turn that ended": NO_RECORD,
  },
  ignore: !mayRunAgent("codex"),
  async bench() {
    const bench = await openCodexBench();
    const agent = (options: Partial<CodexOptions> = {}) => bench.execAgentWith(options);
    return {
      ...bench,
      agent: () => agent(),
      noisyAgent: () => agent({ command: [bench.noisyProgram] }),
      missingAgent: () => agent({ command: null, path: "/nowhere" }),
    };
  },
});

/** A test of what only Codex does. */
function testCodex(name: string, run: (bench: CodexBench) => Promise<void>): void {
  Deno.test({
    name: `codex agent ${name}`,
    ignore: !mayRunAgent("codex"),
    async fn() {
      await using bench = await openCodexBench();
      await run(bench);
    },
  });
}

const readRepo = (bench: CodexBench, name: string) => Deno.readTextFile(`${bench.repo}/${name}`);

async function playOnce(bench: CodexBench, task: Task, options: Partial<CodexOptions> = {}) {
  const thread = await bench.agentWith(options).open(OPEN);
  return await play(thread, turnInput(await bench.prompt([task])));
}

testCodex(
  "keeps CAR's own environment from commands, but for names that are listed",
  async (bench) => {
    const task = { run: "env | sort >> env.txt" };
    await playOnce(bench, task);
    const text = await readRepo(bench, "env.txt");
    assert(!text.includes(SECRET.name) && !text.includes(SECRET.value), text);
    await playOnce(bench, task, { inherit: [SECRET.name], env: { FROM_CONFIG: "1" } });
    const second = await readRepo(bench, "env.txt");
    assert(second.includes(`${SECRET.name}=${SECRET.value}\n`));
    assert(second.includes("FROM_CONFIG=1\n"));
  },
);

testCodex("tells tokens of the turn, and repeats no finished turn", async (bench) => {
  const thread = await bench.agent().open(OPEN);
  const prompt = await bench.prompt([{ run: "true" }], [{ say: "Second." }]);
  const usages: number[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const { events } = await play(thread, turnInput(prompt));
    const last = events.findLast((event) => event.type === "usage");
    usages.push(last?.type === "usage" ? last.usage.input : 0);
  }
  // Two calls of the model, then one: each costs 1000.
  assert.deepEqual(usages, [2000, 1000]);
  assert.deepEqual([...bench.model.countByTurn().values()], [2, 1]);
  assert.deepEqual([...bench.model.finishedTurns().values()], [1, 1]);
  assert.deepEqual(bench.model.problems, []);
});

testCodex("retries a model that fails once, within the turn", async (bench) => {
  const script = oneTurn({ attempts: [{ http: 500 }, { items: [{ say: "Fine." }] }] });
  const thread = await bench.agent().open(OPEN);
  const input = turnInput({ prompt: scriptBlock(script), ticketPath: "/t.md" });
  assert.equal((await play(thread, input)).ended.result, "completed");
});

testCodex("is steered within a turn", async (bench) => {
  const held = { hold: "steer", items: [{ exec: "true" }] };
  const script = oneTurn(held, { items: [{ say: "Steered." }] });
  const thread = await bench.agent().open(OPEN);
  const input = turnInput({ prompt: scriptBlock(script), ticketPath: "/t.md" });
  const steering = bench.model.arrived((request) => request.step === 0).then(async () => {
    const taken = await thread.steer("Think of the tests.");
    bench.model.release("steer");
    return taken;
  });
  await play(thread, input);
  assert(await steering, "the word was not taken");
  assert(JSON.stringify(bench.model.requests.at(-1)?.body.input).includes("Think of the tests."));
  assert(!await thread.steer("Too late."), "there is no turn any more");
});

testCodex(
  "hands the repo's AGENTS.md to the model, but starts nothing of its configuration",
  async (bench) => {
    await Deno.writeTextFile(`${bench.repo}/AGENTS.md`, "Always write tests.");
    await Deno.mkdir(`${bench.repo}/.codex`);
    const trap = `[mcp_servers.trap]\ncommand = "touch"\nargs = ["${bench.repo}/sprung"]\n`;
    await Deno.writeTextFile(`${bench.repo}/.codex/config.toml`, trap);
    await playOnce(bench, { say: "Hello." });
    assert(JSON.stringify(bench.model.requests[0]?.body.input).includes("Always write tests."));
    await assert.rejects(readRepo(bench, "sprung"), Deno.errors.NotFound);
  },
);

testCodex("refuses the turn and says why when its configuration is broken", async (bench) => {
  await Deno.writeTextFile(`${bench.home}/config.toml`, "model = [\n");
  const { ended } = await playOnce(bench, { say: "Hello." });
  assert.equal(ended.error?.kind, "refused");
  assert.match(ended.error?.message ?? "", /config\.toml/);
});

testCodex("does not open when Codex does not start", async (bench) => {
  const command = [requireAgent("codex"), "-c", "agents.max_threads=0"];
  await assert.rejects(bench.agentWith({ command }).open(OPEN), (thrown) => {
    assert(thrown instanceof CarError);
    assert.equal(thrown.code, "unavailable");
    assert.match(thrown.message, /exit code 1[^]*must be at least 1/);
    return true;
  });
});

testCodex("starts a new process after a crash without being asked", async (bench) => {
  const thread = await bench.agent().open(OPEN);
  const prompt = await bench.prompt([{ say: "One." }], [{ say: "Two." }]);
  await play(thread, turnInput(prompt));
  await bench.crash?.();
  const { ended } = await play(thread, turnInput(prompt));
  assert.equal(ended.result, "completed");
});

const CUT_OFF = "a thread whose file was cut off at its beginning";

testCodex(`does not open ${CUT_OFF}`, async (bench) => {
  const agent = bench.agent();
  const thread = await agent.open(OPEN);
  await play(thread, turnInput(await bench.prompt([{ say: "One." }])));
  await agent.close();
  assert.equal(await emptyThreadFiles(bench.home), 1);
  await assert.rejects(bench.agent().open({ ...OPEN, resume: thread.id }), (thrown) => {
    assert(thrown instanceof CarError);
    assert.equal(thrown.code, "not_found");
    assert.match(thrown.message, /is empty/);
    return true;
  });
});

testCodex(`by exec goes on in a new thread instead of ${CUT_OFF}`, async (bench) => {
  const prompt = await bench.prompt([{ append: "n.txt", line: "1" }]);
  const thread = await bench.execAgentWith({}).open(OPEN);
  await play(thread, turnInput(prompt));
  assert.equal(await emptyThreadFiles(bench.home), 1);
  const again = await bench.execAgentWith({}).open({ ...OPEN, resume: thread.id });
  const { events, ended } = await play(again, turnInput(prompt));
  assert.equal(ended.result, "completed");
  assert.match(JSON.stringify(events[0]), /a new one begins/);
  assert.notEqual(again.id, thread.id);
  assert.equal(await readRepo(bench, "n.txt"), "1\n1\n");
});

testCodex("tells facts of the program and of the login", async (bench) => {
  const facts = await bench.agent().facts();
  assert.deepEqual([facts.found, facts.version, facts.login, facts.hint], [
    true,
    "0.169.0",
    "needs none",
    "",
  ]);
});

testCodex(
  "names the models there are, but not those of a provider Codex does not know",
  async (bench) => {
    const agent = bench.agent();
    assert.equal(await agent.models?.(null), null);
    await agent.close();
    const config = `${bench.home}/config.toml`;
    const text = await Deno.readTextFile(config);
    await Deno.writeTextFile(config, text.replace('model_provider = "scripted"\n', ""));
    assert.deepEqual(await bench.agent().models?.(null), ["scripted"]);
  },
);
