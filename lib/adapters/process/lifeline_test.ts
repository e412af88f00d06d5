/** Kills a real parent and looks who is left: the only test of a killer that counts. */

import assert from "node:assert/strict";
import { systemClock } from "../../base/clock.ts";
import type { ProcessIdentity } from "../../control/process_identity.ts";
import { Lifeline } from "./lifeline.ts";
import { readLines } from "./lines.ts";
import { canFindByMarker, findMarked } from "./sweep.ts";

const modules = new URL(".", import.meta.url).href;

/** A process of its own that opens a room, starts the vices below, and waits to be killed. */
const PARENT = `
import { systemClock } from "${modules}../../base/clock.ts";
import { ProcessRoom } from "${modules}room.ts";
const [root, owner, script] = Deno.args;
const room = ProcessRoom.open({ root, owner, clock: systemClock });
const child = room.spawn({ argv: ["/bin/sh", "-c", script], cwd: root, purpose: "agent" });
console.log("lifeline " + room.lifelinePid);
for await (const line of child.lines()) console.log(line);
`;

const DEAF = `sh -c 'trap "" TERM HUP; echo up; while :; do /bin/sleep 1; done'`;
/** A child, a grandchild and one that left the session: all deaf. */
const MARKED = ["", DEAF, `setsid ${DEAF}`];
/** And one that hid from the markers, but not from its group. */
const VICES = [...MARKED, `env -i ${DEAF}`];
const scriptOf = (vices: readonly string[]) =>
  `trap '' TERM HUP INT; ${vices.slice(1).join(" & ")} & echo up; while :; do sleep 1; done`;

interface Parent {
  readonly process: Deno.ChildProcess;
  readonly lines: AsyncGenerator<string, void, void>;
  readonly lifelinePid: number;
}

async function startParent(root: string, owner: string, vices: readonly string[]): Promise<Parent> {
  const file = `${root}/parent.ts`;
  await Deno.writeTextFile(file, PARENT);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", file, root, owner, scriptOf(vices)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = readLines(process.stdout);
  const first = (await lines.next()).value ?? "";
  for (const _ of vices) assert.equal((await lines.next()).value, "up");
  return { process, lines, lifelinePid: Number(first.split(" ")[1]) };
}

/** Processes of the session that `pid` leads: how the one without marker is found. */
async function inGroup(group: number): Promise<ProcessIdentity[]> {
  const found: ProcessIdentity[] = [];
  for await (const entry of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(entry.name)) continue;
    try {
      const stat = Deno.readTextFileSync(`/proc/${entry.name}/stat`);
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(fields[2]) === group && fields[0] !== "Z") {
        found.push({ pid: Number(entry.name), start: fields[19] ?? "", boot: "" });
      }
    } catch {
      // Gone while it was looked at.
    }
  }
  return found;
}

/** Waits until nothing of the owner lives; the bound only ends a failing test. */
async function waitUntilGone(owner: string, group: number): Promise<number> {
  const from = performance.now();
  while (performance.now() - from < 20_000) {
    const left = findMarked({ marker: "owner", value: owner }).length +
      (await inGroup(group)).length;
    if (left === 0) return performance.now() - from;
    await systemClock.sleep(5);
  }
  assert.fail("processes are left");
}

const linuxOnly = { ignore: !canFindByMarker() };

Deno.test(
  "the lifeline ends children, grandchildren and setsid escapees when CAR is killed",
  linuxOnly,
  async () => {
    const root = await Deno.makeTempDir();
    const owner = crypto.randomUUID();
    const parent = await startParent(root, owner, VICES);
    const found = findMarked({ marker: "owner", value: owner });
    assert.ok(found.length >= 3, `found ${found.length}`);
    const group = found.find((it) => groupOf(it.pid) === it.pid)?.pid ?? 0;
    assert.ok((await inGroup(group)).length >= 3);
    parent.process.kill("SIGKILL");
    await parent.process.status;
    const ms = await waitUntilGone(owner, group);
    assert.ok(ms < 5_000, `took ${ms} ms`);
    await parent.lines.return();
    await Deno.remove(root, { recursive: true });
  },
);

Deno.test(
  "a lifeline that was killed is started again and still ends what it found",
  linuxOnly,
  async () => {
    const root = await Deno.makeTempDir();
    const owner = crypto.randomUUID();
    const parent = await startParent(root, owner, MARKED);
    const group = findMarked({ marker: "owner", value: owner })
      .find((it) => groupOf(it.pid) === it.pid)?.pid ?? 0;
    Deno.kill(parent.lifelinePid, "SIGKILL");
    await waitForNewShell(owner, parent.lifelinePid);
    parent.process.kill("SIGKILL");
    await parent.process.status;
    await waitUntilGone(owner, group);
    await parent.lines.return();
    await Deno.remove(root, { recursive: true });
  },
);

Deno.test("order() signals groups and sweeps markers by the shell's hand", linuxOnly, async () => {
  const owner = crypto.randomUUID();
  const lifeline = Lifeline.open({ owner, clock: systemClock });
  const sleeper = (env: Record<string, string>) =>
    new Deno.Command("sleep", { args: ["1000"], env, detached: true }).spawn();
  const root = await Deno.makeTempDir({ prefix: "with space " });
  const [term, kill, swept, dead, mine] = [
    sleeper({}),
    sleeper({}),
    sleeper({ CAR_TURN_ID: owner }),
    sleeper({ CAR_ROOT: root, CAR_OWNER: "dead" }),
    sleeper({ CAR_ROOT: root, CAR_OWNER: owner }),
  ];
  assert.ok(await lifeline.order({ word: "term", group: term.pid }));
  assert.ok(await lifeline.order({ word: "kill", group: kill.pid }));
  assert.ok(await lifeline.order({ word: "sweep", entry: `CAR_TURN_ID=${owner}` }));
  assert.ok(await lifeline.order({ word: "dead", root }));
  assert.equal((await term.status).signal, "SIGTERM");
  for (const gone of [kill, swept, dead]) assert.equal((await gone.status).signal, "SIGKILL");
  assert.ok(groupOf(mine.pid) === mine.pid);
  assert.ok(await lifeline.order({ word: "kill", group: mine.pid }));
  await mine.status;
  await lifeline.close();
  assert.ok(!(await lifeline.order({ word: "kill", group: 999_999_999 })));
  await lifeline.close();
  await Deno.remove(root);
});

Deno.test("order() survives the death of the shell", linuxOnly, async () => {
  const owner = crypto.randomUUID();
  const lifeline = Lifeline.open({ owner, clock: systemClock });
  const before = lifeline.pid;
  Deno.kill(before, "SIGKILL");
  await waitForNewShell(owner, before);
  while (lifeline.pid === before) await systemClock.sleep(1);
  assert.ok(await lifeline.order({ word: "sweep", entry: `CAR_TURN_ID=${owner}` }));
  await lifeline.close();
});

/** Until a lifeline of this owner with another number than `before` runs. */
async function waitForNewShell(owner: string, before: number): Promise<void> {
  while (true) {
    for (const entry of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(entry.name) || Number(entry.name) === before) continue;
      const argv = commandLine(Number(entry.name));
      if (argv.includes("car-lifeline") && argv.includes(owner)) return;
    }
    await systemClock.sleep(5);
  }
}

function commandLine(pid: number): string[] {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
  } catch {
    return [];
  }
}

function groupOf(pid: number): number {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
  } catch {
    return 0;
  }
}
