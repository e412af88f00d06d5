/** What a hub at rest costs, with and without open pages, and how late many pages hear of a step. */

import { openListeners } from "./listeners.ts";
import type { Measured } from "./measure.ts";
import {
  costOf,
  hubOf,
  repoIds,
  REPOS,
  type ServedHub,
  serveHub,
  untilTrue,
} from "./served_hub.ts";

const IDLE_MB_MAX = 100;
const IDLE_SHARE_MAX = 0.3;
const PAGES = 100;
const PAGES_SHARE_MAX = 1;
const LISTENERS = 500;
const HEARD_MS_MAX = 50;
const TICKETS = 20;
/** The files of a repo nobody asks for are let go after a minute. */
const SETTLE_SECONDS = 70;
const WATCHED_SETTLE_SECONDS = 15;
const IDLE_SECONDS = 30;
const RUN_MS_MAX = 120_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function pageRows(): Promise<readonly Measured[]> {
  const ids = repoIds();
  await using folder = await hubOf(ids);
  for (const id of ids) await folder.ticket(id, 1, "true");
  for (let number = 1; number <= TICKETS; number++) {
    await folder.ticket("r000", number, `sleep 0.2; echo ${number} > f.txt`);
  }
  await using hub = await serveHub(folder);
  return [...await idleRows(hub, ids), await heardRow(hub)];
}

async function idleRows(hub: ServedHub, ids: readonly string[]): Promise<readonly Measured[]> {
  await hub.ask("/hub/repos");
  await pause(SETTLE_SECONDS * 1_000);
  const alone = await costOf(hub, IDLE_SECONDS);
  await using _pages = await openListeners(hub, ids.map((id) => `/repos/${id}/api/live`));
  await pause(WATCHED_SETTLE_SECONDS * 1_000);
  const watched = await costOf(hub, IDLE_SECONDS);
  const { streams } = await hub.ask<{ streams: number }>("/api/vitals");
  if (streams !== PAGES) throw new Error(`${streams} streams were open.`);
  const row = (what: string, value: number, max: number, unit: string, python: string) => ({
    what,
    target: `<= ${max} ${unit}`,
    measured: `${value.toFixed(unit === "MB" ? 0 : 2)} ${unit}`,
    met: value <= max,
    python,
  });
  return [
    row(
      `Memory of an idle hub, ${REPOS} repos`,
      alone.mb,
      IDLE_MB_MAX,
      "MB",
      "150 MB, growing to 316",
    ),
    row("Its share of a core", alone.cpu, IDLE_SHARE_MAX, "%", "0.5 %"),
    {
      what: `Memory with ${PAGES} pages open, one a repo`,
      target: "-",
      measured: `${watched.mb.toFixed(0)} MB`,
      met: null,
      python: null,
    },
    row(`Its share of a core then`, watched.cpu, PAGES_SHARE_MAX, "%", "10.8 %"),
  ];
}

async function heardRow(hub: ServedHub): Promise<Measured> {
  const paths = Array.from({ length: LISTENERS }, () => "/repos/r000/api/live?live=0");
  await using pages = await openListeners(hub, paths);
  const started = await hub.call("/hub/repos/r000/run", { method: "POST", body: "{}" });
  if (started.status !== 202) throw new Error(await started.text());
  await started.body?.cancel();
  await untilTrue("the run is completed", RUN_MS_MAX, async () => {
    const { status } = await hub.ask<{ status: string }>("/repos/r000/api/state");
    return status === "completed";
  });
  await pause(500);
  const { p99Ms, medianMs, maxMs, count, broken, seqs } = await pages.heard();
  if (broken.length > 0) throw new Error(broken.join("; "));
  const kinds = new Set(seqs.map((it) => it.join())).size;
  if (kinds !== 1) throw new Error("The pages did not hear the same.");
  return {
    what: `${LISTENERS} pages of one repo: a step in the journal to its arrival, 99 of 100`,
    target: `<= ${HEARD_MS_MAX} ms`,
    measured: `${p99Ms.toFixed(0)} ms (half ${medianMs.toFixed(0)}, worst ${maxMs.toFixed(0)}; ` +
      `${count.toLocaleString("en")} arrivals)`,
    met: p99Ms <= HEARD_MS_MAX,
    python: "657 ms with 100",
  };
}
