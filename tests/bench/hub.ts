/**
 * A hub of 100 repos: how soon it has its list, and how late its loop is while 20 of them work at once,
 * beside a timer of a process that does nothing. What one costs at rest is measured with the program.
 */

import { repoPaths } from "../../lib/control/roots.ts";
import { withReading } from "../../lib/hub/reading.ts";
import { type HubFolder, makeHubFolder } from "../support/hub_folder.ts";
import { type HubProcess, startHub } from "../support/hub_process.ts";
import { atMost, type Measured } from "./measure.ts";

const REPOS = 100;
const AT_ONCE = 20;
const TICKETS = 40;
const STARTS = 5;
const START_MS_MAX = 300;
const LAG_MS_MAX = 50;
const RSS_SHARE_MAX = 0.1;

/** For how long 20 repos work, in seconds: `CAR_BENCH_HUB_SECONDS`, 30 unless it says another. */
const seconds = (): number => Number(Deno.env.get("CAR_BENCH_HUB_SECONDS") ?? "30");

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function hubRows(): Promise<readonly Measured[]> {
  const ids = Array.from({ length: REPOS }, (_, at) => `r${String(at).padStart(3, "0")}`);
  const working = ids.slice(0, AT_ONCE);
  await using folder = await makeHubFolder({ repos: ids });
  await fill(folder, working);
  return [await start(folder), ...await busy(folder, working)];
}

async function fill(folder: HubFolder, working: readonly string[]): Promise<void> {
  let chance = 0;
  const key = () => ({ ticket_id: `tkt_${(++chance).toString(16).padStart(16, "0")}` });
  const talk = "for i in 1 2 3 4 5 6 7 8; do echo line $i; sleep 0.4; done";
  for (const [at, id] of working.entries()) {
    for (let number = 1; number <= TICKETS; number++) {
      // Not all in step: people do not start twenty agents in the same second.
      const first = number === 1 ? `sleep 0.${at % 10}${at % 7}; ` : "";
      await folder.ticket(id, number, `${first}${talk}; echo ${number} > f.txt`, key());
    }
  }
}

async function start(folder: HubFolder): Promise<Measured> {
  const values: number[] = [];
  for (let time = 0; time < STARTS; time++) {
    await using hub = startHub(folder);
    values.push(Number((await hub.until("its list", (it) => "open" in it))["ms"]));
  }
  const what = `A hub's list of ${REPOS} repos, from the opening of its lock`;
  return atMost(what, START_MS_MAX, "ms", values, "3,470 ms to the first answer");
}

async function busy(folder: HubFolder, working: readonly string[]): Promise<readonly Measured[]> {
  await using hub = startHub(folder, working);
  await hub.until("all are started", (it) => it["started"] === working.length);
  await pause(5_000);
  const early = await residentMb(hub);
  const beside = lateTimer(seconds() * 1000);
  await pause(seconds() * 1000);
  const asked = hub.told.length;
  hub.signal("SIGUSR1");
  const { lag } = await hub.until(
    "its lag",
    (it) => hub.told.indexOf(it) >= asked && "rss" in it && !("runs" in it),
  );
  const late = await residentMb(hub);
  const bare = await beside;
  hub.signal("SIGTERM");
  const { told } = await hub.until("what it told", (it) => "told" in it);
  await hub.ended;
  const { p50, p99, max } = lag as Record<"p50" | "p99" | "max", number>;
  const lost = await lostEvents(folder, told as Readonly<Record<string, number>>);
  const share = late / early - 1;
  return [
    {
      what: `Lateness of the hub's loop with ${AT_ONCE} repos at work, 99 of 100`,
      target: `<= ${LAG_MS_MAX} ms`,
      measured: `${p99.toFixed(1)} ms (half ${p50.toFixed(1)}, worst ${max.toFixed(0)}); ` +
        `an idle process beside it ${bare.toFixed(1)} ms`,
      met: p99 <= LAG_MS_MAX,
      python: null,
    },
    {
      what: `Events of the journal that a subscriber missed, ${seconds()} s`,
      target: "0",
      measured: `${lost.missed} of ${lost.all}`,
      met: lost.missed === 0,
      python: null,
    },
    {
      what: "Memory of the hub meanwhile",
      target: "flat (+- 10 %)",
      measured: `${(share * 100).toFixed(1)} %: ${early.toFixed(0)} MB, then ${late.toFixed(0)} MB`,
      met: share <= RSS_SHARE_MAX,
      python: null,
    },
  ];
}

async function lostEvents(folder: HubFolder, told: Readonly<Record<string, number>>) {
  let [all, missed] = [0, 0];
  for (const [id, count] of Object.entries(told)) {
    const high = await withReading(
      repoPaths(folder.repo(id)),
      ({ past }) => past?.journal.highSeq() ?? 0,
    );
    all += high;
    missed += Math.abs(high - count);
  }
  return { all, missed };
}

/** By how much a timer of this process is late, 99 of 100, in milliseconds. */
async function lateTimer(ms: number): Promise<number> {
  const late: number[] = [];
  const until = performance.now() + ms;
  while (performance.now() < until) {
    const due = performance.now() + 50;
    await pause(50);
    late.push(performance.now() - due);
  }
  late.sort((a, b) => a - b);
  return late[Math.floor(late.length * 0.99)] ?? 0;
}

async function residentMb({ pid }: HubProcess): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
