/** A hub from its first day: init, scan, list, change, clone, and what is said in the wrong place. */

import assert from "node:assert/strict";
import type { HubRepoRow } from "../../lib/hub/fleet/row.ts";
import { type CarOptions, type CarPlace, runCar } from "../support/car.ts";
import { makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { runShell } from "../support/car_shell.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

/** A folder with a hub in it, beside a HOME, and a git repo `first repo` in the hub. */
async function makeHub(options: CarOptions): Promise<CarPlace & AsyncDisposable> {
  const repo = await makeCarRepo({ initialised: false, folder: "first repo" });
  const place = { cwd: repo.cwd.slice(0, repo.cwd.lastIndexOf("/")), home: repo.home };
  const made = await runCar(["init", "--mode", "hub"], place, options);
  assert.equal(made.code, 0, made.stderr);
  return { ...place, [Symbol.asyncDispose]: () => repo[Symbol.asyncDispose]() };
}

interface Listed {
  readonly repos: readonly HubRepoRow[];
  readonly problems: readonly string[];
}

async function listed(place: CarPlace, options: CarOptions): Promise<Listed> {
  return JSON.parse((await runCar(["hub", "repos", "--json"], place, options)).stdout);
}

forSourceAndBinary(
  "car hub scan finds repos, and car hub repos tells what each does",
  async (form) => {
    await using place = await makeHub({ form });
    const empty = await runCar(["hub", "repos", "--json"], place, { form });
    assert.deepEqual(JSON.parse(empty.stdout), { repos: [], problems: [] });
    const scan = await runCar(["hub", "scan", "--json"], place, { form });
    const { added, initialized, skipped } = JSON.parse(scan.stdout);
    assert.deepEqual([added, initialized, skipped], [["first-repo"], ["first-repo"], []]);
    const state = await Deno.readTextFile(`${place.cwd}/.codex-autorunner/hub_state.json`);
    assert.match(JSON.parse(state).last_scan_at, /^\d{4}-/);
    const ticket = ticketText({ agent: "shell" }, shellBody("echo hello > hello.txt"));
    const repo = { cwd: `${place.cwd}/first repo`, home: place.home };
    await Deno.writeTextFile(`${repo.cwd}/.codex-autorunner/tickets/TICKET-001.md`, ticket);
    const ran = await runCar(["run"], repo, { form });
    assert.equal(ran.code, 0, ran.stderr);
    const { repos: [row] } = await listed(place, { form });
    assert.deepEqual([row?.status, row?.done, row?.total, row?.lastRun?.status], [
      "IDLE",
      1,
      1,
      "completed",
    ]);
    const status = await runCar(["status"], place, { form });
    assert.match(status.stdout, /^first-repo\tidle\t1\/1 done\t/);
    await Deno.rename(repo.cwd, `${place.cwd}/second`);
    const again = await runCar(["hub", "scan"], place, { form });
    assert.match(again.stdout, /first-repo\tmissing\t.*is not there\.\nsecond\tidle\t1\/1 done/);
  },
);

forSourceAndBinary("car hub changes the list and keeps what people wrote in it", async (form) => {
  await using place = await makeHub({ form });
  const file = `${place.cwd}/.codex-autorunner/manifest.yml`;
  await Deno.writeTextFile(file, "version: 1 # old\nrepos:\n- path: first repo # mine\n  x: [1]\n");
  for (const args of [["hub", "disable", "first-repo"], ["hub", "auto-run", "first-repo", "on"]]) {
    const done = await runCar(args, place, { form });
    assert.equal(done.code, 0, done.stderr);
  }
  assert.equal(
    await Deno.readTextFile(file),
    "version: 1 # old\nrepos:\n- path: first repo # mine\n  x: [1]\n  enabled: false\n  auto_run: true\n",
  );
  const removed = await runCar(["hub", "remove", "first-repo"], place, { form });
  assert.match(removed.stdout, /off the list.*not touched\.\nThe next scan lists it again/);
  assert.equal(await Deno.readTextFile(file), "version: 1 # old\nrepos: []\n");
  const added = await runCar(["hub", "add", "first repo", "--id", "web"], place, { form });
  assert.match(added.stdout, /^web is listed: /);
  await Deno.writeTextFile(file, "repos:\n- path: ../x\n- path: first repo\n");
  const broken = await runCar(["hub", "repos"], place, { form });
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /manifest\.yml:2: repos\[0\]\.path: Found "\.\.\/x"/);
  assert.match(broken.stdout, /^first-repo\t/);
});

forSourceAndBinary("car hub clone brings a repo in, and nothing else", async (form) => {
  await using place = await makeHub({ form });
  await runShell(
    "git init -q -b main ../source && cd ../source && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x",
    place,
    { form },
  );
  const cloned = await runCar(["hub", "clone", "../source", "copy"], place, { form });
  assert.equal(cloned.code, 0, cloned.stderr);
  assert.match(cloned.stdout, /^copy is listed: .*\/copy, cloned from .*\/source\n$/);
  for (const address of ["ext::sh -c touch% canary", "--upload-pack=touch canary", "../nowhere"]) {
    const refused = await runCar(["hub", "clone", "--", address, "bad"], place, { form });
    assert.equal(refused.code, 1, address);
  }
  const names = await Array.fromAsync(Deno.readDir(place.cwd), (it) => it.name);
  assert.deepEqual(names.filter((name) => /bad|canary|car-clone/.test(name)), []);
});

forSourceAndBinary("commands in the wrong place name the folder they want", async (form) => {
  await using place = await makeHub({ form });
  await runCar(["hub", "scan"], place, { form });
  const run = await runCar(["run"], place, { form });
  assert.equal(run.code, 1);
  assert.match(run.stderr, /works on one repo, .* is a hub\.\n.*`car run --repo first-repo`/);
  const repo = { cwd: `${place.cwd}/first repo`, home: place.home };
  const scan = await runCar(["hub", "scan"], repo, { form });
  assert.equal(scan.code, 1);
  assert.ok(scan.stderr.includes(`--repo ${place.cwd}.`), scan.stderr);
  const endpoint = await runCar(["hub", "endpoint", "--json"], place, { form });
  assert.equal(endpoint.code, 1);
  assert.match(endpoint.stdout + endpoint.stderr, /is not being served/);
});

forSourceAndBinary("a repo takes the shared settings of the hub it lies in", async (form) => {
  await using place = await makeHub({ form });
  await runCar(["hub", "scan"], place, { form });
  await Deno.writeTextFile(`${place.cwd}/codex-autorunner.yml`, "limits: {stalls: 7}\n");
  const repo = { cwd: `${place.cwd}/first repo`, home: place.home };
  for (const posture of [[], ["--safe"]]) {
    const got = await runCar([...posture, "config", "get", "limits.stalls"], repo, { form });
    assert.equal(got.stdout, "7\n", got.stderr);
  }
  const set = await runCar(["config", "set", "limits.stalls", "5"], repo, { form });
  assert.equal(set.code, 0, set.stderr);
  const own = await runCar(["config", "get", "limits.stalls"], repo, { form });
  assert.equal(own.stdout, "5\n");
});
