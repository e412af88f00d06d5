import assert from "node:assert/strict";
import { turnId } from "../../lib/engine/ids.ts";
import type { AgentThread, OpenOptions } from "../../lib/engine/ports.ts";
import { mayRunAgent } from "../support/agents.ts";
import { openCodexBench } from "../support/codex_bench.ts";
import { oneTurn, scriptBlock } from "../support/model_script.ts";

const OPTIONS: OpenOptions = {
  resume: null,
  model: null,
  reasoning: null,
  profile: null,
  posture: "yolo",
  title: "Chat",
};

async function say(thread: AgentThread, prompt: string): Promise<string> {
  const id = turnId(crypto.randomUUID().replaceAll("-", "").slice(0, 16));
  const input = { turnId: id, prompt, ticketPath: "/nowhere", env: {} };
  const texts: string[] = [];
  for await (const event of thread.turn(input, new AbortController().signal)) {
    if (event.type === "text") texts.push(event.text);
    if (event.type === "ended") assert.equal(event.result, "completed", JSON.stringify(event));
  }
  return texts.join(" ");
}

Deno.test({
  name: "fork() gives a copy that knows what was said, and both go on by themselves",
  ignore: !mayRunAgent("codex"),
}, async () => {
  await using bench = await openCodexBench();
  const agent = bench.agentWith({});
  const script = oneTurn(
    { items: [{ say: "One." }] },
    { items: [{ say: "Two." }] },
    { items: [{ say: "Three." }] },
  );
  const thread = await agent.open(OPTIONS);
  assert.equal(await say(thread, scriptBlock(script)), "One.");
  const copyId = await agent.fork({ ...OPTIONS, resume: thread.id });
  assert.notEqual(copyId, thread.id);
  assert.equal(await say(thread, "Go on."), "Two.");
  // In a new process, as after a restart of CAR: Codex lets only one write a thread.
  await agent.close();
  const other = bench.agentWith({});
  const copy = await other.open({ ...OPTIONS, resume: copyId });
  assert.equal(await say(copy, "Go on."), "Two.");
  assert.equal(await say(copy, "Go on."), "Three.");
  assert.equal(copy.id, copyId);
  assert.deepEqual(bench.model.problems, []);
});
