/** A hub at work: 100 repos, 20 at once, shell and scripted agents, a page open on every one. */

import { denoDir } from "../support/deno_dir.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { withReading } from "../../lib/hub/reading.ts";
import type { HubFolder } from "../support/hub_folder.ts";
import type { Heard } from "./listeners_program.ts";
import { openListeners } from "./listeners.ts";
import type { Measured } from "./measure.ts";
import { hubOf, quantile, repoIds, REPOS, type ServedHub, serveHub } from "./served_hub.ts";

const AT_ONCE = 20;
/** Every so many repos have the scripted agent, which speaks ACP, the others the shell. */
const SCRIPTED_EVERY = 5;
const TICKET_SECONDS = 5;
const LAG_MS_MAX = 50;
const RSS_SHARE_MAX = 0.1;
const SAMPLE_MS = 1_000;
/** All must have ended in this many times the length that was asked for. */
const PATIENCE = 4;

/** How long the work takes at least, in seconds: `CAR_BENCH_WORK_SECONDS`; five minutes, unless it says another. */
const seconds = (): number => Number(Deno.env.get("CAR_BENCH_WORK_SECONDS") ?? "300");

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const FAKE_AGENT = new URL("../support/fake_acp_agent.ts", import.meta.url).pathname;
const DENO_CONFIG = new URL("../../deno.json", import.meta.url).pathname;

function agentConfig(): string {
  const flags = ["run", "--no-check", "--cached-only", "--quiet", "-A", "--config", DENO_CONFIG];
  return [
    "agents:",
    "  scripted:",
    "    kind: acp",
    `    command: ${JSON.stringify([Deno.execPath(), ...flags, FAKE_AGENT])}`,
    `    env: ${
      JSON.stringify({ DENO_DIR: denoDir(), DENO_NO_UPDATE_CHECK: "1", FAKE_ACP_STATE: ".git" })
    }`,
    "",
  ].join("\n");
}

export async function workRows(): Promise<readonly Measured[]> {
  const ids = repoIds();
  await using folder = await hubOf(ids, agentConfig(), AT_ONCE);
  await fill(folder, ids);
  await using hub = await serveHub(folder);
  await using pages = await openListeners(hub, ids.map((id) => `/repos/${id}/api/live?after=0`));
  const from = performance.now();
  for (const id of ids) await start(hub, id);
  const samples = await watch(hub);
  const tookSeconds = (performance.now() - from) / 1_000;
  await pause(1_000);
  const heard = await pages.heard();
  return rowsOf(samples, heard, await written(folder, ids), tookSeconds);
}

async function fill(folder: HubFolder, ids: readonly string[]): Promise<void> {
  const tickets = Math.max(1, Math.round(seconds() * AT_ONCE / REPOS / TICKET_SECONDS));
  for (const [at, id] of ids.entries()) {
    for (let number = 1; number <= tickets; number++) {
      // Not in step: people do not start twenty agents in the same second.
      const late = number === 1 ? `sleep 0.${at % 10}${at % 7}; ` : "";
      const talk = "for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; sleep 0.5; done";
      await writeTicket(folder, id, number, at % SCRIPTED_EVERY === 0, `${late}${talk}`);
    }
  }
}

async function writeTicket(
  folder: HubFolder,
  id: string,
  number: number,
  isScripted: boolean,
  talk: string,
): Promise<void> {
  if (!isScripted) return await folder.ticket(id, number, `${talk}; echo ${number} > f.txt`);
  const name = `TICKET-${String(number).padStart(3, "0")}.md`;
  const done = `sed -i 's/^done: false/done: true/' .codex-autorunner/tickets/${name}`;
  const steps = [
    { say: `I work on part ${number}.` },
    { run: `${talk}; echo ${number} > f.txt; ${done}` },
    { say: "It is done." },
  ];
  await Deno.writeTextFile(
    `${repoPaths(folder.repo(id)).tickets}/${name}`,
    `---\nagent: scripted\ndone: false\ntitle: Part ${number}\n---\n\nDo this.\n@@tasks${
      JSON.stringify([steps])
    }@@end\n`,
  );
}

async function start(hub: ServedHub, id: string): Promise<void> {
  const answer = await hub.call(`/hub/repos/${id}/run`, { method: "POST", body: "{}" });
  const text = await answer.text();
  if (answer.status !== 202) throw new Error(`${id}: ${text}`);
}

interface Sample {
  readonly mb: number;
  readonly running: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly lastRun: { readonly status: string } | null;
}

/** Until all runs have ended. @throws {Error} when one of them came to rest otherwise. */
async function watch(hub: ServedHub): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const until = Date.now() + seconds() * PATIENCE * 1_000; Date.now() < until;) {
    await pause(SAMPLE_MS);
    const { lag, rssBytes } = await hub.ask<
      { lag: Record<"p50" | "p99" | "max", number>; rssBytes: number }
    >("/api/vitals");
    const { repos } = await hub.ask<{ repos: readonly Row[] }>("/hub/repos");
    const running = repos.filter((it) => it.status === "RUNNING").length;
    samples.push({ mb: rssBytes / 1e6, running, ...lag });
    const rested = repos.filter((it) => it.lastRun?.status === "paused");
    if (rested.length > 0) throw new Error(`Paused: ${rested.map((it) => it.id).join(", ")}`);
    if (repos.every((it) => it.lastRun?.status === "completed")) return samples;
  }
  throw new Error("The runs did not end.");
}

async function written(
  folder: HubFolder,
  ids: readonly string[],
): Promise<readonly (readonly number[])[]> {
  const all: number[][] = [];
  for (const id of ids) {
    all.push(
      await withReading(
        repoPaths(folder.repo(id)),
        ({ past }) => past?.journal.events({}).map((it) => it.seq) ?? [],
      ),
    );
  }
  return all;
}

function rowsOf(
  samples: readonly Sample[],
  heard: Heard,
  journals: readonly (readonly number[])[],
  tookSeconds: number,
): readonly Measured[] {
  const events = journals.flat().length;
  const other = journals.filter((it, at) => it.join() !== heard.seqs[at]?.join()).length;
  // The loop's window is a minute: each reading stands for the one before it.
  const busy = samples.filter((it) => it.running >= AT_ONCE / 2);
  const p99 = Math.max(...busy.map((it) => it.p99));
  const fifth = Math.floor(samples.length / 5);
  const mb = samples.map((it) => it.mb);
  const [early, late] = [
    quantile(mb.slice(fifth, 2 * fifth), 0.5),
    quantile(mb.slice(-fifth), 0.5),
  ];
  const share = late / early - 1;
  const running = quantile(busy.map((it) => it.running), 0.5);
  return [
    {
      what:
        `${REPOS} repos worked, ${AT_ONCE} at once, a page on each: events a page missed or heard twice`,
      target: "0",
      measured: `${other} of ${REPOS} pages differ from the journal of ${
        events.toLocaleString("en")
      } events; ${
        tookSeconds.toFixed(0)
      } s, ${running} at once; ${heard.broken.length} pages cut off`,
      met: other === 0 && heard.broken.length === 0,
      python: null,
    },
    {
      what: "How late the hub's loop was meanwhile, 99 of 100 in the worst minute",
      target: `<= ${LAG_MS_MAX} ms`,
      measured:
        `${p99.toFixed(1)} ms (half ${quantile(busy.map((it) => it.p50), 0.5).toFixed(1)}, ` +
        `worst ${Math.max(...busy.map((it) => it.max)).toFixed(0)})`,
      met: p99 <= LAG_MS_MAX,
      python: null,
    },
    {
      what: "How late a page heard of a step meanwhile, 99 of 100",
      target: "-",
      measured: `${heard.p99Ms.toFixed(0)} ms (half ${heard.medianMs.toFixed(0)}, worst ${
        heard.maxMs.toFixed(0)
      })`,
      met: null,
      python: null,
    },
    {
      what: "Memory of the hub meanwhile",
      target: "flat (+- 10 %)",
      measured: `${share >= 0 ? "+" : ""}${(share * 100).toFixed(1)} %: ${
        early.toFixed(0)
      } MB in the second fifth, ${late.toFixed(0)} MB in the last`,
      met: Math.abs(share) <= RSS_SHARE_MAX,
      python: null,
    },
  ];
}
