/** What is asked in a hub's folder is answered for all of it, with the hub up and with it down. */

import assert from "node:assert/strict";
import { repoPaths } from "../../lib/control/roots.ts";
import { type CarPlace, runCar, type RunningCar, startCar } from "../support/car.ts";
import { openThreadBench, says, untilEvent, untilState } from "../support/thread_bench.ts";
import { hubEnvironment, type HubFolder, makeHubFolder } from "../support/hub_folder.ts";

const optionsOf = (folder: HubFolder) => ({
  env: { ...hubEnvironment(folder.home), USER: "tester", TZ: "UTC" },
});

const placeOf = (folder: HubFolder, cwd = folder.root): CarPlace => ({ cwd, home: folder.home });

const car = (folder: HubFolder, ...args: string[]) =>
  runCar(args, placeOf(folder), optionsOf(folder));

async function serve(folder: HubFolder): Promise<RunningCar> {
  const hub = startCar(["serve", "--port", "0"], placeOf(folder), optionsOf(folder));
  await hub.line(/CAR serves the hub/);
  return hub;
}

/** Agents of a repo ask before they run anything. */
async function asking(folder: HubFolder, id: string): Promise<void> {
  const { config } = repoPaths(folder.repo(id));
  await Deno.writeTextFile(config, "version: 2\nmode: repo\nagents:\n  shell: {posture: safe}\n");
  assert.equal((await car(folder, "approve", "--yes", "--repo", id)).code, 0);
}

/** Repo `a` has one done, the agent of `b` asks, `c` waits for a person. */
async function busyHub(): Promise<HubFolder> {
  const folder = await makeHubFolder({ repos: ["a", "b", "c"] });
  await folder.ticket("a", 1, "echo 1 > one.txt");
  await folder.ticket("b", 1, "touch one.txt");
  await folder.ticket("c", 1, "echo", { agent: "user" });
  await asking(folder, "b");
  return folder;
}

interface Item {
  readonly id: string;
  readonly repo: string;
  readonly kind: string;
  readonly next: string;
}

const inbox = async (folder: HubFolder): Promise<readonly Item[]> =>
  JSON.parse((await car(folder, "inbox", "--json")).stdout);

for (const isUp of [true, false]) {
  const how = isUp ? "through the hub that runs" : "from the files of a hub that does not run";

  Deno.test(`car inbox in a hub lists all repos and takes answers, ${how}`, async () => {
    await using folder = await busyHub();
    await using hub = isUp ? await serve(folder) : null;
    assert.equal((await car(folder, "inbox")).stdout, "Nothing waits for you in this hub.\n");
    assert.equal((await car(folder, "run", "--repo", "c")).code, 3);
    await using run = startCar(["run", "--repo", "b"], placeOf(folder), optionsOf(folder));
    await run.line(/asks: .*touch one/);
    const items = await inbox(folder);
    assert.deepEqual(items.map((it) => [it.repo, it.kind]), [["c", "pause"], ["b", "approval"]]);
    const id = items[1]?.id ?? "";
    const { stdout } = await car(folder, "inbox");
    assert.match(
      stdout,
      /^c {2}run {2}TICKET-001 is yours to do\n {4}pause, for \d+ m?s\n {4}Do it, then/m,
    );
    assert.match(stdout, /"car ticket done 1 --repo c" and "car resume --repo c"/);
    assert.match(
      stdout,
      new RegExp(`^ {4}car inbox answer ${id} yes\\|no\\|always --repo b$`, "m"),
    );
    const wrong = await car(folder, "inbox", "answer", "999", "yes");
    assert.match(wrong.stderr, new RegExp(`No request 999 waits.*\n.*Open are: ${id} --repo b`));
    // Only one repo has it, so it need not be named.
    const answered = await car(
      folder,
      "inbox",
      "answer",
      id,
      "yes",
      ...(isUp ? [] : ["--repo", "b"]),
    );
    assert.equal(answered.code, 0, answered.stderr);
    assert.equal((await run.ended).code, 0);
    assert.deepEqual((await inbox(folder)).map((it) => it.repo), ["c"]);
    hub?.signal("SIGTERM");
    await hub?.ended;
  });

  Deno.test(`car usage, status and log in a hub tell of all repos, ${how}`, async () => {
    await using folder = await busyHub();
    await folder.ticket("b", 1, "echo 1 > one.txt", { agent: "user" });
    await using hub = isUp ? await serve(folder) : null;
    assert.equal((await car(folder, "usage")).stdout, "No turn has been recorded yet\n");
    assert.equal((await car(folder, "log")).stdout, "No run has been started in this hub yet.\n");
    const ran = await car(folder, "run", "--repo", "a");
    assert.equal(ran.code, 0);
    assert.match(ran.stdout, /"car ticket show N --evidence --repo a"/);
    const waits = await car(folder, "run", "--repo", "c");
    assert.equal(waits.code, 3);
    for (const words of [waits.stdout, (await car(folder, "status", "--repo", "c")).stdout]) {
      assert.match(words, /Do it, then "car ticket done 1 --repo c" and "car resume --repo c"/);
    }
    const none = await car(folder, "stop", "--repo", "b");
    assert.match(none.stderr, /"car run --repo b"/);
    const usage = JSON.parse((await car(folder, "usage", "--days", "2", "--json")).stdout);
    const turns = (rows: readonly { key: string; turns: number }[]) =>
      rows.map((it) => [it.key, it.turns]);
    assert.deepEqual(turns(usage.repo), [["a", 1]]);
    assert.deepEqual(turns(usage.agent), [["shell", 1]]);
    assert.deepEqual(turns(usage.ticket), [["a/TICKET-001.md", 1]]);
    assert.deepEqual(usage.failed, []);
    assert.match((await car(folder, "usage")).stdout, /^Repo +Turns.*\na +1 /);
    const status = await car(folder, "status");
    assert.match(status.stdout, /^a\tidle\t1\/1 done\t.*\nb\t.*\nc\tpaused\t0\/1 done\t1\t/);
    const log = (await car(folder, "log")).stdout;
    assert.match(log, /^a {2}.*TICKET-001/m);
    assert.match(log, /^c {2}.*TICKET-001/m);
    assert.equal((await car(folder, "log", "--tail", "1")).stdout.match(/\n/g)?.length, 1);
    const told = (await car(folder, "log", "--json")).stdout.trim().split("\n");
    assert.deepEqual(new Set(told.map((line) => JSON.parse(line).repo)), new Set(["a", "c"]));
    const runs = (await car(folder, "log", "--runs")).stdout;
    assert.match(runs, /^c\trun-0001\tpaused\t.*\na\trun-0001\tcompleted\t/);
    const one = await car(folder, "log", "--run", "1");
    assert.equal(one.code, 2);
    assert.match(one.stderr, /belongs to one repo.*\n.*--repo ID/);
    assert.equal((await car(folder, "log", "--run", "1", "--repo", "a")).code, 0);
    hub?.signal("SIGTERM");
    await hub?.ended;
  });
}

Deno.test("car log -f in a hub goes on with runs and repos that come later", async () => {
  await using folder = await makeHubFolder({ repos: ["a", "b"] });
  await folder.ticket("a", 1, "echo 1 > one.txt");
  assert.equal((await car(folder, "run", "--repo", "a")).code, 0);
  await using log = startCar(["log", "-f"], placeOf(folder), optionsOf(folder));
  await log.line(/^a {2}.*The run is completed/);
  await folder.ticket("b", 1, "echo 1 > one.txt");
  assert.equal((await car(folder, "run", "--repo", "b")).code, 0);
  await log.line(/^b {2}.*The run was started/);
  await log.line(/^b {2}.*The run is completed/);
  await folder.ticket("a", 2, "echo 2 > two.txt");
  assert.equal((await car(folder, "run", "--repo", "a")).code, 0);
  await log.line(/^a {2}.*TICKET-002/);
  await log.line(/^a {2}.*The run is completed/);
  const { stdout } = log;
  assert.equal(stdout().match(/^a {2}.*The run was started/gm)?.length, 2);
  assert.equal(stdout().match(/^b {2}.*The run was started/gm)?.length, 1);
  await new Deno.Command("git", { args: ["init", "-q", `${folder.root}/later`] }).output();
  assert.equal((await car(folder, "hub", "scan")).code, 0);
  await folder.ticket("later", 1, "echo 1 > one.txt");
  assert.equal((await car(folder, "run", "--repo", "later", "--allow-dirty")).code, 0);
  await log.line(/^later {2}.*The run is completed/);
  log.signal("SIGTERM");
  assert.equal((await log.ended).stderr, "");
});

Deno.test("a worktree's own folder shows it, and it is removed from elsewhere", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  const made = await car(folder, "hub", "worktree", "create", "a", "x", "--skip-setup");
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /`car ticket new --repo a--x`, then `car run --repo a--x`/);
  const there = placeOf(folder, `${folder.root}/worktrees/a--x`);
  const inside = (...args: string[]) =>
    runCar(["hub", "worktree", ...args], there, optionsOf(folder));
  assert.match((await inside("list")).stdout, /^a--x\tx\t/);
  const refused = await inside("cleanup", "a--x");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /You stand in a--x.*\n.*Go out of it first, as to .*\/worktrees,/);
  const { code, stdout } = await car(folder, "hub", "worktree", "cleanup", "a--x");
  assert.equal(code, 0);
  assert.match(stdout, /^Removed a--x\.$/m);
});

Deno.test("a repo of a hub that cannot be read is told, and keeps no other from being shown", async () => {
  await using folder = await makeHubFolder({ repos: ["a", "b"] });
  await folder.ticket("a", 1, "echo", { agent: "user" });
  assert.equal((await car(folder, "run", "--repo", "a")).code, 3);
  await Deno.writeTextFile(repoPaths(folder.repo("b")).journal, "no database");
  for (const command of ["inbox", "usage", "log"]) {
    const { code, stdout, stderr } = await car(folder, command);
    assert.equal(code, 1, command);
    assert.match(stderr, /^car: b: .*flows\.db/m, command);
    if (command !== "usage") assert.match(stdout, /TICKET-001/, command);
  }
  const wrong = await car(folder, "log", "--repo", "aa");
  assert.match(wrong.stderr, /no repo "aa"\.\n.*It lists a, b\./);
});

Deno.test("what chats of a hub ask is in its inbox and is answered there", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  await using bench = await openThreadBench("safe");
  const desk = await bench.desk({ home: folder.root, mode: "hub" });
  const scope = { kind: "repo", repo: "a", root: folder.repo("a") } as const;
  const { id } = desk.create({ scope, agent: "scripted", by: "test" });
  const text = says({ ask: "rm -rf build" }, { say: "Removed." });
  const sent = await desk.send(id, { text, by: "test" });
  await untilEvent(desk, id, (event) => event.type === "approval");
  assert.match(
    (await car(folder, "inbox")).stdout,
    /^a {2}chat-1 {2}command: rm -rf build\n.*\n {4}car inbox answer chat-1 yes\|no\|always$/m,
  );
  assert.match(
    (await car(folder, "status")).stdout,
    /^a\tidle\t0\/0 done\t1\t.*\n1 repo.*\n1 thing waits/,
  );
  const answered = await car(folder, "inbox", "answer", "chat-1", "yes");
  assert.equal(answered.code, 0, answered.stderr);
  assert.equal((await untilState(desk, sent)).answer, "Removed.");
  assert.deepEqual(await inbox(folder), []);
});

Deno.test("a request that waits in two repos of a hub is answered once its repo is named", async () => {
  await using folder = await makeHubFolder({ repos: ["a", "b"] });
  for (const id of ["a", "b"]) {
    await folder.ticket(id, 1, "touch one.txt");
    await asking(folder, id);
  }
  await using a = startCar(["run", "--repo", "a"], placeOf(folder), optionsOf(folder));
  await a.line(/asks: .*touch one/);
  await using b = startCar(["run", "--repo", "b"], placeOf(folder), optionsOf(folder));
  await b.line(/asks: .*touch one/);
  const [first, second] = await inbox(folder);
  assert.equal(first?.id, second?.id);
  const id = first?.id ?? "";
  const which = await car(folder, "inbox", "answer", id, "yes");
  assert.equal(which.code, 2);
  assert.match(which.stderr, /waits in a and b\.\n.*answer \d+ yes --repo a/);
  for (const repo of ["a", "b"]) {
    const done = await car(folder, "inbox", "answer", id, "yes", "--repo", repo);
    assert.equal(done.code, 0, done.stderr);
  }
  assert.deepEqual([(await a.ended).code, (await b.ended).code], [0, 0]);
});
