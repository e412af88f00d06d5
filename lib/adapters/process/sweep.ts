/**
 * Finds processes by the markers in their environment and ends them, wherever they hid: a process
 * group is left with one call of setsid, the environment is not. What escapes: `env -i`, another
 * user's processes, and what a service manager or container engine starts on their behalf.
 */

import { type Clock, systemClock } from "../../base/clock.ts";
import { isAlive, type ProcessIdentity, processIdentity } from "../../control/process_identity.ts";
import { type Marker, MARKERS } from "./environment.ts";
import { Foreigners } from "./foreigners.ts";

/** Which processes a sweep is for. */
export type SweepTarget =
  | { readonly marker: Marker; readonly value: string }
  /** Those of `root` whose owner is another than `owner`: only for who holds the root's lock. */
  | { readonly dead: { readonly root: string; readonly owner: string } };

/** A process may fork while it is swept; five rounds end all but a fork bomb. */
const ROUNDS_MAX = 5;
/** The kernel takes moments to bury a killed process. */
const BURIAL_MS_MAX = 1_000;
const LOOK_AGAIN_MS = 5;

const decoder = new TextDecoder();

/** Whether this system lets processes be found by environment. */
export function canFindByMarker(): boolean {
  try {
    return Deno.readFileSync("/proc/self/environ").length >= 0;
  } catch {
    return false;
  }
}

/** Living processes that the target means, CAR itself and what it runs under left out. */
export function findMarked(target: SweepTarget): readonly ProcessIdentity[] {
  const spared = selfAndAncestors();
  const found: ProcessIdentity[] = [];
  for (const pid of foreigners.others(allPids())) {
    if (spared.has(pid)) continue;
    // Identified first: if the number is given out anew meanwhile, the kill finds another start.
    const identity = processIdentity(pid);
    if (identity !== null && matches(target, environOf(pid))) found.push(identity);
  }
  return found;
}

const ANY_MARK = new RegExp(`\\0(${Object.values(MARKERS).join("|")})=`);

/** What is known of the machine's processes is the same for all who ask in this one. */
const foreigners = new Foreigners(ANY_MARK, {
  start: (pid) => processIdentity(pid)?.start ?? null,
  environ: environOf,
  elapsed: () => systemClock.elapsed(),
});

const allPids = (): readonly number[] =>
  [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isInteger);

/** Kills what the target means until nothing of it is left. @returns How many were found. */
export async function killMarked(target: SweepTarget, clock: Clock): Promise<number> {
  const seen = new Set<string>();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const found = findMarked(target);
    if (found.length === 0) break;
    for (const identity of found) {
      seen.add(`${identity.pid} ${identity.start}`);
      killOne(identity);
    }
    await buried(found, clock);
  }
  return seen.size;
}

function killOne(identity: ProcessIdentity): void {
  if (!isAlive(identity)) return;
  try {
    Deno.kill(identity.pid, "SIGKILL");
  } catch {
    // Gone since, or not ours to end.
  }
}

async function buried(found: readonly ProcessIdentity[], clock: Clock): Promise<void> {
  const until = clock.elapsed() + BURIAL_MS_MAX;
  while (found.some(isAlive) && clock.elapsed() < until) await clock.sleep(LOOK_AGAIN_MS);
}

/** The environment as the process was started with; "" when it is gone or another user's. */
function environOf(pid: number): string {
  try {
    return `\0${decoder.decode(Deno.readFileSync(`/proc/${pid}/environ`))}`;
  } catch {
    return "";
  }
}

function matches(target: SweepTarget, environ: string): boolean {
  const has = (marker: Marker, value: string) =>
    environ.includes(`\0${MARKERS[marker]}=${value}\0`);
  if ("marker" in target) return has(target.marker, target.value);
  return has("root", target.dead.root) && !has("owner", target.dead.owner);
}

/** An agent may run `car` itself: it must not end what it runs under. */
function selfAndAncestors(): ReadonlySet<number> {
  const spared = new Set<number>([0, 1]);
  for (let pid: number | undefined = Deno.pid; pid !== undefined && !spared.has(pid);) {
    spared.add(pid);
    pid = parentOf(pid);
  }
  return spared;
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = decoder.decode(Deno.readFileSync(`/proc/${pid}/stat`));
    // State and parent follow the name, which may hold parentheses itself.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
