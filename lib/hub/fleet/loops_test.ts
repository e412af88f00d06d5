import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../base/clock.ts";
import { soon } from "../../../tests/support/soon.ts";
import { FolderWatch } from "./folder_watch.ts";
import { LagMonitor } from "./lag.ts";
import { Loops } from "./loops.ts";
import { Slots } from "./slots.ts";

/** Time a thousand times as fast. */
const FAST: Clock = {
  ...systemClock,
  elapsed: () => systemClock.elapsed() * 1000,
  sleep: (ms, signal) => systemClock.sleep(ms / 1000, signal),
};

Deno.test("keep() goes on after a round that failed, tells of it, and gives up a loop that always fails", async () => {
  let rounds = 0;
  const hopeless: string[] = [];
  const loops = new Loops({ clock: FAST, onHopeless: (words) => hopeless.push(words) });
  loops.keep("steady", () => 1_000, () => {
    rounds++;
    if (rounds === 2) throw new Error("once");
  });
  loops.keep("broken", () => 1_000, () => Promise.reject(new Error("always")));
  await soon("it goes on", () => Promise.resolve(rounds > 3));
  await soon("the other is given up", () => Promise.resolve(hopeless.length > 0));
  const [steady, broken] = loops.readings();
  assert.equal(steady?.restarts, 1);
  assert.equal(steady?.lastError, "once");
  assert.ok((broken?.restarts ?? 0) > 3);
  assert.match(hopeless[0] ?? "", /"broken" cannot be kept alive: always/);
  await loops.close();
});

Deno.test("keep() begins a loop that hangs anew, and tells its round to give up", async () => {
  let rounds = 0;
  const loops = new Loops({ clock: FAST, onHopeless: () => {} });
  loops.keep("hangs", () => 1_000, async (signal) => {
    if (++rounds > 1) return;
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  });
  await soon("it is begun anew", () => Promise.resolve(rounds > 2));
  assert.match(loops.readings()[0]?.lastError ?? "", /no sign of life/);
  await loops.close();
});

Deno.test("read() tells by how much the loop was late", async () => {
  const lag = new LagMonitor(systemClock, () => true);
  await soon("it began", () => Promise.resolve(lag.read().samples > 1));
  const until = performance.now() + 200;
  while (performance.now() < until);
  await soon("it saw", () => Promise.resolve(lag.read().max >= 100));
  assert.ok(lag.read().p50 <= lag.read().max);
  await lag.close();
});

Deno.test("watch() tells of files that come, change and go, once for a burst, and follows another list", async () => {
  const top = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-watch-" }));
  const [a, b] = [`${top}/a`, `${top}/b`];
  for (const folder of [a, b]) await Deno.mkdir(folder);
  const told: string[][] = [];
  const watch = new FolderWatch({ clock: systemClock, onChange: (it) => told.push([...it]) });
  await watch.watch([a]);
  await Promise.all([1, 2, 3].map((number) => Deno.writeTextFile(`${a}/${number}.md`, "x")));
  await Deno.writeTextFile(`${b}/1.md`, "x");
  await soon("a is told", () => Promise.resolve(told.length > 0));
  assert.ok(told.every((it) => it.join() === a), JSON.stringify(told));
  await watch.watch([b]);
  told.length = 0;
  await Deno.remove(`${b}/1.md`);
  await soon("b is told", () => Promise.resolve(told.some((it) => it.join() === b)));
  await watch.close();
  await Deno.remove(top, { recursive: true });
});

Deno.test("take() waits for its turn, and leaves the line when it is called away", async () => {
  const changes: (readonly string[])[] = [];
  const slots = new Slots(1, (ids) => changes.push(ids));
  const never = new AbortController().signal;
  await slots.take("a", never);
  const away = new AbortController();
  const b = slots.take("b", away.signal);
  const c = slots.take("c", never);
  assert.deepEqual([slots.statusOf("b"), slots.statusOf("c")], [{ waiting: 1 }, { waiting: 2 }]);
  away.abort(new Error("away"));
  await assert.rejects(b, /away/);
  slots.giveBack("a");
  await c;
  assert.equal(slots.statusOf("c"), "held");
  await slots.renew("c", never);
  assert.equal(slots.statusOf("c"), "held");
  assert.ok(changes.length > 3);
});
