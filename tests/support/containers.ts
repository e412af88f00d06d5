/**
 * A real podman for tests: with a store of its own, and a file system made of one static program, so
 * that no image has to be fetched.
 */

import assert from "node:assert/strict";
import { findEngine } from "../../lib/adapters/container/engine.ts";

const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";

/** What the file system holds, all by one program. */
const BUSYBOX = "/bin/busybox";
const COMMANDS = "sh cat echo env grep id ls pwd sed sleep test touch true".split(" ");
const FOLDERS = ["bin", "dev", "etc", "proc", "sys", "tmp", "run", "root"];

/**
 * What a machine without all of root's rights, or without systemd, needs: limits below its own, and
 * the runtime that takes every arrangement of control groups.
 */
const CONTAINERS_CONF = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
`;

/** The word for them among what a test needs. */
export const CONTAINERS = "containers";

const PROGRAMS = ["podman", "runc", "catatonit"] as const;

/**
 * Whether tests with real containers may be left out here: only on a developer's machine without the
 * programs or without root's rights. With `CI=true` they run, and fail when something is missing.
 */
export function mayRunContainers(): boolean {
  if (Deno.env.get("CI") === "true") return true;
  return Deno.uid() === 0 && [...PROGRAMS, BUSYBOX].every(isThere);
}

function isThere(program: string): boolean {
  const folders = program.startsWith("/") ? [""] : PATH.split(":").map((it) => `${it}/`);
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}${program}`).isFile;
    } catch {
      return false;
    }
  });
}

export interface Containers {
  /** The folder that is a container's file system. */
  readonly rootfs: string;
  /** What CAR's own environment must hold for the engine to use this store. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs podman. @throws with what it said, when it fails. */
  podman(...args: readonly string[]): Promise<string>;
}

/** Gives a store with no container in it, and asserts at the end that none was left. */
export async function withContainers(
  body: (containers: Containers) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-containers-" }));
  const rootfs = `${folder}/rootfs`;
  const environment = await prepare(folder, rootfs);
  const podman = (...args: readonly string[]) => runPodman(environment, args);
  try {
    await body({ rootfs, environment, podman });
    assert.equal(await podman("ps", "--all", "--quiet"), "", "a container was left");
  } finally {
    await podman("rm", "--all", "--force", "--time", "0");
    await Deno.remove(folder, { recursive: true });
  }
}

async function prepare(folder: string, rootfs: string): Promise<Readonly<Record<string, string>>> {
  for (const name of FOLDERS) await Deno.mkdir(`${rootfs}/${name}`, { recursive: true });
  await Deno.copyFile(BUSYBOX, `${rootfs}/bin/busybox`);
  await Promise.all(COMMANDS.map((name) => Deno.symlink("busybox", `${rootfs}/bin/${name}`)));
  const [conf, storage] = [`${folder}/containers.conf`, `${folder}/storage.conf`];
  await Deno.writeTextFile(conf, CONTAINERS_CONF);
  await Deno.writeTextFile(
    storage,
    `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/graph"\nrunroot = "${folder}/run"\n`,
  );
  return {
    PATH,
    HOME: `${rootfs}/root`,
    CONTAINERS_CONF: conf,
    CONTAINERS_STORAGE_CONF: storage,
  };
}

async function runPodman(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<string> {
  const { program } = findEngine("podman", PATH);
  const output = await new Deno.Command(program, { args: [...args], env: environment }).output();
  const text = new TextDecoder();
  if (output.success) return text.decode(output.stdout).trim();
  throw new Error(`podman ${args.join(" ")}: ${text.decode(output.stderr)}`);
}
