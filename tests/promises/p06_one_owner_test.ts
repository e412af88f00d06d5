/** P6: one owner per repo. A stale lock never blocks, a live one always does. */

import assert from "node:assert/strict";
import { repoPaths } from "../../lib/control/roots.ts";
import { openArena } from "../support/arena.ts";

const STARTERS = 20;
const ROUNDS = 2;
const HOLD = () => `while [ ! -e "$W/go" ]; do sleep 0.05; done`;

for (let round = 1; round <= ROUNDS; round++) {
  Deno.test(`P6: of ${STARTERS} starters at once exactly one wins (round ${round} of ${ROUNDS})`, async () => {
    await using arena = await openArena({ tickets: 1, commands: HOLD });
    const answeredMs: number[] = [];
    const startedMs = performance.now();
    const starters = Array.from({ length: STARTERS }, async () => {
      const { code, stderr } = await arena.run(["run"]);
      if (code !== 4) return { code, stderr };
      answeredMs.push(performance.now() - startedMs);
      if (answeredMs.length === STARTERS - 1) await Deno.writeTextFile(`${arena.outside}/go`, "");
      return { code, stderr };
    });
    const ended = await Promise.all(starters);
    const refused = ended.filter((it) => it.code === 4);
    assert.equal(refused.length, STARTERS - 1, JSON.stringify(ended));
    assert.equal(ended.filter((it) => it.code === 0).length, 1);
    for (const { stderr } of refused) assert.match(stderr, /in use by car run \(process \d+/);
    assert.equal((await arena.witnessed()).filter((it) => it.what === "start").length, 1);
    console.log(
      `the last of ${refused.length} refusals came ${
        Math.round(Math.max(...answeredMs))
      } ms after the start of all`,
    );
  });
}

/** Lock texts a dead owner, another program or a torn write may leave. */
const STALE: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
  "a pid that another process has now": JSON.stringify({ pid: 1, start: "0", boot: "another" }),
  "our own parent's pid": JSON.stringify({ pid: Deno.pid, start: "1", boot: "" }),
  "nothing": "",
  "no text": new Uint8Array([0xff, 0xfe, 0x00, 0x80]),
  "half a text": '{"pid": 12',
};

Deno.test("P6: a stale lock never blocks, whatever stands in it", async () => {
  for (const [what, text] of Object.entries(STALE)) {
    await using arena = await openArena({ tickets: 1, quiet: true });
    const { lock } = repoPaths(arena.repo.cwd);
    await Deno.writeFile(lock, typeof text === "string" ? new TextEncoder().encode(text) : text);
    const { code, stdout, stderr } = await arena.run(["run"]);
    assert.equal(code, 0, `${what}: ${stdout}${stderr}`);
  }
});

Deno.test("P6: a copied repo is noticed and keeps a journal of its own", async () => {
  await using arena = await openArena({ tickets: 1, quiet: true });
  assert.equal((await arena.run(["run"])).code, 0);
  const copy = `${arena.repo.cwd} copy`;
  const copied = await new Deno.Command("cp", { args: ["-a", arena.repo.cwd, copy] }).output();
  assert.ok(copied.success);
  await Deno.writeTextFile(
    `${copy}/.codex-autorunner/tickets/TICKET-002.md`,
    "---\nagent: shell\ndone: false\n---\n```sh\ntrue\n```\n",
  );
  const { code, stdout, stderr } = await arena.run(["--repo", copy, "run"]);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /is a copy of/);
  assert.equal((await arena.run(["run", "replay", "1"])).code, 0, "the first is untouched");
});
