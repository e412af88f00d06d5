/** Clones a repo into the hub and lists it. What fails on the way leaves nothing behind. */

import { cloneInto } from "../../adapters/git/clone.ts";
import { findGit } from "../../adapters/git/program.ts";
import { ProcessRoom } from "../../adapters/process/room.ts";
import type { Clock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { ensureDir, exists, moveFile } from "../../control/files.ts";
import { type HubGround, inHub } from "./candidates.ts";
import { cloneName, cloneSource } from "./clone_source.ts";
import { type Added, addRepo } from "./roster.ts";

export interface CloneOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  /** CAR was started with --safe: the person's own git settings do not hold. */
  readonly safe: boolean;
  /** Where a relative path of the source begins, absolute. */
  readonly cwd: string;
  /** The folder it goes into; absent: as the source is called. */
  readonly name?: string;
  readonly signal?: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface Cloned extends Added {
  /** Where it came from, without a password. */
  readonly from: string;
}

/** What is half cloned: hidden, so that a scan does not see it. */
const HALF = ".car-clone-";
/** No clone takes this long: it was left by a CAR that was killed. */
const HALF_MS_MAX = 24 * 60 * 60 * 1000;

/**
 * @throws {CarError} `invalid` for the source or the name, `conflict` when something has the name, and
 * as `cloneInto` and `addRepo`.
 */
export async function cloneRepo(
  ground: HubGround,
  typed: string,
  options: CloneOptions,
): Promise<Cloned> {
  const source = cloneSource(typed, options.cwd);
  const name = cloneName(options.name ?? source.name);
  const folder = inHub(ground.root, ground.config.hub.repos_root);
  const target = `${folder}/${name}`;
  const taken = () =>
    new CarError("conflict", `${target} is there already.`, {
      hint: "Name another folder behind the address, or list that one with `car hub add`.",
    });
  if (await exists(target)) throw taken();
  await ensureDir(folder);
  await removeOldHalves(folder, options.clock.now());
  const half = `${folder}/${HALF}${crypto.randomUUID()}`;
  // Made here, so that a CAR that may not write there says so before git, which may, begins.
  await ensureDir(half);
  try {
    await clone(ground, source.url, half, options);
    if (await exists(target)) throw taken();
    await moveFile(half, target);
  } catch (thrown) {
    await Deno.remove(half, { recursive: true }).catch(() => {});
    throw hidden(thrown, source.url, source.shown);
  }
  return { ...await addRepo(ground, target), from: source.shown };
}

async function clone(
  { root, config }: HubGround,
  url: string,
  into: string,
  { clock, environment, safe, signal, onProgress }: CloneOptions,
): Promise<void> {
  const program = findGit(environment["PATH"] ?? "/usr/bin:/bin");
  const room = ProcessRoom.open({ root, owner: crypto.randomUUID(), clock, environment });
  try {
    await cloneInto(room, clock, {
      program,
      url,
      into,
      silenceMs: config.git.network_timeout_seconds * 1000,
      trusted: !safe,
      onProgress,
      ...(signal === undefined ? {} : { signal }),
    });
  } finally {
    await room.close();
  }
}

/** Git repeats the address in its own words; a password in it is nobody's to read. */
function hidden(thrown: unknown, url: string, shown: string): unknown {
  if (!(thrown instanceof CarError) || url === shown) return thrown;
  return new CarError(thrown.code, thrown.message.replaceAll(url, shown), {
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
  });
}

async function removeOldHalves(folder: string, nowMs: number): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory || !name.startsWith(HALF)) continue;
    const path = `${folder}/${name}`;
    const { mtime } = await Deno.stat(path);
    if (nowMs - (mtime?.getTime() ?? nowMs) > HALF_MS_MAX) {
      await Deno.remove(path, { recursive: true });
    }
  }
}
