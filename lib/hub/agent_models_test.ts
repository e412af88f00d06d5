import assert from "node:assert/strict";
import type { Agent } from "../engine/ports.ts";
import { AgentModels } from "./agent_models.ts";

/** An agent that can be asked for its models, and counts how often it was. */
function agentWith(answer: (profile: string | null) => Promise<readonly string[] | null>) {
  let asked = 0;
  const agent: Pick<Agent, "models"> = {
    models: (profile) => {
      asked++;
      return answer(profile);
    },
  };
  return { agent, asked: () => asked };
}

const settings = (model: string | null, profile: string | null = null) => ({ model, profile });

Deno.test("refusal() names the models there are and the one that was meant, asking once", async () => {
  const { agent, asked } = agentWith(() => Promise.resolve(["large-2", "small-2"]));
  const models = new AgentModels();
  assert.equal(await models.refusal("mine", agent, settings("small-2")), null);
  assert.deepEqual(await models.refusal("mine", agent, settings("smal-2")), {
    kind: "refused",
    message: 'mine has no model "smal-2"; it has large-2, small-2. Did you mean "small-2"?',
  });
  assert.equal(asked(), 1);
  await models.refusal("mine", agent, settings("small-2", "other"));
  assert.equal(asked(), 2);
});

Deno.test("refusal() lets a model pass that nobody can judge", async () => {
  const models = new AgentModels();
  const free = agentWith(() => Promise.resolve(null));
  const empty = agentWith(() => Promise.resolve([]));
  assert.equal(await models.refusal("free", free.agent, settings("any")), null);
  assert.equal(await models.refusal("empty", empty.agent, settings("any")), null);
  assert.equal(await models.refusal("mute", {}, settings("any")), null);
  const unasked = agentWith(() => Promise.resolve(["one"]));
  assert.equal(await models.refusal("default", unasked.agent, settings(null)), null);
  assert.equal(unasked.asked(), 0);
});

Deno.test("refusal() asks again after an agent did not answer", async () => {
  const models = new AgentModels();
  const answers = [Promise.reject(new Error("gone")), Promise.resolve(["one"])];
  const { agent } = agentWith(() => answers.shift() ?? Promise.resolve(null));
  assert.equal(await models.refusal("late", agent, settings("two")), null);
  assert.equal((await models.refusal("late", agent, settings("two")))?.kind, "refused");
});
