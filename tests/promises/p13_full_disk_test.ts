/** P13: on a full disk CAR says so, waits, and goes on by itself when there is room. */

import assert from "node:assert/strict";
import { openArena } from "../support/arena.ts";
import { repoPaths } from "../../lib/control/roots.ts";

const CYCLES = 2;

async function sh(script: string, ...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command("/bin/sh", { args: ["-euc", script, ...args] })
    .output();
  return success;
}

/** Whether a small disk can be made here: root in a container often may, people may not. */
const maySmallDisk = Deno.build.os === "linux" && Deno.uid() === 0 && await sh(
  'folder=$(mktemp -d); mount -t tmpfs -o size=1m tmpfs "$folder" && umount "$folder"; rmdir "$folder"',
);

/** Puts the state folder on a disk of its own, as full as a ticket makes it. */
async function onSmallDisk(state: string, kept: string): Promise<void> {
  assert.ok(
    await sh(
      'mv "$0" "$1"; mkdir "$0"; mount -t tmpfs -o size=3m tmpfs "$0"; cp -a "$1/." "$0/"',
      state,
      kept,
    ),
  );
}

/** The shell agent cannot claim on a full disk: its turn is tried again, here after a second. */
const RETRY_SOON = "version: 2\nmode: repo\nlimits:\n  retry_backoff_seconds: 1\n";

/** The first turn fills the disk; nothing of CAR's can be written from then on. */
const FILL = () =>
  'if [ ! -e "$W/filled" ]; then touch "$W/filled"; ' +
  "cat /dev/zero > .codex-autorunner/filler 2>/dev/null || true; fi";

for (let cycle = 1; cycle <= CYCLES; cycle++) {
  Deno.test({
    name: `P13: a full disk is named, waited for, and costs nothing (cycle ${cycle} of ${CYCLES})`,
    ignore: !maySmallDisk,
    fn: async () => {
      await using arena = await openArena({ tickets: 2, commands: FILL, config: RETRY_SOON });
      const { state } = repoPaths(arena.repo.cwd);
      await onSmallDisk(state, `${arena.outside}/kept`);
      try {
        await using car = arena.start(["run"]);
        const startedMs = performance.now();
        const said = await car.line(/disk is full|No space left/);
        const saidMs = Math.round(performance.now() - startedMs);
        assert.ok(said.includes(arena.repo.cwd), `no path is named: ${said}`);
        await Deno.remove(`${state}/filler`);
        const relievedMs = performance.now();
        const { code, stdout, stderr } = await car.ended;
        assert.equal(code, 0, stdout + stderr);
        const onMs = Math.round(performance.now() - relievedMs);
        console.log(
          `said after ${saidMs} ms, through ${onMs} ms after there was room: ${said.trim()}`,
        );
        const starts = (await arena.witnessed()).filter((it) => it.what === "start");
        assert.ok(starts.length <= 3, `${starts.length} turns`);
      } finally {
        await sh('umount "$0"', state);
      }
    },
  });
}
