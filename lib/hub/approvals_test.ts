import assert from "node:assert/strict";
import { asRepoConfig, inspectConfig, type RepoConfig } from "../control/config.ts";
import { approvablesOf } from "./approvals.ts";

/** The built-in config with what the environment sets. */
async function configWith(env: Readonly<Record<string, string>>): Promise<RepoConfig> {
  const root = await Deno.makeTempDir();
  try {
    return asRepoConfig(await inspectConfig({ root, env }));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const NO_TICKETS: Parameters<typeof approvablesOf>[1] = [];

const CASES: readonly [env: Readonly<Record<string, string>>, expected: readonly string[]][] = [
  [{}, []],
  [{ CAR_GATE__VERIFY: "[make test]" }, ["check gate.verify make test"]],
  [{ CAR_APPROVALS__ALLOW: "['command:*']" }, ["rule approvals.allow command:*"]],
  [{ CAR_CODEX__BINARY: "/opt/codex" }, ['agent agents.codex "/opt/codex"']],
  [{ CAR_CODEX__ARGS: "[--x]" }, ['agent agents.codex "codex" "--x"']],
  [{ CAR_APP_SERVER__HOME: ".codex" }, ['agent agents.codex CODEX_HOME=".codex" "codex"']],
  [{ CAR_DESTINATION__KIND: "container", CAR_DESTINATION__IMAGE: "img" }, [
    'destination the config {"kind":"container","engine":"auto","image":"img","rootfs":null,' +
    '"mounts":[],"env":[],"workdir":null,"network":null,"user":"person","options":{}}',
  ]],
  [{ CAR_OPENCODE__COMMAND: "[./oc]" }, ['agent agents.opencode "./oc"']],
  [{ CAR_GIT__WORKTREE_SETUP: "[npm ci]" }, ["setup worktree setup npm ci"]],
];

Deno.test("approvablesOf() names every command line and rule that the config brings", async () => {
  for (const [env, expected] of CASES) {
    const found = approvablesOf(await configWith(env), NO_TICKETS);
    assert.deepEqual(found.map((it) => `${it.kind} ${it.where} ${it.text}`), expected);
  }
});

Deno.test("approvablesOf() names the same check of two tickets once", async () => {
  const verify = [{ run: "make", timeoutSeconds: null }];
  const tickets = ["TICKET-001.md", "TICKET-002.md"].map((name) => ({ name, verify }));
  const found = approvablesOf(await configWith({}), tickets);
  assert.deepEqual(found, [{ kind: "check", where: "TICKET-001.md", text: "make" }]);
});

Deno.test("approvablesOf() names the setup commands of the hub's list too, each once", async () => {
  const config = await configWith({ CAR_GIT__WORKTREE_SETUP: "[npm ci]" });
  const found = approvablesOf(config, NO_TICKETS, ["npm ci", "make"]);
  assert.deepEqual(found.map((it) => it.text), ["npm ci", "make"]);
});
