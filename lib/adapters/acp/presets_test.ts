import assert from "node:assert/strict";
import { postureWords, presetFor, PRESETS } from "./presets.ts";

Deno.test("presetFor() knows an agent by its program, by its name, or as one of the person's own", () => {
  assert.deepEqual(presetFor("gemini", null)?.command, ["gemini", "--acp"]);
  const moved = presetFor("mine", ["/opt/bin/qwen", "--acp", "-m", "x"]);
  assert.deepEqual(moved?.command, ["/opt/bin/qwen", "--acp", "-m", "x"]);
  assert.equal(moved?.install, PRESETS.qwen.install);
  assert.equal(presetFor("goose", ["node", "g.js"])?.install, PRESETS.goose.install);
  const own = presetFor("mine", ["my-agent"]);
  assert.deepEqual(own?.command, ["my-agent"]);
  assert.equal(own?.postures["read-only"], undefined);
  assert.equal(presetFor("mine", null), undefined);
  assert.equal(presetFor("constructor", null), undefined);
});

Deno.test("postureWords() says what each posture is, and which one is refused", () => {
  const own = presetFor("mine", ["my-agent"]);
  assert.match(postureWords(own, null)["read-only"], /^refused/);
  assert.match(postureWords(own, "plan")["read-only"], /^mode plan; /);
  assert.match(postureWords(presetFor("gemini", null), null).yolo, /^mode yolo; /);
});
