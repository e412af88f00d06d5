import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import { CarError } from "../base/errors.ts";
import {
  asHubConfig,
  asRepoConfig,
  type ConfigSource,
  inspectConfig,
  loadConfig,
  originText,
  problemText,
} from "./config.ts";
import { writeFileAtomic } from "./files.ts";
import { rounds } from "../../tests/support/rounds.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

async function inFolder(
  files: Files,
  then: (source: ConfigSource) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/.codex-autorunner`);
    for (const [name, text] of Object.entries(files)) {
      await writeFileAtomic(`${root}/${name}`, text);
    }
    await then({ root, env });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const OWN = ".codex-autorunner/config.yml";

/** The problems of one config file, without its name. */
async function problemsOf(text: string | Uint8Array, env = {}): Promise<readonly string[]> {
  let found: readonly string[] = [];
  await inFolder({ [OWN]: text }, async (source) => {
    const { problems } = await inspectConfig(source);
    found = problems.map((it) => problemText(it).replace(`${OWN}:`, ""));
  }, env);
  return found;
}

Deno.test("loadConfig() gives the built-in values where nothing is written", () =>
  inFolder({}, async (source) => {
    const loaded = await loadConfig(source);
    const config = asRepoConfig(loaded);
    assert.equal(config.limits.silence_seconds, 600);
    assert.equal(config.prompt.prev_run_max_chars, 6000);
    assert.equal(config.git.auto_commit, "ticket");
    assert.equal(config.queue, "tickets");
    assert.deepEqual(Object.keys(config.agents), ["codex", "opencode", "shell"]);
    assert.equal(config.agents["shell"]?.kind, "shell");
    assert.equal(originText(loaded.origin("limits.silence_seconds")), "built-in");
  }));

Deno.test("loadConfig() lays each layer over the one before and knows where a value came from", () =>
  inFolder(
    {
      "codex-autorunner.yml":
        "# shared\nlimits:\n  ticket_turns: 1\n  stalls: 3\nagents:\n  codex:\n    model: a\n    env: {A: b}\n",
      "codex-autorunner.override.yml":
        "limits: {ticket_turns: 2}\ngate:\n  verify:\n    - make\n    - {run: make test, timeout_s: 9}\n",
      [OWN]:
        "version: 2\r\nmode: repo\r\nlimits:\r\n  # note\r\n  ticket_turns: 3\r\nagents:\r\n  codex:\r\n    model: c\r\n  hermes:\r\n    command: hermes acp\r\ngate:\r\n",
    },
    async (source) => {
      const loaded = await loadConfig(source);
      const config = asRepoConfig(loaded);
      assert.equal(config.limits.ticket_turns, 3);
      assert.equal(config.limits.stalls, 3);
      assert.equal(config.limits.lint_repairs, 7);
      assert.equal(config.agents["codex"]?.model, "c");
      assert.deepEqual(config.agents["codex"]?.env, { A: "b" });
      assert.deepEqual(config.agents["hermes"]?.command, ["hermes", "acp"]);
      assert.deepEqual(config.gate.verify, [
        { run: "make", timeoutSeconds: null },
        { run: "make test", timeoutSeconds: 9 },
      ]);
      assert.equal(config.git.commit_prefix, null);
      const origins = [
        ["limits.ticket_turns", `${OWN}:5`],
        ["limits.stalls", "codex-autorunner.yml:4"],
        ["gate.verify", "codex-autorunner.override.yml:4"],
        ["limits.lint_repairs", "environment CAR_LIMITS__LINT_REPAIRS"],
        ["agents.hermes", `${OWN}:9`],
        ["mode", `${OWN}:2`],
        ["limits.crash_limit", "built-in"],
      ] as const;
      for (const [path, text] of origins) assert.equal(originText(loaded.origin(path)), text, path);
    },
    {
      CAR_LIMITS__LINT_REPAIRS: "7",
      CAR_RUN_ID: "run-0001",
      CAR_HUB__MAX_PARALLEL: "x",
      CAR_QUEUE: "",
    },
  ));

Deno.test("loadConfig() reads texts, lists and truth values from the environment", () =>
  inFolder({}, async (source) => {
    const config = asRepoConfig(await loadConfig(source));
    assert.equal(config.queue, "todo");
    assert.ok(config.git.auto_commit === false);
    assert.equal(config.git.commit_prefix, "123");
    assert.equal(config.server.auth_token, "#secret: x");
    assert.deepEqual(config.gate.verify.map((it) => it.run), ["make test", "a: b"]);
    assert.deepEqual(config.telegram.allowed_user_ids, ["5", "123456789012345678901".slice(1)]);
    assert.equal(config.agents["codex"]?.model, "gpt");
    assert.equal(config.limits.ticket_tokens, null);
  }, {
    CAR_QUEUE: "todo",
    CAR_GIT__AUTO_COMMIT: "false",
    CAR_GIT__COMMIT_PREFIX: "123",
    CAR_SERVER__AUTH_TOKEN: "#secret: x",
    CAR_GATE__VERIFY: '["make test", "a: b"]',
    CAR_TELEGRAM__ALLOWED_USER_IDS: "[5, 23456789012345678901]",
    CAR_AGENTS__CODEX__MODEL: "gpt",
    CAR_LIMITS__TICKET_TOKENS: "null",
  }));

Deno.test("loadConfig() takes a hub's shared files as defaults of its repos", () =>
  inFolder(
    { "codex-autorunner.yml": "mode: hub\nhub: {repos_root: x}\nlimits: {ticket_turns: 9}\n" },
    (hub) =>
      inFolder({ [OWN]: "mode: repo\n" }, async (source) => {
        const config = asRepoConfig(await loadConfig({ ...source, hubRoot: hub.root }));
        assert.equal(config.limits.ticket_turns, 9);
        assert.ok(!("hub" in config));
      }),
  ));

Deno.test("loadConfig() finds the hub above a repo, and lays the repo's own files over its defaults", () =>
  inFolder({
    [OWN]: "mode: hub\nlimits: {lint_repairs: 1}\n",
    "codex-autorunner.yml": "limits: {ticket_turns: 9, stalls: 8}\nhub: {repos_root: x}\n",
    "codex-autorunner.override.yml": "limits: {stalls: 7}\n",
  }, async (hub) => {
    const root = `${hub.root}/worktrees/repo`;
    await Deno.mkdir(`${root}/.codex-autorunner`, { recursive: true });
    await writeFileAtomic(`${root}/${OWN}`, "mode: repo\nlimits: {ticket_turns: 5}\n");
    const loaded = await loadConfig({ root, env: {} });
    const { limits } = asRepoConfig(loaded);
    // What stands in the hub's own config is the hub's alone.
    assert.deepEqual([limits.ticket_turns, limits.stalls, limits.lint_repairs], [5, 7, 3]);
    assert.equal(
      originText(loaded.origin("limits.stalls")),
      `${hub.root}/codex-autorunner.override.yml:1`,
    );
    const alone = asRepoConfig(await loadConfig({ root, env: {}, hubRoot: null }));
    assert.notEqual(alone.limits.stalls, 7);
    assert.equal(asHubConfig(await loadConfig(hub)).limits.lint_repairs, 1);
  }));

Deno.test("asRepoConfig() and asHubConfig() refuse the wrong mode", () =>
  inFolder({ [OWN]: "version: 2\nmode: hub\nhub:\n  discover_depth: 1\n" }, async (source) => {
    const loaded = await loadConfig(source);
    assert.equal(asHubConfig(loaded).hub.manifest, ".codex-autorunner/manifest.yml");
    assert.throws(() => asRepoConfig(loaded), (e) => e instanceof CarError && e.code === "usage");
  }));

Deno.test("loadConfig() tells all problems at once, each with file, line, key and what is allowed", () =>
  inFolder({
    [OWN]:
      "version: 3\nmode: rebo\nlimits:\n  silence_secconds: 5\n  stalls: many\nagents:\n  user: {}\n",
  }, async (source) => {
    await assert.rejects(loadConfig(source), (thrown) => {
      assert.ok(thrown instanceof CarError);
      assert.equal(thrown.code, "invalid");
      for (
        const words of [
          "5 problems",
          `${OWN}:1: version: Found 3; allowed: 2.`,
          `${OWN}:2: mode: Found "rebo"; allowed: repo, hub.`,
          `${OWN}:4: limits.silence_secconds: limits has no such key; did you mean "silence_seconds"?`,
          `${OWN}:5: limits.stalls: Found "many"; allowed: a whole number from 1 to 20.`,
          `${OWN}:7: agents.user: The name "user" is reserved`,
        ]
      ) assert.ok(thrown.message.includes(words), `${words}\n${thrown.message}`);
      return true;
    });
  }));

const BAD: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  [
    "unknown section",
    "limit: {stalls: 2}",
    /^1: limit: There is no such section; did you mean "limits"\? Allowed: queue, /,
  ],
  ["hub in a repo", "hub: {}", /^1: hub: There is no such section/],
  [
    "enum",
    "agents:\n  codex:\n    kind: codxe",
    /^3: agents.codex.kind: Found "codxe"; allowed: codex, .*Did you mean "codex"\?$/,
  ],
  [
    "section is a list",
    "limits: [1]",
    /^1: limits: This section must be keys with values; found \[1\]/,
  ],
  ["file is a text", "hello", /^1: The file must be keys with values; found "hello"/],
  ["agent name", "agents:\n  Über X: {kind: shell}", /^2: agents.Über X: A name is 1 to 40/],
  ["prototype", "agents:\n  __proto__: {kind: shell}", /^2: agents.__proto__: A name is/],
  ["prototype key", "constructor: 1", /^1: constructor: There is no such section/],
  [
    "acp without command",
    "agents:\n  hermes: {kind: acp}",
    /^2: agents.hermes: An agent of kind acp needs a command/,
  ],
  [
    "unknown fallback",
    "quota: {fallback: opencod}",
    /^1: quota.fallback: There is no agent "opencod".*mean "opencode"/,
  ],
  [
    "retry waits",
    "limits:\n  retry_backoff_max_seconds: 5",
    /^2: limits.retry_backoff_seconds: The first wait \(10 s\)/,
  ],
  ["bot for nobody", "telegram: {enabled: true}", /^1: telegram.enabled: The bot is on and/],
  [
    "key twice",
    "limits: {}\ngit: {}\nlimits: {}",
    /^3: limits: The key stands twice; the first time in line 1/,
  ],
  ["alias", "git: &g {}\nlimits: *g", /^2: limits: An alias/],
  ["tag", "queue: !x todo", /^1: Unresolved tag/],
  ["two documents", "git: {}\n---\ngit: {}", /^2: A second document begins here/],
  ["broken yaml", "git: {\nlimits: [", /^\d: /],
  ["tab", "git:\n\tauto_commit: turn", /^2: Tabs are not allowed/],
  ["nested", "[".repeat(100_000), /nested too deeply/],
  ["Latin-1", new Uint8Array([0x23, 0xe9, 0x0a]), /^1: .*not UTF-8/],
  ["too long", "#".repeat(262_145), /262145 bytes; 262144 are allowed/],
  [
    "secret is not shown",
    "server: {auth_token: [hidden]}",
    /^1: server.auth_token: Found \(secret\)/,
  ],
];

Deno.test("inspectConfig() names what is wrong and keeps the value below", async () => {
  for (const [name, text, expected] of BAD) {
    const found = await problemsOf(text);
    assert.match(found[0] ?? "nothing", expected, name);
  }
});

Deno.test("inspectConfig() names the variable of a wrong setting in the environment", async () => {
  const found = await problemsOf("", { CAR_GATE__ATEMPTS: "3", CAR_GATE__ATTEMPTS: "x" });
  assert.match(found.join("\n"), /environment CAR_GATE__ATEMPTS: gate.atempts: .*"attempts"/);
  assert.match(found.join("\n"), /environment CAR_GATE__ATTEMPTS: gate.attempts: Found "x"/);
});

Deno.test("inspectConfig() never throws whatever the file holds", async () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const random = randoms(seed);
  const parts = [
    "limits:",
    "agents:",
    "\n",
    "  ",
    "- ",
    "codex",
    ": ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "&a",
    "*a",
    "#",
    "|",
    "> ",
    "? ",
    "null",
    "3",
    "\t",
    "!!map",
    "%",
    "\r\n",
    "---",
    "...",
    "é",
    "<<",
  ];
  for (let round = 0; round < rounds(300); round++) {
    const text = Array.from({ length: 1 + Math.floor(random() * 30) }, () => pick(random, parts))
      .join("");
    try {
      await problemsOf(text);
    } catch (thrown) {
      assert.fail(`seed ${seed}, ${JSON.stringify(text)}: ${thrown}`);
    }
  }
});

Deno.test("inspectConfig() treats a folder in the file's place as a problem", async () => {
  const root = await Deno.makeTempDir();
  await Deno.mkdir(`${root}/codex-autorunner.yml`);
  const { problems } = await inspectConfig({ root, env: {} });
  assert.match(problems.map(problemText).join(), /codex-autorunner.yml:1: .*not a regular file/);
  await Deno.remove(root, { recursive: true });
});
