/**
 * Real containers for tests: by a podman with a store of its own, or by the machine's docker, and with a
 * file system made of one static program, so that no image has to be fetched.
 */

import assert from "node:assert/strict";
import { type EngineKind, findEngine } from "../../lib/adapters/container/engine.ts";
import { readEach, untilGone } from "./processes.ts";

const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";

/** What the file system holds, all by one program. */
const BUSYBOX = "/bin/busybox";
const COMMANDS = "sh cat chmod echo env grep id ls pwd sed sleep test touch true".split(" ");
const FOLDERS = ["bin", "dev", "etc", "proc", "sys", "tmp", "run", "root"];

/**
 * What a machine without all of root's rights, or without systemd, needs: limits below its own, and
 * the runtime that takes every arrangement of control groups.
 */
const containersConf = (folder: string) =>
  `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
runtime = "runc"
tmp_dir = "${folder}/libpod"
`;

/** The word for them among what a test needs. */
export const CONTAINERS = "containers";

const PROGRAMS = ["podman", "runc", "catatonit"] as const;

/**
 * Whether tests with real containers run here. They need root's rights and a machine that lets it make
 * namespaces; a CI that has both and lacks a program fails, one that cannot run any container says so.
 */
export function mayRunContainers(): boolean {
  const isCi = Deno.env.get("CI") === "true";
  if (!mayMakeNamespaces()) {
    if (isCi) console.error("Containers are left out: this machine lets nobody make namespaces.");
    return false;
  }
  return isCi || [...PROGRAMS, BUSYBOX].every(isThere);
}

/** What every runtime of containers does first. */
function mayMakeNamespaces(): boolean {
  if (Deno.uid() !== 0) return false;
  const args = ["--mount", "--pid", "--ipc", "--uts", "--fork", "true"];
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  try {
    return new Deno.Command("unshare", { args, ...quiet }).outputSync().success;
  } catch {
    return false;
  }
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
  readonly engine: EngineKind;
  /** Keys of a destination by which containers can be made. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The same as words of the engine's `run`, behind its options. */
  readonly from: readonly string[];
  /** What CAR's own environment must hold for the engine to use this store. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs the engine. @throws with what it said, when it fails. */
  tool(...args: readonly string[]): Promise<string>;
  /** Names of the containers that were made by CAR or in its name. */
  names(): Promise<readonly string[]>;
}

type Environment = Readonly<Record<string, string>>;

/** Gives a podman whose store is empty, and asserts at the end that no container was left. */
export async function withContainers(
  body: (containers: Containers) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const rootfs = await makeRootfs(folder);
    const environment = await podmanEnvironment(folder);
    const { tool, names } = engineTool("podman", environment);
    const settings = { rootfs };
    try {
      await body({
        engine: "podman",
        settings,
        from: ["--rootfs", rootfs],
        environment,
        tool,
        names,
      });
      assert.deepEqual(await names(), [], "a container was left");
    } finally {
      await tool("rm", "--all", "--force", "--time", "0");
    }
  });
}

/** The word of CAR's environment by which a docker that is not the machine's own is found. */
const DOCKER_HOST = "DOCKER_HOST";
/** A daemon answers at once or is not there. */
const DOCKER_WORDS = ["version", "--format", "{{.Server.Version}}"];

/** Whether a docker daemon answers. Nothing installs one for the tests: see docs/DESTINATIONS.md. */
export function mayRunDocker(): boolean {
  if (!isThere("docker") || !isThere(BUSYBOX)) return false;
  return new Deno.Command("docker", { args: DOCKER_WORDS, stderr: "null" }).outputSync().success;
}

/** Gives the machine's docker with one image of the tests' own in it. */
export async function withDocker(body: (containers: Containers) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const host = Deno.env.get(DOCKER_HOST);
    const environment = {
      PATH,
      HOME: folder,
      ...(host === undefined ? {} : { [DOCKER_HOST]: host }),
    };
    const { tool, names } = engineTool("docker", environment);
    const image = `car-test:${crypto.randomUUID()}`;
    const tar = await tarOf(await makeRootfs(folder), folder);
    await tool("import", tar, image);
    const settings = { image, options: { ulimit: ["nofile=1024:1024", "nproc=1024:1024"] } };
    try {
      await body({ engine: "docker", settings, from: [image], environment, tool, names });
      assert.deepEqual(await names(), [], "a container was left");
    } finally {
      await tool("rmi", image);
    }
  });
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-containers-" }));
  try {
    await body(folder);
  } finally {
    // The engine tidies up behind a container, and a lifeline looks once more: both in this folder.
    await untilGone(() => usersOf(folder));
    await Deno.remove(folder, { recursive: true });
  }
}

async function usersOf(folder: string): Promise<readonly string[]> {
  const users: string[] = [];
  for await (const { environment, command } of readEach()) {
    if (environment.some((entry) => entry.includes(`=${folder}/`))) users.push(command);
  }
  return users;
}

async function makeRootfs(folder: string): Promise<string> {
  const rootfs = `${folder}/rootfs`;
  for (const name of FOLDERS) await Deno.mkdir(`${rootfs}/${name}`, { recursive: true });
  await Deno.copyFile(BUSYBOX, `${rootfs}/bin/busybox`);
  await Promise.all(COMMANDS.map((name) => Deno.symlink("busybox", `${rootfs}/bin/${name}`)));
  return rootfs;
}

/** The file system as an engine imports it. */
export async function tarOf(rootfs: string, folder: string): Promise<string> {
  const path = `${folder}/rootfs.tar`;
  await output("tar", ["-C", rootfs, "-cf", path, "."], { PATH });
  return path;
}

async function podmanEnvironment(folder: string): Promise<Environment> {
  const [conf, storage] = [`${folder}/containers.conf`, `${folder}/storage.conf`];
  await Deno.writeTextFile(conf, containersConf(folder));
  await Deno.writeTextFile(
    storage,
    `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/graph"\nrunroot = "${folder}/run"\n`,
  );
  return { PATH, HOME: folder, CONTAINERS_CONF: conf, CONTAINERS_STORAGE_CONF: storage };
}

const OF_CAR = ["ps", "--all", "--filter", "label=CAR_OWNER", "--format", "{{.Names}}"];

function engineTool(
  kind: EngineKind,
  environment: Environment,
): Pick<Containers, "tool" | "names"> {
  const { program } = findEngine(kind, PATH);
  const tool = (...args: readonly string[]) => output(program, args, environment);
  return {
    tool,
    names: async () => (await tool(...OF_CAR)).split("\n").filter((name) => name !== ""),
  };
}

async function output(program: string, args: readonly string[], env: Environment): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], env })
    .output();
  const text = new TextDecoder();
  if (success) return text.decode(stdout).trim();
  throw new Error(`${program} ${args.join(" ")}: ${text.decode(stderr)}`);
}
