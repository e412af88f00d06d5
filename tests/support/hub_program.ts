/**
 * A hub without its page, as a process of its own that tests can kill: `hub_program.ts ROOT [ID...]`
 * serves the hub, starts the runs that are named, and tells of rows in lines of JSON.
 */

import { systemClock } from "../../lib/base/clock.ts";
import { openFleet } from "../../lib/hub/fleet/open_fleet.ts";

const [root = "", ...ids] = Deno.args;
const print = (value: unknown): void => console.log(JSON.stringify(value));

const startedMs = performance.now();
const fleet = await openFleet({
  root,
  mode: "hub",
  clock: systemClock,
  environment: Deno.env.toObject(),
  command: "car serve",
  say: (words) => print({ said: words }),
});
const openMs = performance.now() - startedMs;
const over = new AbortController();

function tell(): void {
  const count: Record<string, number> = {};
  for (const row of fleet.repos()) {
    const word = row.lastRun?.status ?? "none";
    count[word] = (count[word] ?? 0) + 1;
  }
  print({ runs: count, lag: fleet.lag(), rss: Deno.memoryUsage().rss });
}

fleet.subscribe((event) => event.type === "repos" && tell(), over.signal);
print({ open: Deno.pid, ms: openMs });
tell();

// For benches: how it stands, without anything having changed.
Deno.addSignalListener("SIGUSR1", () => print({ lag: fleet.lag(), rss: Deno.memoryUsage().rss }));

/** Events each started repo's desk told: to be compared with its journal. */
const told: Record<string, number> = {};
for (const id of ids) {
  told[id] = 0;
  fleet.requireDesk(id).subscribe(
    (event) => {
      if (event.type === "journal") told[id] = (told[id] ?? 0) + event.events.length;
    },
    over.signal,
    { after: 0 },
  );
}

let ending = false;
Deno.addSignalListener("SIGTERM", async () => {
  if (ending) return;
  ending = true;
  const fromMs = performance.now();
  await fleet.drain({ reason: "SIGTERM", how: "stop" });
  // The last events of a run are told a moment after it rests.
  await systemClock.sleep(500);
  print({ told });
  await fleet.close();
  print({ closed: performance.now() - fromMs });
  Deno.exit(0);
});

const flags = { stopAfterTickets: null, agent: null, withoutCommits: false };
await Promise.all(
  ids.map((id) =>
    fleet.requireDesk(id).start({
      type: "run",
      by: "cli:test",
      flags,
      allowDirty: false,
      wait: false,
    })
      .catch((thrown) => print({ id, failed: String(thrown) }))
  ),
);
print({ started: ids.length });
