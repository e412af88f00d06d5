import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { JournalEvent } from "../../control/journal.ts";
import { hubPaths, repoPaths } from "../../control/roots.ts";
import { openHub } from "../../../tests/support/open_hub.ts";
import { makeHubFolder } from "../../../tests/support/hub_folder.ts";
import { soon } from "../../../tests/support/soon.ts";
import { withReading } from "../reading.ts";

/** The events of a repo's journal, read by a connection of the test's own. */
const eventsOf = (root: string): Promise<readonly JournalEvent[]> =>
  withReading(repoPaths(root), ({ past }) => past?.journal.events({}) ?? []);

Deno.test("openFleet() works three repos ticket by ticket in turn when one may work at a time", async () => {
  const ids = ["a", "b", "c"];
  await using folder = await makeHubFolder({ repos: ids, maxParallel: 1 });
  for (const id of ids) {
    for (const number of [1, 2, 3]) {
      await folder.ticket(id, number, `echo ${id} >> ../order.txt; echo ${number} > done.txt`);
    }
  }
  await using hub = await openHub(folder);
  await Promise.all(ids.map((id) => hub.start(id)));
  for (const id of ids) await hub.untilRest(id, "completed");
  const order = (await Deno.readTextFile(`${folder.root}/order.txt`)).trim().split("\n");
  assert.equal(order.length, 9);
  for (let round = 0; round < 3; round++) {
    const three = order.slice(round * 3, round * 3 + 3).toSorted();
    assert.deepEqual(three, ids, `round ${round} of ${order}`);
  }
});

Deno.test("openFleet() brings the tables of a repo up to its journal when its run rests", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  await folder.ticket("a", 1, "echo 1 > one.txt");
  await using hub = await openHub(folder);
  await hub.start("a");
  await hub.untilRest("a", "completed");
  const { journal, views } = repoPaths(folder.repo("a"));
  const seqs = (path: string, sql: string): number => {
    const db = new DatabaseSync(path, { readOnly: true });
    try {
      return Number(db.prepare(sql).get()?.["seq"] ?? 0);
    } finally {
      db.close();
    }
  };
  const high = seqs(journal, "select max(seq) as seq from events");
  assert.ok(high > 0);
  await soon(
    "tables that are up to date",
    () => Deno.stat(views).then(() => seqs(views, "select seq from applied") >= high, () => false),
  );
});

Deno.test("openFleet() tells the place in line, and stop, pause and kill work on those who wait", async () => {
  const ids = ["works", "stops", "pauses", "dies"];
  await using folder = await makeHubFolder({ repos: ids, maxParallel: 1 });
  await folder.ticket("works", 1, "until test -e ../go; do sleep 0.05; done; echo 1 > one.txt");
  for (const id of ids.slice(1)) await folder.ticket(id, 1, "echo 1 > one.txt");
  await using hub = await openHub(folder);
  await hub.start("works");
  await hub.until("works", "holds the slot", (it) => it.slot === "held" && it.total === 1);
  for (const [at, id] of ids.slice(1).entries()) {
    await hub.start(id);
    const row = await hub.until(id, "waits", (it) => typeof it.slot === "object");
    assert.deepEqual(row.slot, { waiting: at + 1 });
    assert.equal(row.status, "RUNNING");
    assert.match(row.reason, /waits for a free slot: number \d in line \(hub\.max_parallel is 1\)/);
  }
  const by = "cli:tester";
  assert.ok((await hub.desk("stops").command({ type: "stop", by }, { untilRest: true })).ok);
  assert.ok((await hub.desk("pauses").command({ type: "pause", by })).ok);
  assert.ok((await hub.desk("dies").command({ type: "kill", by })).ok);
  await hub.untilRest("stops", "stopped");
  await hub.untilRest("dies", "stopped");
  const paused = await hub.untilRest("pauses", "paused");
  assert.equal(paused.status, "PAUSED");
  assert.equal(hub.row("works").slot, "held");
  await Deno.writeTextFile(`${folder.root}/go`, "");
  await hub.untilRest("works", "completed");
  assert.ok(!await folder.isDone("stops", 1));
  assert.ok((await hub.desk("pauses").command({ type: "resume", by, settings: null })).ok);
  await hub.untilRest("pauses", "completed");
});

Deno.test("openFleet() gives every subscriber every event of the journal, in order, whenever it came", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  for (const number of [1, 2, 3]) await folder.ticket("a", number, `echo ${number} > done.txt`);
  await using hub = await openHub(folder);
  const over = new AbortController();
  const [early, late, broken]: number[][] = [[], [], []];
  const take = (into: number[] | undefined) => (event: { type: string; events?: unknown }) => {
    if (event.type === "journal") {
      into?.push(...(event.events as JournalEvent[]).map((it) => it.seq));
    }
  };
  hub.desk("a").subscribe(take(early), over.signal, { after: 0 });
  hub.desk("a").subscribe(
    () => {
      broken?.push(1);
      throw new Error("a bad listener");
    },
    over.signal,
    { after: 0 },
  );
  await hub.start("a");
  await hub.until("a", "has done one", (it) => (it.done ?? 0) > 0);
  hub.desk("a").subscribe(take(late), over.signal, { after: 0 });
  await hub.untilRest("a", "completed");
  const all = (await eventsOf(folder.repo("a"))).map((it) => it.seq);
  await hub.until(
    "a",
    "all are told",
    () => early?.length === all.length && late?.length === all.length,
  );
  assert.deepEqual(early, all);
  assert.deepEqual(late, all);
  assert.equal(broken?.length, 1);
  over.abort();
});

Deno.test("openFleet() shows what is wrong with one repo in its row, and works the others", async () => {
  const bad = ["damaged", "config", "missing", "folder"];
  await using folder = await makeHubFolder({ repos: [...bad, "good"] });
  for (const id of [...bad, "good"]) await folder.ticket(id, 1, "echo 1 > one.txt");
  await Deno.writeTextFile(
    repoPaths(folder.repo("damaged")).journal,
    "this is no database, and long enough to be none".repeat(30),
  );
  await Deno.writeTextFile(
    repoPaths(folder.repo("config")).config,
    "version: 2\nmode: repo\ngate:\n  attempts: many\n",
  );
  await Deno.remove(folder.repo("missing"), { recursive: true });
  const tickets = repoPaths(folder.repo("folder")).tickets;
  await Deno.remove(tickets, { recursive: true });
  await Deno.symlink("/", tickets);
  await using hub = await openHub(folder);
  await hub.start("good");
  await hub.untilRest("good", "completed");
  const damaged = await hub.until("damaged", "is known", (it) => it.status === "ERROR");
  assert.match(damaged.reason, /flows\.db/);
  const config = await hub.until("config", "is known", (it) => it.status === "ERROR");
  assert.match(config.reason, /gate\.attempts/);
  const missing = await hub.until("missing", "is known", (it) => it.status === "MISSING");
  assert.ok(!missing.exists);
  assert.equal(hub.fleet.desk("missing"), undefined);
  assert.throws(() => hub.desk("missing"), { code: "not_found" });
  assert.throws(() => hub.desk("never heard of"), { code: "not_found" });
  await hub.until("folder", "is known", (it) => it.status === "ERROR");
  await assert.rejects(() => hub.start("config"), { code: "invalid" });
});

Deno.test("openFleet() starts repos with auto_run, at the start and when tickets come, and says why not", async () => {
  const ids = ["full", "empty", "paused", "stopped", "plain"];
  await using folder = await makeHubFolder({ repos: ids });
  await folder.manifest(ids.map((id) => ({ id, auto_run: id !== "plain" })));
  for (const id of ids) if (id !== "empty") await folder.ticket(id, 1, "echo 1 > one.txt");
  await folder.ticket("paused", 1, "", { agent: "user" });
  {
    await folder.manifest(ids.map((id) => ({ id })));
    await using before = await openHub(folder);
    await before.start("paused");
    await before.untilRest("paused", "paused");
    await folder.ticket("stopped", 2, "echo 2 > two.txt");
    await before.start("stopped", {
      flags: { stopAfterTickets: 1, agent: null, withoutCommits: false },
    });
    await before.untilRest("stopped", "stopped");
  }
  await folder.manifest(ids.map((id) => ({ id, auto_run: id !== "plain" })));
  await using hub = await openHub(folder);
  await hub.untilRest("full", "completed");
  const paused = await hub.until("paused", "says why not", (it) => /Not started/.test(it.reason));
  assert.match(paused.reason, /Not started by itself: its run is paused \(user_ticket\)/);
  const stopped = await hub.until("stopped", "says why not", (it) => /Not started/.test(it.reason));
  assert.match(stopped.reason, /its run was stopped/);
  assert.equal(hub.row("plain").lastRun, null);
  assert.equal(hub.row("empty").lastRun, null);
  await folder.ticket("empty", 1, "echo 1 > one.txt");
  await hub.untilRest("empty", "completed");
  // An edit in place, as some editors do it.
  await folder.ticket("full", 2, "echo 2 > two.txt");
  await hub.until("full", "works the new one", (it) => it.lastRun?.id === "run-0002");
  await hub.untilRest("full", "completed");
});

Deno.test("openFleet() refuses to serve a hub twice, and names who does", async () => {
  await using folder = await makeHubFolder({ repos: [] });
  await using hub = await openHub(folder);
  hub.fleet.announce("http://127.0.0.1:4173");
  await assert.rejects(
    () => openHub(folder),
    (thrown: Error & { code?: string; hint?: string }) => {
      assert.equal(thrown.code, "locked");
      assert.match(thrown.message, new RegExp(`process ${Deno.pid}`));
      assert.match(thrown.message, /http:\/\/127\.0\.0\.1:4173/);
      return true;
    },
  );
});

Deno.test("openFleet() follows the manifest: new repos, taken away ones, and one with a mistake in it", async () => {
  await using folder = await makeHubFolder({ repos: ["a", "b"] });
  await folder.manifest([{ id: "a" }]);
  await using hub = await openHub(folder);
  await hub.fleet.scan();
  await folder.manifest([{ id: "a" }]);
  const ids = () => hub.fleet.repos().map((it) => it.id);
  await soon("the file is read again", () => Promise.resolve(ids().join() === "a"));
  await folder.manifest([{ id: "b" }, { id: "a", enabled: false }]);
  await hub.fleet.scan();
  assert.deepEqual(ids(), ["b", "a"]);
  assert.match(hub.row("a").reason, /disabled/);
  await assert.rejects(() => hub.start("a"), { code: "conflict" });
  await Deno.writeTextFile(hubPaths(folder.root).manifest, "version: 3\nrepos:\n  - path: [\n");
  await assert.rejects(() => hub.fleet.scan(), { code: "invalid" });
  assert.deepEqual(ids().toSorted(), ["a", "b"]);
  assert.ok(hub.fleet.problems().length > 0);
  // What lies in the hub's folder is found again, behind what the list says.
  await folder.manifest([{ id: "a" }]);
  await hub.fleet.scan();
  assert.deepEqual(ids(), ["a", "b"]);
  assert.deepEqual(hub.fleet.problems(), []);
});

Deno.test("openFleet() lists what its folder holds, and sets CAR up in it", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  await Deno.remove(`${folder.repo("a")}/.codex-autorunner`, { recursive: true });
  await folder.manifest([]);
  await using hub = await openHub(folder);
  await soon("it is found", () => Promise.resolve(hub.fleet.desk("a") !== undefined));
  await folder.ticket("a", 1, "echo 1 > one.txt");
  await hub.start("a");
  await hub.untilRest("a", "completed");
});

for (const how of ["stop", "turns"] as const) {
  Deno.test(`drain() by "${how}" leaves what is on to the next start, and what a person stopped alone`, async () => {
    const ids = ["works", "waits", "stopped"];
    await using folder = await makeHubFolder({ repos: ids, maxParallel: 2 });
    await folder.ticket("works", 1, "until test -e ../go; do sleep 0.05; done; echo 1 > one.txt");
    await folder.ticket("works", 2, "echo 2 > two.txt");
    await folder.ticket("stopped", 1, "until test -e ../go; do sleep 0.05; done; echo 1 > one.txt");
    await folder.ticket("waits", 1, "echo 1 > one.txt");
    {
      await using hub = await openHub(folder);
      await hub.start("works");
      await hub.start("stopped");
      await hub.until("works", "works", (it) => /working on/.test(it.reason));
      await hub.until("stopped", "works", (it) => /working on/.test(it.reason));
      await hub.start("waits");
      await hub.until("waits", "waits", (it) => typeof it.slot === "object");
      const stopped = await hub.desk("stopped").command({ type: "stop", by: "cli:t" }, {
        untilRest: true,
      });
      assert.ok(stopped.ok);
      await hub.untilRest("stopped", "stopped");
      const drained = hub.fleet.drain({ reason: "SIGTERM", how });
      if (how === "turns") await Deno.writeTextFile(`${folder.root}/go`, "");
      await drained;
      assert.equal(await folder.isDone("works", 1), how === "turns");
      assert.ok(!await folder.isDone("works", 2));
      await assert.rejects(() => hub.start("stopped"), { code: "unavailable" });
    }
    await Deno.writeTextFile(`${folder.root}/go`, "");
    await using hub = await openHub(folder);
    await hub.untilRest("works", "completed");
    await hub.untilRest("waits", "completed");
    assert.equal(hub.row("stopped").lastRun?.status, "stopped");
    assert.ok(!await folder.isDone("stopped", 1));
  });
}
