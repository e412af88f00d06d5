/**
 * Holds a terminal in a process of its own, for what can only be seen from outside: its memory, and
 * what is left when it is killed. Arguments: root, owner, then `flood` or `hold SCRIPT`.
 */

import { ProcessRoom } from "../../lib/adapters/process/room.ts";
import { Pty } from "../../lib/adapters/pty/pty.ts";
import { systemClock } from "../../lib/base/clock.ts";

const [root = "/", owner = "", what, script = ""] = Deno.args;
const room = ProcessRoom.open({ root, owner, clock: systemClock });

async function open(argv: [string, ...string[]], onData: (bytes: Uint8Array) => void) {
  const size = { cols: 80, rows: 24 };
  const env = { TERM: "xterm-256color" };
  return await Pty.open(
    { room, clock: systemClock, argv, cwd: root, env, inherit: [], size, onData },
  );
}

const FLOOD_BYTES = 30_000_000;

/** Lets a flood run by, then stand still, and tells what that took and what got its turn meanwhile. */
async function flood(): Promise<void> {
  const before = Deno.memoryUsage().rss;
  const enough = Promise.withResolvers<void>();
  let bytes = 0;
  const pty = await open(["yes"], (chunk) => {
    bytes += chunk.length;
    if (bytes >= FLOOD_BYTES) enough.resolve();
  });
  let turns = 0;
  while (bytes < FLOOD_BYTES) {
    await Deno.stat(root);
    await systemClock.sleep(1);
    turns++;
  }
  await enough.promise;
  pty.pause();
  const paused = bytes;
  for (let look = 0; look < 100; look++) await systemClock.sleep(1);
  const grown = Deno.memoryUsage().rss - before;
  const late = bytes - paused;
  const stopped = await pty.end();
  console.log(JSON.stringify({ bytes, turns, grown, late, stopped }));
}

/** Passes on what the terminal says, until it is killed. */
async function hold(): Promise<void> {
  await open(["bash", "--norc", "-ic", script], (chunk) => Deno.stdout.writeSync(chunk));
  await new Promise(() => setInterval(() => {}, 1_000));
}

if (what === "flood") {
  await flood();
  await room.close();
} else {
  await hold();
}
