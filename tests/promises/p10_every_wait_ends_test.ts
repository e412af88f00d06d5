/** P10: every wait has an end, and the pause that follows says which wait it was. */

import assert from "node:assert/strict";
import { mayRunAgent } from "../support/agents.ts";
import { openArena } from "../support/arena.ts";
import { oneTurn, scriptBlock } from "../support/model_script.ts";

const config = (...lines: string[]) => ["version: 2", "mode: repo", ...lines, ""].join("\n");
/** One try, so that the first end of a wait is the run's. */
const ONE_TRY = ["  retry_attempts: 0", "  retry_backoff_seconds: 1"];

Deno.test("P10: a turn that never ends is ended by limits.turn_seconds", async () => {
  await using arena = await openArena({
    tickets: 1,
    commands: () => "sleep 600",
    config: config("limits:", "  turn_seconds: 1", ...ONE_TRY),
  });
  const { code, stdout } = await arena.run(["run"]);
  assert.equal(code, 3, stdout);
  assert.match(stdout, /took longer than 1 s \(limits\.turn_seconds\)/);
});

Deno.test("P10: a check that never ends is ended by gate.timeout_seconds", async () => {
  await using arena = await openArena({
    tickets: 1,
    config: config("gate:", "  timeout_seconds: 1", "  attempts: 1", '  verify: ["sleep 600"]'),
  });
  const { code, stdout } = await arena.run(["run"]);
  assert.equal(code, 3, stdout);
  assert.match(stdout, /check failed \(timed out\): sleep 600/);
});

/** A command line in Codex's place. */
const instead = (script: string) =>
  config(
    "agents:",
    "  codex:",
    `    command: ["/bin/sh", "-c", ${JSON.stringify(script)}]`,
    "limits:",
    "  silence_seconds: 1",
    ...ONE_TRY,
  );

for (
  const [what, script] of [["says nothing at all", "cat >/dev/null"], [
    "does not even listen",
    "sleep 600",
  ]] as const
) {
  Deno.test(`P10: an agent that ${what} is given up, and named`, async () => {
    await using arena = await openArena({ tickets: 1, config: instead(script) });
    await Deno.writeTextFile(
      arena.repo.ticketPath(1),
      "---\nagent: codex\ndone: false\n---\nDo it.\n",
    );
    const { code, stdout, stderr } = await arena.run(["run"]);
    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout, /Paused \(agent_error\)/);
    assert.deepEqual(await arena.leftovers(), []);
  });
}

Deno.test({
  name: "P10: a Codex whose model never answers is ended by limits.silence_seconds",
  ignore: !mayRunAgent("codex"),
  fn: async () => {
    await using arena = await openArena({
      agent: "codex",
      tickets: 1,
      config: config("limits:", "  silence_seconds: 1", ...ONE_TRY),
    });
    const script = scriptBlock(oneTurn({ items: [{ say: "ok" }], hang: "headers" }));
    await Deno.writeTextFile(
      arena.repo.ticketPath(1),
      `---\nagent: codex\ndone: false\n---\n${script}`,
    );
    const { code, stdout, stderr } = await arena.run(["run"]);
    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout, /Nothing came from the agent for 1 s \(limits\.silence_seconds\)/);
    assert.deepEqual(await arena.leftovers(), []);
  },
});
