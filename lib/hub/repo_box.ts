/** The containers of one repo: what its destination says, looked up on this machine. */

import { ContainerBox, sweepContainers } from "../adapters/container/box.ts";
import { type Engine, findEngine } from "../adapters/container/engine.ts";
import { locate } from "../adapters/git/repository.ts";
import type { ProcessRoom } from "../adapters/process/room.ts";
import { CarError } from "../base/errors.ts";
import type { RepoConfig } from "../control/config.ts";
import {
  type ContainerDestination,
  type Destination,
  destinationOf,
  type Mount,
} from "../control/destination.ts";
import type { Journal } from "../control/journal.ts";
import { repoPaths, STATE_FOLDER } from "../control/roots.ts";
import { openSpawns } from "../control/spawns.ts";

type Environment = Readonly<Record<string, string>>;

export interface BoxPlace {
  /** The repo, absolute. */
  readonly root: string;
  readonly config: Pick<RepoConfig, "destination">;
  /** CAR's own environment. */
  readonly environment: Environment;
  /** What the hub's manifest says of the repo: it stands above the repo's own config. */
  readonly destination?: Destination | undefined;
  /** What relative paths start from; default: the repo. */
  readonly from?: string;
  /** A folder that may be read besides, at its own path. */
  readonly besides?: string;
}

const PATH_FALLBACK = "/usr/local/bin:/usr/bin:/bin";

/** Whether the repo's agents and checks run elsewhere than on this machine. */
export const runsElsewhere = ({ destination, config }: BoxPlace): boolean =>
  (destination ?? configured(config)).kind !== "local";

/**
 * Where the repo's agents and checks run; null: on this machine. Starts nothing.
 * @throws {CarError} `unavailable` without an engine, a rootfs or a mount's source.
 */
export async function boxFor(place: BoxPlace): Promise<ContainerBox | null> {
  const destination = place.destination ?? configured(place.config);
  if (destination.kind === "local") return null;
  const { root, environment, from: base = root } = place;
  const { from } = destination;
  const rootfs = from.type === "rootfs" ? absolute(from.path, base, environment) : null;
  if (rootfs !== null) await requirePath(rootfs.replace(/:O$/, ""), "rootfs");
  const { uid, gid } = await Deno.stat(root);
  return new ContainerBox({
    engine: findEngine(destination.engine, environment["PATH"] ?? PATH_FALLBACK),
    destination,
    folders: await ownFolders(root),
    mounts: [
      ...(place.besides === undefined ? [] : [readable(place.besides)]),
      ...await mountsOf(destination, base, environment),
    ],
    // Who has the token may have CAR start programs outside.
    hidden: [repoPaths(root).token],
    root,
    owner: { uid: uid ?? 0, gid: gid ?? 0 },
    rootfs,
  }, environment);
}

/** @throws {CarError} `invalid`: the config was changed by other means than reading it. */
function configured(config: Pick<RepoConfig, "destination">): Destination {
  const decoded = destinationOf(config.destination);
  if ("destination" in decoded) return decoded.destination;
  throw new CarError(
    "invalid",
    decoded.problems.map((it) => `${it.key}: ${it.message}`).join("\n"),
  );
}

/** The repo, CAR's folder in it and git's own, wherever they lie: each at its own path. */
async function ownFolders(root: string): Promise<readonly string[]> {
  const located = await locate(root);
  const git = located.kind === "repository"
    ? [located.repository.commonDir, located.repository.gitDir]
    : [];
  const state = await Deno.realPath(`${root}/${STATE_FOLDER}`).catch(() => root);
  const folders = [root, await Deno.realPath(root), state, ...git];
  return folders.filter((folder, at) =>
    !folders.some((other, its) => isBelow(folder, other) && (folder !== other || its < at))
  );
}

const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

const readable = (path: string): Mount => ({ source: path, target: path, readOnly: true });

async function mountsOf(
  { mounts }: ContainerDestination,
  base: string,
  environment: Environment,
): Promise<readonly Mount[]> {
  const resolved = mounts.map((it) => ({ ...it, source: absolute(it.source, base, environment) }));
  for (const { source } of resolved) await requirePath(source, "mounts");
  return resolved;
}

function absolute(path: string, base: string, environment: Environment): string {
  if (path.startsWith("~/")) return `${environment["HOME"] ?? ""}${path.slice(1)}`;
  return path.startsWith("/") ? path : `${base}/${path}`;
}

/** The engines say it late, and some make an empty folder instead. */
async function requirePath(path: string, key: string): Promise<void> {
  try {
    await Deno.stat(path);
  } catch (thrown) {
    // A posture may forbid the look; the engine then tells.
    if (!(thrown instanceof Deno.errors.NotFound)) return;
    throw new CarError("unavailable", `There is no ${path}, which destination.${key} names.`, {
      hint: "Make it, or mend the path.",
    });
  }
}

/**
 * Ends what a dead start of CAR left in this root, in containers of the engines that it used as well.
 * Only while holding the root's lock. @returns How many; null: cannot be known.
 */
export async function sweepDead(
  room: ProcessRoom,
  journal: Journal,
  box: ContainerBox | null,
): Promise<number | null> {
  const swept = await room.sweepDead();
  const target = { dead: { root: room.root, owner: room.owner } };
  let boxes = 0;
  for (const engine of enginesLeft(journal)) {
    if (engine.program === box?.engine.program) continue;
    boxes += await sweepContainers(engine, target, (spec, options) => room.run(spec, options));
  }
  return swept === null ? null : swept + boxes;
}

/** The repo may run elsewhere today: the journal knows which engines have processes without an end. */
function enginesLeft(journal: Journal): readonly Engine[] {
  const engines = new Map<string, Engine>();
  for (const { argv } of openSpawns(journal)) {
    const program = argv[0] ?? "";
    const kind = program.endsWith("/podman") ? "podman" as const : "docker" as const;
    if (!program.endsWith(`/${kind}`) || !argv.includes("--label")) continue;
    engines.set(program, { kind, program });
  }
  return [...engines.values()];
}
