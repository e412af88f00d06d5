/** A hub of many repos served by the compiled program, as a process whose cost can be read. */

import { hubPaths } from "../../lib/control/roots.ts";
import { type RunningCar, startCar } from "../support/car.ts";
import { hubEnvironment, type HubFolder, makeHubFolder } from "../support/hub_folder.ts";

/** As many as the targets speak of. */
export const REPOS = 100;
/** A benchmark ends by itself; this only catches one that hangs, in milliseconds. */
const SERVED_MS_MAX = 30 * 60_000;
const LOOK_MS = 100;

export const repoIds = (count = REPOS): readonly string[] =>
  Array.from({ length: count }, (_, at) => `r${String(at).padStart(3, "0")}`);

export interface ServedHub extends AsyncDisposable {
  readonly pid: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  call(path: string, init?: RequestInit): Promise<Response>;
  /** The JSON of a GET. @throws {Error} for another status than 200. */
  ask<T>(path: string): Promise<T>;
  /** What it holds of the machine's memory. */
  residentMb(): Promise<number>;
  /** What it has used of the processors since its start, its children aside. */
  cpuSeconds(): Promise<number>;
  readonly car: RunningCar;
}

interface ServingLine {
  readonly url: string;
  readonly pid: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** @param config Lines of each repo's config. */
export const hubOf = (ids: readonly string[], config = "", maxParallel = 20): Promise<HubFolder> =>
  makeHubFolder({ repos: ids, config, maxParallel });

/** Serves the hub. `await using` kills it. */
export async function serveHub(folder: HubFolder): Promise<ServedHub> {
  const car = startCar(["serve", "--port", "0", "--json"], {
    cwd: folder.root,
    home: folder.home,
  }, { form: "binary", env: hubEnvironment(folder.home), timeoutMs: SERVED_MS_MAX });
  const { url, pid }: ServingLine = JSON.parse(await car.line(/"serving"/));
  const token = await tokenOf(folder);
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        ...init.headers,
      },
    });
  return {
    pid,
    url,
    port: Number(new URL(url).port),
    token,
    call,
    ask: async (path) => {
      const answer = await call(path);
      if (answer.status !== 200) {
        throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      }
      return await answer.json();
    },
    residentMb: () => residentMb(pid),
    cpuSeconds: () => cpuSeconds(pid),
    car,
    [Symbol.asyncDispose]: () => car[Symbol.asyncDispose](),
  };
}

export const tokenOf = async (folder: HubFolder): Promise<string> =>
  (await Deno.readTextFile(`${hubPaths(folder.root).state}/token`)).trim();

/** Looks again and again, `msMax` at most. */
export async function untilTrue(
  what: string,
  msMax: number,
  is: () => Promise<boolean>,
): Promise<void> {
  for (const until = performance.now() + msMax; performance.now() < until;) {
    if (await is()) return;
    await pause(LOOK_MS);
  }
  throw new Error(`It did not come in ${msMax} ms: ${what}`);
}

/** Clock ticks of Linux. */
const TICKS_A_SECOND = 100;

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

async function residentMb(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** What a stretch of time cost: the share of one processor in percent, and the memory at its end. */
export async function costOf(
  hub: ServedHub,
  seconds: number,
): Promise<{ cpu: number; mb: number }> {
  const before = await hub.cpuSeconds();
  await pause(seconds * 1_000);
  const cpu = (await hub.cpuSeconds() - before) / seconds * 100;
  return { cpu, mb: await hub.residentMb() };
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
