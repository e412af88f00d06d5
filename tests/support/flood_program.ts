/**
 * Takes a flood in a process of its own and tells how much memory that took: tests that run side by
 * side share one process, whose memory says nothing of any one of them. Argument: room or lines.
 */

import { ProcessRoom } from "../../lib/adapters/process/room.ts";
import { readLines } from "../../lib/adapters/process/lines.ts";
import { systemClock } from "../../lib/base/clock.ts";

const FLOOD = "head -c 200000000 /dev/zero >&2 & head -c 200000000 /dev/zero; wait";

async function roomFlood() {
  const cwd = await Deno.realPath("/");
  const room = ProcessRoom.open({ root: cwd, owner: crypto.randomUUID(), clock: systemClock });
  try {
    const done = await room.run(
      { argv: ["/bin/sh", "-c", FLOOD], cwd, purpose: "check" },
      { timeoutMs: 120_000 },
    );
    const { bytes, stdout, exit } = done;
    return { bytes, stdout: stdout.length, stderr: exit.stderrTail.length };
  } finally {
    await room.close();
  }
}

/** A gigabyte without the end of a line. */
async function linesFlood() {
  const chunk = new Uint8Array(64 * 1024).fill(0x61);
  const stream = ReadableStream.from((function* () {
    for (let sent = 0; sent < 2 ** 30; sent += chunk.length) yield chunk;
  })());
  let dropped = 0;
  const lines = await Array.fromAsync(readLines(stream, { onOversize: (n) => dropped = n }));
  return { lines: lines.length, dropped };
}

const before = Deno.memoryUsage().rss;
const told = Deno.args[0] === "room" ? await roomFlood() : await linesFlood();
console.log(JSON.stringify({ ...told, grown: Deno.memoryUsage().rss - before }));
