import assert from "node:assert/strict";
import { CarError } from "../../base/errors.ts";
import { choose, offerOf } from "./choices.ts";

const option = (value: string) => ({ value, name: value.toUpperCase() });
const SESSION = {
  configOptions: [
    {
      id: "m",
      category: "model",
      currentValue: "small",
      options: [option("small"), { name: "Big ones", options: [option("large")] }],
    },
    { id: "effort", category: "thought_level", currentValue: "low", options: [option("high")] },
    { id: "mode", category: "mode", currentValue: "ask", options: [option("ask"), option("go")] },
  ],
};
const OLD = {
  modes: { currentModeId: "ask", availableModes: [{ id: "ask", name: "Ask" }, { id: "go" }] },
  models: { currentModelId: "a", availableModels: [{ modelId: "a" }, { modelId: "b" }] },
};

Deno.test("choose() makes the call by whichever way the agent offers", () => {
  const rows = [
    [SESSION, "model", "large", "session/set_config_option", { configId: "m", value: "large" }],
    [SESSION, "model", "LARGE", "session/set_config_option", { configId: "m", value: "large" }],
    [SESSION, "mode", "go", "session/set_config_option", { configId: "mode", value: "go" }],
    [SESSION, "thought_level", "high", "session/set_config_option", {
      configId: "effort",
      value: "high",
    }],
    [OLD, "mode", "go", "session/set_mode", { modeId: "go" }],
    [OLD, "model", "b", "session/set_model", { modelId: "b" }],
    [{ ...OLD, ...SESSION }, "mode", "go", "session/set_mode", { modeId: "go" }],
  ] as const;
  for (const [session, choice, wanted, method, params] of rows) {
    assert.deepEqual(choose(session, choice, wanted), { method, params });
  }
});

Deno.test("choose() makes no call when the value is chosen already", () => {
  assert.equal(choose(SESSION, "model", "small"), undefined);
  assert.equal(choose(OLD, "mode", "Ask"), undefined);
});

Deno.test("choose() names the values there are when there is no such one", () => {
  assert.throws(() => choose(SESSION, "model", "huge"), (thrown) => {
    assert(thrown instanceof CarError);
    assert.equal(thrown.message, 'This agent knows no model "huge"');
    assert.equal(thrown.hint, "Set `model` to one of: small, large.");
    return true;
  });
  assert.throws(() => choose({}, "mode", "go"), /offers no choice of a mode/);
  assert.equal(offerOf(null, "model"), undefined);
});
