import assert from "node:assert/strict";
import type { AcpOptions } from "../../lib/adapters/acp/agent.ts";
import { CarError } from "../../lib/base/errors.ts";
import type { OpenOptions } from "../../lib/engine/ports.ts";
import { OPEN, play, turnInput } from "../support/agent_bench.ts";
import { testAgentContract } from "../support/agent_contract.ts";
import { type AcpBench, openFakeBench } from "../support/acp_bench.ts";
import { mayRunAgent } from "../support/agents.ts";
import { openCodexAcpBench } from "../support/codex_acp_bench.ts";
import { SECRET } from "../support/codex_bench.ts";
import { openOpenCodeAcpBench } from "../support/opencode_acp_bench.ts";

testAgentContract({
  name: "acp",
  about: "an agent of our own that keeps to the Agent Client Protocol",
  skips: {},
  bench: () => openFakeBench(),
});

const SLOPPY = [
  "noise",
  "no-ids",
  "no-version",
  "cumulative",
  "late",
  "cancel-lies",
  "odd-options",
];
testAgentContract({
  name: "sloppy acp",
  about: "an agent of our own that gets as much of ACP wrong as can be survived",
  skips: {},
  bench: () => openFakeBench([...SLOPPY, "resume-lies"]),
});

testAgentContract({
  name: "codex-acp",
  about: "codex-acp of Zed, the real program",
  skips: {},
  ignore: !mayRunAgent("codex-acp") || !mayRunAgent("codex"),
  bench: openCodexAcpBench,
});

testAgentContract({
  name: "opencode acp",
  about: "`opencode acp`, the real program",
  skips: {
    "names a quota and when it is back":
      "opencode acp sleeps over a used-up quota and tells its client nothing",
    "names a broken connection":
      "opencode acp tries again for more than a minute before it tells of a broken connection",
  },
  ignore: !mayRunAgent("opencode"),
  bench: openOpenCodeAcpBench,
});

/** What one of our own agents does, beside the contract. */
function testAcp(
  name: string,
  mischief: readonly string[],
  run: (bench: AcpBench) => Promise<void>,
): void {
  Deno.test(`acp agent ${name}`, async () => {
    await using bench = await openFakeBench(mischief);
    await run(bench);
  });
}

type Steps = readonly Readonly<Record<string, unknown>>[];

async function playSteps(
  bench: AcpBench,
  steps: Steps,
  open: Partial<OpenOptions> = {},
  options: Partial<AcpOptions> = {},
) {
  const thread = await bench.agentWith(options).open({ ...OPEN, ...open });
  const prompt = `@@tasks${JSON.stringify([steps])}@@end`;
  const asked: string[] = [];
  const input = turnInput({ prompt, ticketPath: `${bench.repo}/T.md` });
  const told = await play(thread, input, undefined, async (event) => {
    if (event.type !== "approval") return;
    asked.push(event.title);
    await thread.answer(event.requestId, { type: "yes" });
  });
  return { ...told, asked };
}

const settingsOf = async (bench: AcpBench) =>
  (await Deno.readTextFile(`${bench.home}/settings.txt`)).trim().split("\n").map((line) => {
    const { sessionId: _, ...rest } = JSON.parse(line);
    return rest;
  });

testAcp("sets model and mode of the session, and names the models there are", [], async (bench) => {
  await playSteps(bench, [], { model: "LARGE", profile: "plan" });
  assert.deepEqual(await settingsOf(bench), [
    { modeId: "plan" },
    { configId: "the-model", value: "large" },
  ]);
  const { ended } = await playSteps(bench, [], { model: "huge" });
  assert.equal(ended.error?.kind, "refused");
  assert.match(
    ended.error?.message ?? "",
    /no model "huge"\. Set `model` to one of: small, large\./,
  );
  const { events } = await playSteps(bench, [], { reasoning: "high" });
  assert(events.some((event) => event.type === "notice" && /no choice/.test(event.text)));
});

testAcp("tells how to log in when the agent wants a login", ["login"], async (bench) => {
  const { ended } = await playSteps(bench, []);
  assert.deepEqual([ended.result, ended.error?.kind], ["failed", "auth"]);
  assert.match(ended.error?.message ?? "", /Log in with Fake/);
  const facts = await bench.agent().facts();
  assert.deepEqual([facts.version, facts.protocol, facts.login], ["1.2.3", "ACP", "unknown"]);
  assert.match(facts.hint, /Log in with Fake/);
});

testAcp("gives up an agent that never answers the first message", ["deaf"], async (bench) => {
  const { ended } = await playSteps(bench, [], {}, { initializeMs: 300 });
  assert.deepEqual([ended.result, ended.error?.kind], ["failed", "silent"]);
  assert.match(ended.error?.message ?? "", /must speak ACP/);
});

testAcp("refuses an agent of another version of the protocol", ["future"], async (bench) => {
  const { ended } = await playSteps(bench, []);
  assert.match(ended.error?.message ?? "", /speaks version 2 of the protocol/);
});

testAcp("tells the last words of a program that is no agent", [], async (bench) => {
  const command = ["/bin/sh", "-c", "echo no such switch >&2; exit 7"];
  const { ended } = await playSteps(bench, [], {}, { command });
  assert.equal(ended.error?.kind, "crashed");
  assert.match(ended.error?.message ?? "", /exit code 7[^]*no such switch/);
});

testAcp(
  "keeps an agent that cannot load sessions from turn to turn",
  ["forgetful"],
  async (bench) => {
    const agent = bench.agent();
    const thread = await agent.open(OPEN);
    const prompt = `@@tasks${JSON.stringify([[{ say: "One." }], [{ say: "Two." }]])}@@end`;
    const texts: string[] = [];
    for (let turn = 0; turn < 2; turn++) {
      const input = turnInput({ prompt, ticketPath: "/t.md" });
      const { events } = await play(thread, input);
      texts.push(...events.flatMap((event) => event.type === "text" ? [event.text] : []));
    }
    assert.deepEqual(texts.map((text) => text.slice(0, 4)), ["One.", "Two."]);
    await assert.rejects(agent.open({ ...OPEN, resume: thread.id }), (thrown) => {
      assert(thrown instanceof CarError);
      assert.equal(thrown.code, "conflict");
      return true;
    });
  },
);

const SAID = ["late", "cumulative", "no-ids"];
testAcp("hears words that come after the answer, each once", SAID, async (bench) => {
  const { events } = await playSteps(bench, [{ say: "A rather long first word." }]);
  const texts = events.flatMap((event) => event.type === "text" ? [event.text] : []);
  assert.deepEqual(texts, ["A rather long first word.\n\nEnd of turn, said late."]);
});

testAcp("keeps files and commands of the client within the posture", [], async (bench) => {
  const outside = { append: "../outside.txt", line: "x" };
  const { ended } = await playSteps(bench, [outside], { posture: "safe" });
  assert.equal(ended.error?.kind, "refused");
  assert.match(ended.error?.message ?? "", /lies outside the repo/);
  const inside = { append: "deep/er/inside.txt", line: "x" };
  const safe = await playSteps(bench, [inside, { run: "true" }], { posture: "safe" });
  assert.equal(safe.ended.result, "completed");
  assert.deepEqual(safe.asked, ["true"]);
  assert.equal(await Deno.readTextFile(`${bench.repo}/deep/er/inside.txt`), "x\n");
  const options = { posture: "read-only", profile: "plan" } as const;
  for (const step of [inside, { run: "true" }]) {
    assert.equal((await playSteps(bench, [step], options)).ended.error?.kind, "refused");
  }
  assert.equal((await playSteps(bench, [outside])).ended.result, "completed");
});

testAcp("refuses the read-only posture where nobody can promise it", [], async (bench) => {
  await assert.rejects(bench.agent().open({ ...OPEN, posture: "read-only" }), /no posture/);
});

testAcp(
  "keeps CAR's own environment from its commands, but for names that are listed",
  [],
  async (bench) => {
    const step = { run: "env > env.txt" };
    await playSteps(bench, [step]);
    assert(!(await Deno.readTextFile(`${bench.repo}/env.txt`)).includes(SECRET.value));
  },
);

testAcp("says nothing of what a session replays", [], async (bench) => {
  const agent = bench.agent();
  const thread = await agent.open(OPEN);
  for (let turn = 0; turn < 2; turn++) {
    const { events } = await play(thread, turnInput({ prompt: "Go on.", ticketPath: "/t.md" }));
    assert(!events.some((event) => event.type === "text" && event.text.includes("of old")));
  }
});
