/** The room in a process that may neither signal nor look into /proc: the shell does it for it. */

import assert from "node:assert/strict";
import { canFindByMarker } from "./sweep.ts";

const modules = new URL(".", import.meta.url).href;

/** Starts two processes, one out of its session; stops the first; tells what it saw. */
const RESTRICTED = `
import { systemClock } from "${modules}../../base/clock.ts";
import { ProcessRoom } from "${modules}room.ts";
const [root, owner] = Deno.args;
const room = ProcessRoom.open({ root, owner, clock: systemClock, environment: { PATH: "/usr/bin:/bin" } });
const script = "trap '' TERM; setsid sleep 600 >/dev/null 2>&1 & echo $!; while :; do sleep 1; done";
const spec = { argv: ["/bin/sh", "-c", script], cwd: root, purpose: "agent", turnId: "turn_1" };
const child = room.spawn(spec);
const lines = child.lines();
const pids = [String(child.pid), (await lines.next()).value];
console.log(pids.join(" "));
console.log(await child.stop(undefined, { termMs: 50 }));
console.log((await child.exit).signal, await room.sweepTurn("turn_1"));
for await (const _ of lines);
await room.close();
`;

Deno.test("a restricted process ends its children by the lifeline's hand", {
  ignore: !canFindByMarker(),
}, async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  await Deno.writeTextFile(`${root}/main.ts`, RESTRICTED);
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-lock",
      "--allow-run=/bin/sh",
      `--allow-read=${root}`,
      `${root}/main.ts`,
      root,
      crypto.randomUUID(),
    ],
    stderr: "inherit",
  }).output();
  const [pids = "", stopped, exit] = new TextDecoder().decode(output.stdout).trim().split("\n");
  assert.equal(output.code, 0);
  assert.equal(stopped, "kill");
  assert.equal(exit, "SIGKILL null");
  for (const pid of pids.split(" ")) assert.ok(!lives(pid), `process ${pid}`);
  await Deno.remove(root, { recursive: true });
});

Deno.test("an idle room does not keep its process alive, and nothing stays behind", {
  ignore: !canFindByMarker(),
}, async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const program = RESTRICTED.replace(/^console[^]*/m, "").replace(
    /^const script[^]*/m,
    "console.log(room.lifelinePid);",
  );
  await Deno.writeTextFile(`${root}/main.ts`, program);
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", `${root}/main.ts`, root, crypto.randomUUID()],
    stderr: "inherit",
  }).output();
  assert.equal(output.code, 0);
  const lifeline = new TextDecoder().decode(output.stdout).trim();
  while (lives(lifeline)) await new Promise((resolve) => setTimeout(resolve, 5));
  await Deno.remove(root, { recursive: true });
});

function lives(pid: string): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}
