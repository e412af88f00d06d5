/** Memory under a long stream of events: a turn's events pass through, and nothing grows with them. */

import type { Measured } from "./measure.ts";

const PROGRAM = new URL("stream_program.ts", import.meta.url).pathname;
const EVENTS = 1_000_000;
const SHARE_MAX = 0.1;

/** In a process of its own, so that what other benchmarks left is not counted. */
export async function streamRows(): Promise<readonly Measured[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", PROGRAM, String(EVENTS)],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const { earlyMb, lateMb, seconds } = JSON.parse(new TextDecoder().decode(stdout)) as Record<
    "earlyMb" | "lateMb" | "seconds",
    number
  >;
  const share = lateMb / earlyMb - 1;
  return [{
    what: "Memory over 1,000,000 events of one turn",
    target: "flat (+- 10 %)",
    measured: `${share >= 0 ? "+" : ""}${(share * 100).toFixed(1)} %: ${
      earlyMb.toFixed(0)
    } MB after a fifth, ${lateMb.toFixed(0)} MB at the end; ${
      Math.round(EVENTS / seconds).toLocaleString("en")
    } events/s`,
    met: Math.abs(share) <= SHARE_MAX,
    python: "grows with what is shown",
  }];
}
