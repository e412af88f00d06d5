/** Real containers by a real podman; the file system is one static program. */

import assert from "node:assert/strict";
import {
  type Containers,
  mayRunContainers,
  withContainers,
} from "../../../tests/support/containers.ts";
import { textOf } from "../../../tests/support/temp_room.ts";
import { systemClock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { decodeDestination } from "../../control/destination.ts";
import type { SpawnSpec } from "../process/child.ts";
import { ProcessRoom } from "../process/room.ts";
import { ContainerBox } from "./box.ts";
import { label } from "./command.ts";
import { findEngine } from "./engine.ts";

interface Place extends Containers {
  readonly room: ProcessRoom;
  readonly box: ContainerBox;
  readonly root: string;
}

function containerTest(
  name: string,
  settings: Record<string, unknown>,
  body: (place: Place) => Promise<void>,
): void {
  const fn = () => withContainers((containers) => inPlace(containers, settings, body));
  Deno.test({ name, ignore: !mayRunContainers(), fn });
}

function boxOf(
  { rootfs, environment }: Containers,
  settings: Record<string, unknown>,
  root: string,
): ContainerBox {
  const given = { kind: "container", rootfs, network: "host", ...settings };
  const decoded = decodeDestination(given);
  assert.ok("destination" in decoded && decoded.destination.kind === "container");
  const { destination } = decoded;
  return new ContainerBox({
    engine: findEngine("podman", environment["PATH"] ?? ""),
    destination,
    folders: [root],
    mounts: destination.mounts,
    root,
    owner: { uid: 0, gid: 0 },
    rootfs: destination.from.type === "rootfs" ? destination.from.path : null,
  }, environment);
}

async function inPlace(
  containers: Containers,
  settings: Record<string, unknown>,
  body: (place: Place) => Promise<void>,
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

const sh = (root: string, script: string, more: Partial<SpawnSpec> = {}): SpawnSpec => ({
  argv: ["/bin/sh", "-c", script],
  cwd: root,
  purpose: "agent",
  ...more,
});

const LIMITS = { timeoutMs: 60_000 };
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

containerTest(
  "an agent runs inside, at the same path, with what is allowed of the environment",
  { env: ["ALLOWED"] },
  async ({ room, root }) => {
    const script = "pwd; ls /bin/busybox /bin/bash; env; echo made > file; cat; exit 3";
    const spec = sh(root, script, { env: { GIVEN: "a\nb" }, inherit: ["HIDDEN"], turnId: "t1" });
    const done = await room.run(spec, { ...LIMITS, stdin: "asked" });
    const told = text(done.stdout);
    assert.equal(done.exit.code, 3, done.exit.stderrTail);
    assert.ok(told.startsWith(`${root}\n/bin/busybox\n`), told);
    assert.ok(told.endsWith("asked"), told);
    for (const line of ["ALLOWED=seen", "GIVEN=a\nb", "CAR_TURN_ID=t1", `CAR_ROOT=${root}`]) {
      assert.ok(told.includes(`${line}\n`), `${line} is not in ${told}`);
    }
    assert.ok(!told.includes("HIDDEN") && !told.includes("CONTAINERS_CONF"), told);
    assert.match(done.exit.stderrTail, /bash: No such file/);
    assert.equal(await Deno.readTextFile(`${root}/file`), "made\n");
    // CAR's own tools stay outside.
    const outside = await room.run(sh(root, "ls /", { purpose: "git" }), LIMITS);
    assert.match(text(outside.stdout), /^home$/m);
  },
);

containerTest("a check keeps the order of its two streams", {}, async ({ room, root }) => {
  const spec = sh(root, "echo 1; echo 2 >&2; echo 3", { purpose: "check", stderr: "merged" });
  assert.equal(text((await room.run(spec, LIMITS)).stdout), "1\n2\n3\n");
});

containerTest("an agent that talks on stdio is asked, answers and ends", {}, async (place) => {
  const { room, root } = place;
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
});

/** Deaf, and with a child that left its session. */
const DEAF =
  'trap "" TERM; (trap "" TERM; while :; do sleep 1; done) & echo up; while :; do sleep 1; done';

containerTest("the ladder ends a deaf agent's container and all in it", {}, async (place) => {
  const { room, root, podman } = place;
  const child = room.spawn(sh(root, DEAF));
  const lines = child.lines();
  assert.equal((await lines.next()).value, "up");
  assert.notEqual(await podman("ps", "--quiet"), "");
  assert.equal(await child.stop(undefined, { termMs: 50 }), "kill");
  assert.equal(await podman("ps", "--all", "--quiet"), "");
  assert.ok((await lines.next()).done);
});

containerTest("a container ends with the client that started it", {}, async (place) => {
  const { room, root, podman } = place;
  const child = room.spawn(sh(root, DEAF, { turnId: "t2" }));
  const lines = child.lines();
  assert.equal((await lines.next()).value, "up");
  Deno.kill(child.pid, "SIGKILL");
  assert.equal((await child.exit).signal, "SIGKILL");
  await room.sweepTurn("t2");
  assert.equal(await podman("ps", "--quiet"), "");
  assert.ok((await lines.next()).done);
});

containerTest("what a dead start of CAR left is found by its labels", {}, async (place) => {
  const { room, root, rootfs, podman } = place;
  // Without its marker inside: only the engine knows whose it is.
  const words = ["--label", label("root", root), "--label", "CAR_OWNER=dead", "--network", "host"];
  const inside = ["--rootfs", rootfs, "/bin/sleep", "1000"];
  await podman("run", "--detach", "--name", "left", ...words, ...inside);
  const other = ["--label", "CAR_ROOT=/elsewhere", "--label", "CAR_OWNER=dead"];
  await podman("create", "--name", "others", ...other, "--network", "host", ...inside);
  assert.equal(await room.sweepDead(), 1);
  assert.equal(await podman("ps", "--all", "--format", "{{.Names}}"), "others");
  await podman("rm", "others");
});

containerTest(
  "prepare() finds that all is well, and from then on images work too",
  {},
  async (place) => {
    const { room, box, root, podman, rootfs } = place;
    await box.prepare((spec, options) => room.run(spec, options));
    assert.ok(!box.rootless);
    const tar = `${root}/root.tar`;
    const packed = await new Deno.Command("tar", { args: ["-C", rootfs, "-cf", tar, "."] })
      .output();
    assert.ok(packed.success);
    await podman("import", "--quiet", tar, "localhost/car-test:1");
    const imaged = boxOf(place, { rootfs: null, image: "localhost/car-test:1", user: "7:8" }, root);
    const owner = crypto.randomUUID();
    const { environment } = place;
    const other = ProcessRoom.open({ root, owner, clock: systemClock, environment, box: imaged });
    try {
      await imaged.prepare((spec, options) => other.run(spec, options));
      const child = other.spawn(sh(root, "id -u"));
      assert.equal(await textOf(child.stdout), "7\n");
    } finally {
      await other.close();
    }
    await podman("rmi", "localhost/car-test:1");
  },
);

const UNUSABLE: readonly (readonly [Record<string, unknown>, RegExp, RegExp])[] = [
  [{ rootfs: null, image: "localhost/none:1" }, /image not known/, /podman pull localhost\/none:1/],
  [{ network: "no-such-net" }, /no-such-net/, /Mend what it names/],
  [{ options: { runtime: "no-such-runtime" } }, /no-such-runtime/, /Mend what it names/],
];

containerTest("prepare() tells in the engine's words what is wrong", {}, async (place) => {
  const { room, root } = place;
  for (const [settings, message, hint] of UNUSABLE) {
    const box = boxOf(place, settings, root);
    await assert.rejects(box.prepare((spec, options) => room.run(spec, options)), (thrown) => {
      assert.ok(thrown instanceof CarError && thrown.code === "unavailable");
      assert.match(thrown.message, message);
      assert.match(thrown.hint ?? "", hint);
      return true;
    });
  }
});
