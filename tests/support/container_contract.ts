/** What containers must do, as named cases that each engine runs. */

import assert from "node:assert/strict";
import { ContainerBox } from "../../lib/adapters/container/box.ts";
import { label } from "../../lib/adapters/container/command.ts";
import { ENGINE_WORDS, findEngine } from "../../lib/adapters/container/engine.ts";
import type { SpawnSpec } from "../../lib/adapters/process/child.ts";
import { readLines } from "../../lib/adapters/process/lines.ts";
import { ProcessRoom } from "../../lib/adapters/process/room.ts";
import { systemClock } from "../../lib/base/clock.ts";
import { CarError } from "../../lib/base/errors.ts";
import { decodeDestination } from "../../lib/control/destination.ts";
import type { Containers } from "./containers.ts";
import { untilGone } from "./processes.ts";

export interface ContainerPlace extends Containers {
  readonly room: ProcessRoom;
  readonly box: ContainerBox;
  readonly root: string;
}

type Settings = Readonly<Record<string, unknown>>;

export function boxOf(containers: Containers, settings: Settings, root: string): ContainerBox {
  const { engine, environment } = containers;
  const given = { kind: "container", engine, network: "host", ...containers.settings, ...settings };
  const decoded = decodeDestination(given);
  assert.ok("destination" in decoded && decoded.destination.kind === "container");
  const { destination } = decoded;
  return new ContainerBox({
    engine: findEngine(engine, environment["PATH"] ?? ""),
    destination,
    folders: [root],
    mounts: destination.mounts,
    hidden: [`${root}/hidden`, `${root}/never made`],
    root,
    owner: { uid: 0, gid: 0 },
    rootfs: destination.from.type === "rootfs" ? destination.from.path : null,
  }, environment);
}

/** Gives a room with a box, in a folder whose name needs care. */
export async function inPlace(
  containers: Containers,
  settings: Settings,
  body: (place: ContainerPlace) => Promise<void>,
): Promise<void> {
  const outer = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-box-" }));
  const root = `${outer}/a "b", c=d`;
  await Deno.mkdir(root);
  const box = boxOf(containers, settings, root);
  const owner = crypto.randomUUID();
  const environment = { ...containers.environment, ALLOWED: "seen", HIDDEN: "unseen" };
  const room = ProcessRoom.open({ root, owner, clock: systemClock, environment, box });
  try {
    await body({ ...containers, room, box, root });
  } finally {
    await room.close();
    await Deno.remove(outer, { recursive: true });
  }
}

export const sh = (root: string, script: string, more: Partial<SpawnSpec> = {}): SpawnSpec => ({
  argv: ["/bin/sh", "-c", script],
  cwd: root,
  purpose: "agent",
  ...more,
});

const LIMITS = { timeoutMs: 60_000 };
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function runsInside({ room, root }: ContainerPlace): Promise<void> {
  await Deno.writeTextFile(`${root}/hidden`, "secret");
  const script = "pwd; ls /bin/busybox /bin/bash; env; cat hidden; echo made > file; cat; exit 3";
  const spec = sh(root, script, { env: { GIVEN: "a\nb" }, inherit: ["HIDDEN"], turnId: "t1" });
  const done = await room.run(spec, { ...LIMITS, stdin: "asked" });
  const told = text(done.stdout);
  assert.equal(done.exit.code, 3, done.exit.stderrTail);
  assert.ok(told.startsWith(`${root}\n/bin/busybox\n`), told);
  assert.ok(told.endsWith("asked"), told);
  for (const line of ["ALLOWED=seen", "GIVEN=a\nb", "CAR_TURN_ID=t1", `CAR_ROOT=${root}`]) {
    assert.ok(told.includes(`${line}\n`), `${line} is not in ${told}`);
  }
  assert.doesNotMatch(told, /secret|HIDDEN|CONTAINERS_CONF|DOCKER_HOST/);
  assert.match(done.exit.stderrTail, /bash: No such file/);
  assert.equal(await Deno.readTextFile(`${root}/file`), "made\n");
  assert.equal(await Deno.readTextFile(`${root}/hidden`), "secret");
  await assert.rejects(Deno.stat(`${root}/never made`));
  // CAR's own tools stay outside.
  const outside = await room.run(sh(root, "ls /", { purpose: "git" }), LIMITS);
  assert.match(text(outside.stdout), /^home$/m);
}

async function keepsOrder({ room, root }: ContainerPlace): Promise<void> {
  const spec = sh(root, "echo 1; echo 2 >&2; echo 3", { purpose: "check", stderr: "merged" });
  assert.equal(text((await room.run(spec, LIMITS)).stdout), "1\n2\n3\n");
}

async function talksOnStdio({ room, root }: ContainerPlace): Promise<void> {
  const spec = sh(root, "while read -r line; do echo got $line; done", { stdin: "piped" });
  const child = room.spawn(spec);
  const lines = child.lines();
  for (const word of ["one", "two"]) {
    await child.write(`${word}\n`);
    assert.equal((await lines.next()).value, `got ${word}`);
  }
  assert.equal(await child.stop(() => child.closeStdin(), { politeMs: 30_000 }), "polite");
  assert.ok((await lines.next()).done);
  assert.equal((await child.exit).code, 0);
}

/** Deaf, and with a child that is so too. */
const DEAF =
  'trap "" TERM; (trap "" TERM; while :; do sleep 1; done) & echo up; while :; do sleep 1; done';

async function endsByLadder({ room, root, names }: ContainerPlace): Promise<void> {
  const child = room.spawn(sh(root, DEAF));
  const lines = child.lines();
  assert.equal((await lines.next()).value, "up");
  assert.equal((await names()).length, 1);
  assert.equal(await child.stop(undefined, { termMs: 50 }), "kill");
  assert.deepEqual(await names(), []);
  assert.ok((await lines.next()).done);
}

async function endsWithClient({ room, root, names }: ContainerPlace): Promise<void> {
  const child = room.spawn(sh(root, DEAF, { turnId: "t2" }));
  const lines = child.lines();
  assert.equal((await lines.next()).value, "up");
  Deno.kill(child.pid, "SIGKILL");
  assert.equal((await child.exit).signal, "SIGKILL");
  await room.sweepTurn("t2");
  assert.deepEqual(await names(), []);
  assert.ok((await lines.next()).done);
}

const SLEEP = ["/bin/sleep", "1000"] as const;

/** Without markers inside: only the engine knows whose they are. */
async function labelled(
  { tool, from, settings }: Containers,
  name: string,
  labels: readonly string[],
): Promise<void> {
  const options = settings["options"] === undefined ? [] : ["--ulimit", "nofile=1024:1024"];
  const words = [...labels.flatMap((it) => ["--label", it]), "--network", "host", ...options];
  await tool("run", "--detach", "--rm", "--name", name, ...words, ...from, ...SLEEP);
}

async function findsTheDead(place: ContainerPlace): Promise<void> {
  const { room, root, engine, tool, names } = place;
  const [left, other] = [crypto.randomUUID(), crypto.randomUUID()];
  await labelled(place, left, [label("root", root), label("owner", "dead")]);
  await labelled(place, other, [label("root", "/elsewhere"), label("owner", "dead")]);
  assert.equal(await room.sweepDead(), 1);
  assert.deepEqual(await names(), [other]);
  await tool(...ENGINE_WORDS[engine].end, other);
}

const modules = new URL("../../", import.meta.url).href;

/** A process of its own that opens a room with a box, and waits to be killed. */
const PARENT = `
import { systemClock } from "${modules}lib/base/clock.ts";
import { ProcessRoom } from "${modules}lib/adapters/process/room.ts";
const [root, owner, ending] = Deno.args;
const box = { ending: JSON.parse(ending) };
ProcessRoom.open({ root, owner, clock: systemClock, box });
console.log("up");
setInterval(() => {}, 1_000);
`;

async function endsWithoutCar(place: ContainerPlace): Promise<void> {
  const { root, box, names } = place;
  const owner = crypto.randomUUID();
  const file = `${root}/parent.ts`;
  await Deno.writeTextFile(file, PARENT);
  const args = ["run", "-A", "--no-lock", file, root, owner, JSON.stringify(box.ending)];
  const parent = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  const lines = readLines(parent.stdout);
  assert.equal((await lines.next()).value, "up");
  await labelled(place, crypto.randomUUID(), [label("owner", owner)]);
  parent.kill("SIGKILL");
  await parent.status;
  assert.ok((await lines.next()).done);
  await untilGone(names);
}

const UNUSABLE: readonly (readonly [Settings, RegExp, RegExp])[] = [
  [{ image: "localhost/none:1", rootfs: null }, /localhost\/none/i, /pull localhost\/none:1/],
  [{ network: "no-such-net" }, /no-such-net/, /Mend what it names/],
  [{ options: { runtime: "no-such-runtime" } }, /no-such-runtime/, /Mend what it names/],
];

async function isPrepared(place: ContainerPlace): Promise<void> {
  const { room, root, box } = place;
  const prepare = (it: ContainerBox) => it.prepare((spec, options) => room.run(spec, options));
  await prepare(box);
  assert.ok(!box.rootless);
  for (const [settings, message, hint] of UNUSABLE) {
    await assert.rejects(prepare(boxOf(place, settings, root)), (thrown) => {
      assert.ok(thrown instanceof CarError && thrown.code === "unavailable");
      assert.match(thrown.message, message);
      assert.match(thrown.hint ?? "", hint);
      return true;
    });
  }
}

export interface ContainerCase {
  readonly name: string;
  readonly settings: Settings;
  run(place: ContainerPlace): Promise<void>;
}

export const CONTAINER_CASES: readonly ContainerCase[] = [
  {
    name: "an agent runs inside, at the same path, with what is allowed of the environment",
    settings: { env: ["ALLOWED"] },
    run: runsInside,
  },
  { name: "a check keeps the order of its two streams", settings: {}, run: keepsOrder },
  { name: "an agent that talks on stdio is asked and answers", settings: {}, run: talksOnStdio },
  { name: "the ladder ends a deaf agent's container", settings: {}, run: endsByLadder },
  { name: "a container ends with the client that began it", settings: {}, run: endsWithClient },
  { name: "what a dead start of CAR left is found by labels", settings: {}, run: findsTheDead },
  { name: "what a killed CAR left is ended by its lifeline", settings: {}, run: endsWithoutCar },
  { name: "prepare() tells in the engine's words what is wrong", settings: {}, run: isPrepared },
];
