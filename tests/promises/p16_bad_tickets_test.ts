/** P16: a bad ticket is an error message, not an outage. */

import assert from "node:assert/strict";
import { openArena } from "../support/arena.ts";

const HEAD = "---\nagent: shell\ndone: false\n";
/** The parsers' own corpus and 20,000 mutants are tested beside them; this is the whole run's view. */
const BAD: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
  "empty": "",
  "no frontmatter": "Just words.\n",
  "an open fence": `${HEAD}Body\n`,
  "an open list": "---\nagent: shell\ndone: [false\n---\nBody\n",
  "done: yes": "---\nagent: shell\ndone: yes\n---\nBody\n",
  "no agent": "---\ndone: false\n---\nBody\n",
  "an unknown agent": "---\nagent: nobody\ndone: false\n---\nBody\n",
  "an alias": "---\nagent: &a shell\ntitle: *a\ndone: false\n---\nBody\n",
  "a tab": "---\nagent: shell\n\tdone: false\n---\nBody\n",
  "the same key twice": `${HEAD}done: true\n---\nBody\n`,
  "bad UTF-8": new Uint8Array([0x2d, 0x2d, 0x2d, 0x0a, 0xff, 0xfe, 0x0a, 0x2d, 0x2d, 0x2d, 0x0a]),
  "a dependency on itself": `${HEAD}depends_on: [1]\n---\nBody\n`,
  "100,000 keys": `---\n${
    Array.from({ length: 100_000 }, (_, at) => `k${at}: 1`).join("\n")
  }\n---\n`,
  "2 MiB of text": `${HEAD}---\n${"x".repeat(2 * 1024 * 1024)}\n`,
};

/** A ticket that can be read gets its id; nothing else of it may change. */
function isSameBut(after: Uint8Array, before: Uint8Array): boolean {
  const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
  return text(after).replace(/^ticket_id: tkt_[0-9a-f]{16}\r?\n/m, "") === text(before);
}

Deno.test(`P16: ${Object.keys(BAD).length} bad tickets each pause the run with file and reason`, async () => {
  await using arena = await openArena({ tickets: 1 });
  const path = arena.repo.ticketPath(1);
  for (const [what, content] of Object.entries(BAD)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(path, bytes);
    const { code, stdout, stderr } = await arena.run(["run"]);
    assert.equal(code, 3, `${what}: ${stdout}${stderr}`);
    assert.match(stdout, /TICKET-001\.md/, what);
    assert.doesNotMatch(stdout + stderr, /\n\s+at .*\.[jt]s:\d+/, `${what}: no stack trace`);
    assert.ok(isSameBut(await Deno.readFile(path), bytes), `${what}: bytes unchanged`);
  }
  assert.deepEqual(await arena.witnessed(), [], "no agent was started");
});
