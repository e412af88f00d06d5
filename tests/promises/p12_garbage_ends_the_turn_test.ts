/** P12: garbage from an agent ends that turn, with evidence, and nothing else. */

import assert from "node:assert/strict";
import { openArena } from "../support/arena.ts";
import { pick, randoms } from "../support/random.ts";

/** The adapters' own tests have more; this is the whole run's view. */
const ROUNDS = 6;
const FRAMES = 400;

/** Pieces of a protocol: whole, cut, of the wrong kind, of the wrong size. */
const PIECES: readonly ((random: () => number) => Uint8Array)[] = [
  () => new TextEncoder().encode('{"id":0,"result":{"userAgent":"x"}}\n'),
  () => new TextEncoder().encode('{"id":'),
  () => new TextEncoder().encode("[]\n42\nnull\n"),
  () => new TextEncoder().encode('{"method":"turn/completed","params":{}}\n'),
  () => new TextEncoder().encode('{"id":1,"result":{"thread":{"id":7}}}\n'),
  () => new Uint8Array([0xc3, 0x28, 0x0a]),
  () => new Uint8Array([0xe2, 0x82]),
  () => new Uint8Array([0, 0, 10]),
  (random) => crypto.getRandomValues(new Uint8Array(1 + Math.floor(random() * 300))),
];

const config = (file: string, end: string) =>
  `version: 2
mode: repo
agents:
  codex:
    command: ["/bin/sh", "-c", "cat '${file}'; ${end}"]
limits:
  silence_seconds: 1
  retry_attempts: 0
`;

Deno.test("P12: frames of garbage end the turn with a typed error, and CAR never falls", async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  const random = randoms(seed);
  for (let round = 0; round < ROUNDS; round++) {
    await using arena = await openArena({ tickets: 1 });
    const file = `${arena.outside}/garbage`;
    const frames = Array.from({ length: FRAMES }, () => pick(random, PIECES)(random));
    await Deno.writeFile(file, new Uint8Array(await new Blob(frames as BlobPart[]).arrayBuffer()));
    await arena.repo.write(
      ".codex-autorunner/config.yml",
      config(file, pick(random, ["exit 0", "exit 3", "sleep 600"])),
    );
    await Deno.writeTextFile(
      arena.repo.ticketPath(1),
      "---\nagent: codex\ndone: false\n---\nDo it.\n",
    );
    const { code, stdout, stderr } = await arena.run(["run"]);
    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout, /Paused \(agent_error\): TICKET-001/);
    assert.doesNotMatch(stdout + stderr, /\n\s+at .*\.[jt]s:\d+/, "no stack trace");
    assert.deepEqual(await arena.leftovers(), []);
  }
});
