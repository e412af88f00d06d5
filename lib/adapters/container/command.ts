/** The one place where an engine's command line is put together: from a program to the same one inside. */

import type { ContainerDestination, Mount } from "../../control/destination.ts";
import type { Marks } from "../process/box.ts";
import type { SpawnSpec } from "../process/child.ts";
import { type Environment, type Marker, MARKERS } from "../process/environment.ts";
import type { Engine } from "./engine.ts";
import { environmentWords } from "./environment.ts";

/** A destination with all that had to be looked up. */
export interface Placement {
  readonly engine: Engine;
  /** Whether the engine runs without root's rights. */
  readonly rootless: boolean;
  readonly destination: ContainerDestination;
  /** Absolute: what is mounted at its own path, so that paths mean the same on both sides. */
  readonly folders: readonly string[];
  /** The destination's mounts with absolute sources. */
  readonly mounts: readonly Mount[];
  /** Files below them that are empty inside; absolute, each existing. */
  readonly hidden: readonly string[];
  /** The repo, absolute, and whose it is. */
  readonly root: string;
  readonly owner: { readonly uid: number; readonly gid: number };
  /** The file system's folder, absolute; null: an image is used. */
  readonly rootfs: string | null;
}

export interface Placed {
  readonly argv: readonly [string, ...string[]];
  /** What the engine's program needs in its own environment. */
  readonly passed: Environment;
}

/** Keeps the order of what is written to the two streams, which the engine carries apart. */
const MERGE = ["/bin/sh", "-c", 'exec "$0" "$@" 2>&1'] as const;

/** What a container is called, by the mark of its spawn. */
export const containerName = (spawn: string): string => `car-${spawn}`;

/**
 * The command line that runs a program in a container of its own. No value of a variable is in it, save
 * for those that would steer the engine's program.
 */
export function placed(
  placement: Placement,
  spec: Pick<SpawnSpec, "argv" | "cwd" | "env" | "stdin" | "stderr">,
  marks: Marks,
): Placed {
  const { engine, destination } = placement;
  const inner = spec.stderr === "merged" ? [...MERGE, ...spec.argv] as const : spec.argv;
  const [program, ...args] = inner;
  const environment = environmentWords(spec.env ?? {}, marks, destination.env);
  const argv = [
    engine.program,
    ...runWords(placement),
    ...(spec.stdin === "piped" ? ["--interactive"] : []),
    ...(marks.spawn === undefined ? [] : ["--name", containerName(marks.spawn)]),
    ...labels(marks),
    ...mountWords(placement),
    ...["--workdir", workdir(placement, spec.cwd)],
    ...environment.words,
    ...["--entrypoint", program],
    ...(placement.rootfs === null ? [] : ["--rootfs"]),
    placement.rootfs ?? imageOf(destination),
    ...args,
  ] as const;
  return { argv, passed: environment.passed };
}

const imageOf = ({ from }: ContainerDestination): string =>
  from.type === "image" ? from.name : from.path;

/** What is the same for each container of a destination. */
function runWords(placement: Placement): readonly string[] {
  const { engine, destination } = placement;
  const { runtime = [], ...options } = destination.options;
  const chosen = runtime.flatMap((name) => ["--runtime", name]);
  return [
    // Podman knows this one before its command, docker behind it.
    ...(engine.kind === "podman" ? [...chosen, "run"] : ["run", ...chosen]),
    // It begins and ends with the program: an init passes signals on, and its end ends all inside.
    ...["--rm", "--init"],
    // What an agent prints goes to CAR, and to no log of the engine.
    ...["--log-driver", "none"],
    // Not in the middle of a turn, and not without being asked.
    ...["--pull", "never"],
    ...userWords(placement),
    ...(destination.network === null ? [] : ["--network", destination.network]),
    ...Object.entries(options).flatMap(([name, values]) =>
      values.map((value) => `--${name}=${value}`)
    ),
  ];
}

/** Files made inside shall belong to whom the repo belongs to. */
function userWords({ rootless, destination, owner }: Placement): readonly string[] {
  const { user, options } = destination;
  if (user === "image" || options.userns !== undefined) return [];
  if (user !== "person") return ["--user", user];
  // Without root's rights the engine makes the person's own files as root inside.
  return ["--user", rootless ? "0:0" : `${owner.uid}:${owner.gid}`];
}

function labels(marks: Marks): readonly string[] {
  return Object.entries(marks).flatMap((
    [mark, value],
  ) => ["--label", label(mark as Marker, value)]);
}

/**
 * A marker as a label, and as the filter that finds it. Some engines read a filter as a line of CSV,
 * others do not: what would end a field is written as in a URL.
 */
export function label(mark: Marker, value: string): string {
  return `${MARKERS[mark]}=${encodeURIComponent(value).replaceAll("%2F", "/")}`;
}

function mountWords({ folders, mounts, hidden }: Placement): readonly string[] {
  const own = folders.map((path) => ({ source: path, target: path, readOnly: false }));
  const empty = hidden.map((path) => ({ source: "/dev/null", target: path, readOnly: true }));
  return [...own, ...mounts, ...empty].flatMap(mountWord);
}

/** The engines read the word as a line of CSV, so that any name can be told. */
function mountWord({ source, target, readOnly }: Mount): readonly string[] {
  const fields = ["type=bind", `source=${source}`, `target=${target}`];
  if (readOnly) fields.push("readonly");
  return ["--mount", fields.map(csvField).join(",")];
}

const csvField = (field: string): string =>
  /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;

function workdir({ destination, root }: Placement, cwd: string): string {
  return destination.workdir !== null && cwd === root ? destination.workdir : cwd;
}
