import assert from "node:assert/strict";
import { CarError } from "../base/errors.ts";
import { inspectConfig, loadConfig } from "./config.ts";
import { setConfigKey, writeConfigKey } from "./config_file.ts";
import { CONFIG_MODES } from "./config_keys.ts";
import { configTemplate } from "./config_template.ts";
import { writeFileAtomic } from "./files.ts";

const CASES: readonly (readonly [string, string, string, unknown, string])[] = [
  [
    "scalar keeps its comment",
    "limits:\n  stalls: 2   # why\n",
    "limits.stalls",
    3,
    "limits:\n  stalls: 3   # why\n",
  ],
  [
    "quoted",
    "git: {commit_prefix: 'a'}\n",
    "git.commit_prefix",
    "b: c",
    'git: {commit_prefix: "b: c"}\n',
  ],
  ["top level", "version: 2\nqueue: tickets\n", "queue", "todo", "version: 2\nqueue: todo\n"],
  [
    "new key in section",
    "limits:\n  stalls: 2 # x\n\n# end\ngit:\n  a: 1\n",
    "limits.lint_repairs",
    4,
    "limits:\n  stalls: 2 # x\n  lint_repairs: 4\n\n# end\ngit:\n  a: 1\n",
  ],
  [
    "deep indent",
    "agents:\n    codex:\n        kind: codex\n",
    "agents.codex.model",
    "m",
    "agents:\n    codex:\n        kind: codex\n        model: m\n",
  ],
  ["new section", "version: 2", "limits.stalls", 3, "version: 2\nlimits:\n  stalls: 3\n"],
  ["empty file", "", "limits.stalls", 3, "limits:\n  stalls: 3\n"],
  ["only comments", "# hi\n", "queue", "todo", "# hi\nqueue: todo\n"],
  [
    "empty section",
    "limits:\n  # stalls: 2\ngit:\n  a: 1\n",
    "limits.stalls",
    3,
    "limits:\n  stalls: 3\n  # stalls: 2\ngit:\n  a: 1\n",
  ],
  [
    "empty value",
    "limits:\n  stalls:\n  x: 1\n",
    "limits.stalls",
    3,
    "limits:\n  stalls: 3\n  x: 1\n",
  ],
  [
    "empty value with comment",
    "limits:\n  stalls: # hm\n",
    "limits.stalls",
    3,
    "limits:\n  stalls: 3 # hm\n",
  ],
  [
    "flow section",
    "limits: { stalls: 2 }\n",
    "limits.crash_limit",
    3,
    "limits: { stalls: 2, crash_limit: 3 }\n",
  ],
  ["empty flow section", "limits: {}\n", "limits.stalls", 3, "limits: {stalls: 3}\n"],
  ["flow, two deep", "agents: {}\n", "agents.codex.model", "m", "agents: {codex: {model: m}}\n"],
  [
    "block list",
    "gate:\n  verify:\n    - a\n    - b\n  attempts: 2\n",
    "gate.verify",
    ["c d"],
    "gate:\n  verify: [c d]\n  attempts: 2\n",
  ],
  [
    "block text",
    "gate:\n  verify: |\n    a\n    b\n  attempts: 2\n",
    "gate.verify",
    ["x, y"],
    'gate:\n  verify: ["x, y"]\n  attempts: 2\n',
  ],
  [
    "map",
    "agents:\n  codex:\n    env: {A: b}\n",
    "agents.codex.env",
    { A: "c" },
    'agents:\n  codex:\n    env: {"A":"c"}\n',
  ],
  [
    "CRLF",
    "limits:\r\n  stalls: 2\r\n",
    "limits.lint_repairs",
    1,
    "limits:\r\n  stalls: 2\r\n  lint_repairs: 1\r\n",
  ],
  [
    "null",
    "runner:\n  stop_after_runs: 3\n",
    "runner.stop_after_runs",
    null,
    "runner:\n  stop_after_runs: null\n",
  ],
];

Deno.test("setConfigKey() changes one place and no other byte", () => {
  for (const [name, before, path, value, after] of CASES) {
    let found: string;
    try {
      found = setConfigKey(before, path, value);
    } catch (thrown) {
      found = String(thrown);
    }
    assert.equal(found, after, name);
  }
});

Deno.test("setConfigKey() refuses a text it cannot read", () => {
  for (const text of ["a: [", "hello", "a: &x 1\nb: *x\n", "- 1\n", "limits: 3\n"]) {
    assert.throws(
      () => setConfigKey(text, "limits.stalls", 3),
      (thrown) => thrown instanceof CarError && thrown.code === "invalid",
      text,
    );
  }
});

Deno.test("configTemplate() changes no built-in value, and neither do its comments uncommented", async () => {
  for (const mode of CONFIG_MODES) {
    const root = await Deno.makeTempDir();
    await Deno.mkdir(`${root}/.codex-autorunner`);
    const file = `${root}/.codex-autorunner/config.yml`;
    await writeFileAtomic(file, `mode: ${mode}\n`);
    const bare = (await loadConfig({ root, env: {} })).config;
    await writeFileAtomic(file, configTemplate(mode));
    assert.deepEqual((await loadConfig({ root, env: {} })).config, bare);
    const opened = configTemplate(mode).replaceAll(/^# (?= *(# |[a-z_]+:))/gm, "");
    await writeFileAtomic(file, opened);
    const { config, problems } = await inspectConfig({ root, env: {} });
    assert.deepEqual(problems, []);
    assert.deepEqual(config.limits, bare.limits);
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("writeConfigKey() judges what was typed, and makes a missing file", async () => {
  const root = await Deno.makeTempDir();
  await Deno.mkdir(`${root}/.codex-autorunner`);
  const file = `${root}/.codex-autorunner/config.yml`;
  assert.equal(await writeConfigKey(file, "repo", "limits.silence_seconds", "5"), 5);
  await writeConfigKey(file, "repo", "gate.verify", "[make, make test]");
  const { config } = await loadConfig({ root, env: {} });
  assert.equal(config.limits.silence_seconds, 5);
  assert.deepEqual(config.gate.verify.map((it) => it.run), ["make", "make test"]);
  const before = await Deno.readTextFile(file);
  const refusals = [
    ["limits.silence_second", "5", /Did you mean "limits.silence_seconds"/],
    ["limits.silence_seconds", "soon", /allowed: seconds/],
    ["limits", "5", /no config key/],
  ] as const;
  for (const [path, typed, words] of refusals) {
    await assert.rejects(
      writeConfigKey(file, "repo", path, typed),
      (thrown) => thrown instanceof CarError && words.test(`${thrown.message} ${thrown.hint}`),
      path,
    );
  }
  assert.equal(await Deno.readTextFile(file), before);
  await Deno.remove(root, { recursive: true });
});
