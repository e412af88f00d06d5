/** Terminals for long: a flood through one, and hundreds one after the other. */

import assert from "node:assert/strict";
import { canFindByMarker } from "../../lib/adapters/process/sweep.ts";
import { Pty } from "../../lib/adapters/pty/pty.ts";
import { systemClock } from "../../lib/base/clock.ts";
import { leftoversOf } from "../support/processes.ts";
import { withRoom } from "../support/temp_room.ts";

const PROGRAM = new URL("../support/pty_program.ts", import.meta.url).pathname;
const linuxOnly = { ignore: !canFindByMarker() };

Deno.test("a flood leaves memory flat and everything else its turn", linuxOnly, async () => {
  const root = await Deno.makeTempDir({ prefix: "car-pty-" });
  try {
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "--no-check", PROGRAM, root, crypto.randomUUID(), "flood"],
      stderr: "inherit",
    }).output();
    assert.ok(success);
    const told: Record<string, number> = JSON.parse(new TextDecoder().decode(stdout));
    assert.ok((told["grown"] ?? 0) < 64_000_000, JSON.stringify(told));
    assert.ok((told["turns"] ?? 0) > 100, JSON.stringify(told));
    // What was being read when the pause came.
    assert.ok((told["late"] ?? 0) <= 64 * 1024, JSON.stringify(told));
    assert.deepEqual(await leftoversOf(root), []);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test(
  "three hundred terminals, one after the other, all come to their end",
  linuxOnly,
  () =>
    withRoom(async (room) => {
      for (let count = 0; count < 300; count++) {
        const pty = await Pty.open({
          room,
          clock: systemClock,
          argv: ["true"],
          cwd: room.root,
          env: { TERM: "xterm-256color" },
          inherit: [],
          size: { cols: 132, rows: 43 },
          onData: () => {},
        });
        assert.equal((await pty.exit).code, 0);
      }
      // Tests of other files hold some at the same time.
      assert.ok(openMasters() < 100);
    }),
);

/** Terminals that this process holds open. */
function openMasters(): number {
  const names = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`);
    } catch {
      return "";
    }
  });
  return names.filter((it) => it.endsWith("/ptmx")).length;
}
