import assert from "node:assert/strict";
import type { OpenCodeOptions } from "../../lib/adapters/opencode/agent.ts";
import { CarError } from "../../lib/base/errors.ts";
import type { OpenOptions } from "../../lib/engine/ports.ts";
import { NEVER, OPEN, play, type Task, turnInput } from "../support/agent_bench.ts";
import { testAgentContract } from "../support/agent_contract.ts";
import { mayRunAgent, requireAgent } from "../support/agents.ts";
import { oneTurn, type Script, scriptBlock } from "../support/model_script.ts";
import { type OpenCodeBench, openOpenCodeBench, SECRET } from "../support/opencode_bench.ts";

testAgentContract({
  name: "opencode",
  about: "OpenCode by its own server, the real program",
  skips: {},
  ignore: !mayRunAgent("opencode"),
  bench: openOpenCodeBench,
});

/** A test of what only OpenCode does. */
function testOpenCode(name: string, run: (bench: OpenCodeBench) => Promise<void>): void {
  Deno.test({
    name: `opencode agent ${name}`,
    ignore: !mayRunAgent("opencode"),
    async fn() {
      await using bench = await openOpenCodeBench();
      await run(bench);
    },
  });
}

const readRepo = (bench: OpenCodeBench, name: string) => Deno.readTextFile(`${bench.repo}/${name}`);
const inputOf = (script: Script) =>
  turnInput({ prompt: `Do it.\n${scriptBlock(script)}`, ticketPath: "/t.md" });

async function playOnce(
  bench: OpenCodeBench,
  task: Task,
  options: Partial<OpenCodeOptions> = {},
  open: Partial<OpenOptions> = {},
) {
  const thread = await bench.agentWith(options).open({ ...OPEN, ...open });
  return await play(thread, turnInput(await bench.prompt([task])));
}

testOpenCode("keeps secrets and its server's password from commands", async (bench) => {
  const run = "env | sort > env.txt";
  await playOnce(bench, { run }, { env: { FROM_CONFIG: "1" } });
  const text = await readRepo(bench, "env.txt");
  assert(!text.includes(SECRET.value), text);
  assert.match(text, /^OPENCODE_SERVER_PASSWORD=$/m);
  assert.match(text, /^OPENCODE_CONFIG_CONTENT=$/m);
  assert.match(text, /^FROM_CONFIG=1$/m);
});

testOpenCode("tells tokens and cost of each turn, and its models", async (bench) => {
  const agent = bench.agentWith({});
  assert.deepEqual(await agent.models(), ["scripted/scripted"]);
  const thread = await agent.open({ ...OPEN, model: "scripted/scripted" });
  const prompt = await bench.prompt([{ run: "true" }], [{ say: "Second." }]);
  const told: unknown[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const { events } = await play(thread, turnInput(prompt));
    const last = events.findLast((event) => event.type === "usage");
    if (last?.type === "usage") told.push([last.usage.input, last.contextWindow, last.costUsd]);
  }
  // Two calls of the model, then one: each costs 1000 tokens.
  assert.deepEqual(told, [[2000, 100_000, 0.00184], [1000, 100_000, 0.00092]]);
  assert.deepEqual(bench.model.problems, []);
});

testOpenCode("names the models there are when asked for another", async (bench) => {
  const agent = bench.agentWith({});
  await assert.rejects(agent.open({ ...OPEN, model: "scripted/scripte" }), (thrown) => {
    assert(thrown instanceof CarError);
    assert.equal(thrown.code, "invalid");
    assert.match(thrown.hint ?? "", /Did you mean "scripted\/scripted"/);
    return true;
  });
});

testOpenCode("does not send work to the hosted service by itself", async (bench) => {
  const file = `${bench.home}/.config/opencode/opencode.json`;
  await Deno.writeTextFile(file, "{}");
  const agent = bench.agentWith({});
  await assert.rejects(agent.open(OPEN), /OpenCode has no model to use/);
  assert.equal((await agent.facts()).login, "no login");
});

testOpenCode("hands on a question, and the answer", async (bench) => {
  const questions = [{
    question: "Red or blue?",
    header: "Colour",
    options: [{ label: "Red", description: "r" }, { label: "Blue", description: "b" }],
  }];
  const script = oneTurn({ items: [{ call: "question", args: { questions } }] }, {
    items: [{ say: "Thanks." }],
  });
  const thread = await bench.agent().open(OPEN);
  const { events, ended } = await play(thread, inputOf(script), NEVER, async (event) => {
    if (event.type !== "question") return;
    await thread.answer(event.requestId, { type: "answers", answers: { "0": ["Blue"] } });
  });
  assert.equal(ended.result, "completed");
  const asked = events.find((event) => event.type === "question");
  assert.deepEqual(asked?.type === "question" ? asked.questions : null, [
    { id: "0", text: "Red or blue?", choices: ["Red", "Blue"] },
  ]);
  assert.match(JSON.stringify(bench.model.requests.at(-1)?.body.messages), /Blue/);
});

testOpenCode("neither edits nor runs anything in the read-only posture", async (bench) => {
  const write = { call: "write", args: { filePath: `${bench.repo}/made.txt`, content: "x" } };
  const script = oneTurn({ items: [write] }, { items: [{ exec: "echo x > made.txt" }] }, {
    items: [{ say: "I could not." }],
  });
  const thread = await bench.agent().open({ ...OPEN, posture: "read-only" });
  const { ended } = await play(thread, inputOf(script));
  assert.equal(ended.result, "completed");
  await assert.rejects(readRepo(bench, "made.txt"), Deno.errors.NotFound);
});

testOpenCode("gives the commands of an agent's agent the turn's marks", async (bench) => {
  const sub = scriptBlock({
    id: "sub",
    turns: [{
      steps: [
        { items: [{ exec: "echo $CAR_TURN_ID > mark.txt; ls /etc > /dev/null" }] },
        { items: [{ say: "Done below." }] },
      ],
    }],
  });
  const task = { description: "sub", prompt: sub, subagent_type: "general" };
  const script = oneTurn({ items: [{ call: "task", args: task }] }, { items: [{ say: "Done." }] });
  const input = inputOf(script);
  const thread = await bench.agent().open(OPEN);
  const { ended } = await play(thread, input);
  assert.equal(ended.result, "completed");
  assert.equal(await readRepo(bench, "mark.txt"), `${input.turnId}\n`);
});

testOpenCode(
  "hands over AGENTS.md, but neither obeys nor changes the repo's settings",
  async (bench) => {
    await Deno.writeTextFile(`${bench.repo}/AGENTS.md`, "Always write tests.");
    const settings = JSON.stringify({ model: "trap/trap" });
    await Deno.writeTextFile(`${bench.repo}/opencode.json`, settings);
    const { ended } = await playOnce(bench, { say: "Hello." });
    assert.equal(ended.result, "completed");
    assert.match(JSON.stringify(bench.model.requests[0]?.body.messages), /Always write tests\./);
    assert.equal(await readRepo(bench, "opencode.json"), settings);
  },
);

testOpenCode("does not start with broken settings, and says which", async (bench) => {
  await Deno.writeTextFile(`${bench.home}/.config/opencode/opencode.json`, "{ nonsense");
  await assert.rejects(bench.agentWith({}).open(OPEN), (thrown) => {
    assert(thrown instanceof CarError);
    assert.equal(thrown.code, "unavailable");
    assert.match(thrown.message, /OpenCode did not start/);
    return true;
  });
});

testOpenCode("starts a new process after a crash without being asked", async (bench) => {
  const thread = await bench.agent().open(OPEN);
  const prompt = await bench.prompt([{ say: "One." }], [{ say: "Two." }]);
  await play(thread, turnInput(prompt));
  await bench.crash?.();
  const { ended } = await play(thread, turnInput(prompt));
  assert.equal(ended.result, "completed");
});

testOpenCode("tells facts of the program and of the login", async (bench) => {
  const facts = await bench.agentWith({ command: [requireAgent("opencode"), "serve"] }).facts();
  assert.deepEqual([facts.found, facts.version, facts.login, facts.hint], [
    true,
    "1.18.33",
    "logged in",
    "",
  ]);
});
