/** `car run` typed in a repo of a hub: through the hub when it runs, beside it when it began before. */

import assert from "node:assert/strict";
import type { JournalEvent } from "../../lib/control/journal.ts";
import { exists } from "../../lib/control/files.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { withReading } from "../../lib/hub/reading.ts";
import { type CarPlace, runCar, type RunningCar, startCar } from "../support/car.ts";
import { hubEnvironment, type HubFolder, makeHubFolder } from "../support/hub_folder.ts";
import { startHub } from "../support/hub_process.ts";
import { openHub } from "../support/open_hub.ts";
import { soon } from "../support/soon.ts";

const at = (folder: HubFolder, cwd: string): CarPlace => ({ cwd, home: folder.home });

const optionsOf = (folder: HubFolder) => ({
  env: { ...hubEnvironment(folder.home), USER: "tester" },
});

async function serve(folder: HubFolder): Promise<RunningCar> {
  const car = startCar(["serve", "--port", "0"], at(folder, folder.root), optionsOf(folder));
  await car.line(/CAR serves the hub/);
  return car;
}

const car = (folder: HubFolder, repo: string, ...args: string[]) =>
  runCar(args, at(folder, folder.repo(repo)), optionsOf(folder));

/** What differs from run to run by nature. */
const plain = (text: string): string =>
  text.replace(/commit [0-9a-f]+/g, "commit X").replace(/\d+ (?:ms|s)\b/g, "N ms");

const actors = (root: string): Promise<readonly string[]> =>
  withReading(
    repoPaths(root),
    ({ past }) =>
      (past?.journal.events({ types: ["start", "resume", "stop"] }) ?? [])
        .map((it: JournalEvent) => `${it.type} ${(it.body as { by: string }).by}`),
  );

Deno.test("car run, once and resume look the same through the hub as without it, and end the same", async () => {
  await using folder = await makeHubFolder({ repos: ["with", "without"] });
  for (const id of ["with", "without"]) {
    for (const number of [1, 2, 3, 4]) await folder.ticket(id, number, `echo ${number} > one.txt`);
  }
  const commands = [["once"], ["resume", "--once"], ["resume", "--json"], ["resume"], ["run"]];
  const seen: Record<string, unknown[]> = { with: [], without: [] };
  for (const id of ["without", "with"]) {
    await using hub = id === "with" ? await serve(folder) : null;
    for (const command of commands) {
      const { code, stdout, stderr } = await car(folder, id, ...command);
      const out = command.includes("--json")
        ? stdout.trim().split("\n").map((line) => JSON.parse(line)).map((it) => [it.type, it.event])
        : plain(stdout);
      seen[id]?.push({ command, code, out, stderr });
    }
    hub?.signal("SIGTERM");
    await hub?.ended;
  }
  assert.deepEqual(seen["with"], seen["without"]);
  assert.deepEqual(await actors(folder.repo("with")), await actors(folder.repo("without")));
});

Deno.test("car run through the hub stops its run at Ctrl-C and tells so, and the hub lives on", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  await folder.ticket("a", 1, "until test -e ../go; do sleep 0.05; done; echo 1 > one.txt");
  await using hub = await serve(folder);
  await using running = startCar(["run"], at(folder, folder.repo("a")), optionsOf(folder));
  await running.line(/TICKET-001/);
  running.signal("SIGINT");
  const { code, stdout } = await running.ended;
  assert.equal(code, 130);
  assert.match(stdout, /run-0001 stopped: 0 tickets done/);
  assert.deepEqual(await actors(folder.repo("a")), ["start cli:tester", "stop cli:tester"]);
  await Deno.writeTextFile(`${folder.root}/go`, "");
  const again = await car(folder, "a", "resume");
  assert.equal(again.code, 0, again.stdout + again.stderr);
  hub.signal("SIGTERM");
  assert.equal((await hub.ended).code, 0);
});

Deno.test("car run, status and hub repos say that a run waits in the hub's line", async () => {
  await using folder = await makeHubFolder({ repos: ["a", "b"], maxParallel: 1 });
  await folder.ticket("a", 1, "until test -e ../go; do sleep 0.05; done; echo 1 > one.txt");
  await folder.ticket("b", 1, "echo 1 > one.txt");
  await using hub = await serve(folder);
  await using first = startCar(["run"], at(folder, folder.repo("a")), optionsOf(folder));
  await first.line(/TICKET-001/);
  await using second = startCar(["run"], at(folder, folder.repo("b")), optionsOf(folder));
  const words = /waits for a free slot: number 1 in line \(hub\.max_parallel is 1\)/;
  await second.line(words);
  assert.match((await car(folder, "b", "status")).stdout, words);
  assert.match((await car(folder, "a", "status")).stdout, /why +working on TICKET-001/);
  const list = await runCar(["hub", "repos"], at(folder, folder.root), optionsOf(folder));
  assert.match(list.stdout, words);
  await Deno.writeTextFile(`${folder.root}/go`, "");
  assert.deepEqual([(await first.ended).code, (await second.ended).code], [0, 0]);
  hub.signal("SIGTERM");
  assert.equal((await hub.ended).code, 0);
});

Deno.test("car run says so when the hub is killed under it, and the next hub goes on", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  await folder.ticket("a", 1, "until test -e ../go; do sleep 0.05; done; echo 1 > one.txt");
  await using hub = await serve(folder);
  await using running = startCar(["run"], at(folder, folder.repo("a")), optionsOf(folder));
  await running.line(/TICKET-001/);
  hub.signal("SIGKILL");
  const { code, stderr } = await running.ended;
  assert.equal(code, 1);
  assert.match(stderr, /The hub ended while it worked run-0001/);
  await hub.ended;
  await Deno.writeTextFile(`${folder.root}/go`, "");
  await using next = await openHub(folder);
  await next.untilRest("a", "completed");
});

Deno.test("car run through the hub ends with a word when its repo is moved away", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  await folder.ticket(
    "a",
    1,
    "touch ../begun; until test -e ../go; do sleep 0.05; done; echo 1 > one.txt",
  );
  await using hub = await serve(folder);
  await using running = startCar(["run"], at(folder, folder.repo("a")), optionsOf(folder));
  await running.line(/TICKET-001/);
  await soon("the ticket's commands", () => exists(`${folder.root}/begun`));
  await Deno.rename(folder.repo("a"), `${folder.root}/elsewhere`);
  const { code, stderr } = await running.ended;
  await Deno.writeTextFile(`${folder.root}/go`, "");
  assert.equal(code, 1);
  assert.match(stderr, /\/a is gone while the hub works run-0001 in it\.\n.*Bring the folder back/);
  hub.signal("SIGTERM");
  assert.equal((await hub.ended).code, 0);
});

Deno.test("car run refuses beside a hub that runs and does not answer, and says what to do", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  await folder.ticket("a", 1, "echo 1 > one.txt");
  await using hub = startHub(folder);
  await hub.until("it is open", (it) => "open" in it);
  const { code, stderr } = await car(folder, "a", "run");
  assert.equal(code, 4, stderr);
  assert.match(stderr, new RegExp(`runs \\(process ${hub.pid}\\), and does not answer`));
  assert.match(stderr, new RegExp(`kill ${hub.pid}`));
});

Deno.test("openFleet() shows a run of another process as it happens, and brings it commands", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  await folder.ticket("a", 1, "until test -e ../go; do sleep 0.05; done; echo 1 > one.txt");
  await folder.ticket("a", 2, "sleep 30");
  await using running = startCar(["run"], at(folder, folder.repo("a")), optionsOf(folder));
  await running.line(/TICKET-001/);
  await using hub = await openHub(folder);
  const row = await hub.until("a", "is seen", (it) => it.status === "RUNNING" && it.run !== null);
  assert.equal(row.lock, "LOCKED_ALIVE");
  assert.equal(row.slot, "none");
  const over = new AbortController();
  const seen: number[] = [];
  hub.desk("a").subscribe(
    (event) => {
      if (event.type === "journal") seen.push(...event.events.map((it) => it.seq));
    },
    over.signal,
    { after: 0 },
  );
  await assert.rejects(() => hub.start("a"), { code: "locked" });
  await Deno.writeTextFile(`${folder.root}/go`, "");
  await hub.until("a", "has one done", (it) => it.done === 1);
  assert.ok((await hub.desk("a").command({ type: "stop", by: "web" }, { untilRest: true })).ok);
  assert.equal((await running.ended).code, 0);
  const done = await hub.untilRest("a", "stopped");
  assert.equal(done.status, "IDLE");
  const all = await withReading(
    repoPaths(folder.repo("a")),
    ({ past }) => (past?.journal.events({}) ?? []).map((it) => it.seq),
  );
  await hub.until("a", "all is told", () => seen.length === all.length);
  assert.deepEqual(seen, all);
  over.abort();
});
