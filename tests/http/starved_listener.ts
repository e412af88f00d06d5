/** A listener with few file descriptors left, for listening_test.ts: tells its port, then its troubles. */

import { systemClock } from "../../lib/base/clock.ts";
import { listen } from "../../lib/hub/listening.ts";

const tell = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

const listening = await listen({
  addresses: ["127.0.0.1"],
  port: 0,
  socket: null,
  handler: () => Promise.resolve(new Response("here")),
  clock: systemClock,
  onTrouble: tell,
});
tell(String(listening.port));
