/** A repo that a hub lists and that lies elsewhere: commands typed there find the hub, and only one that runs. */

import assert from "node:assert/strict";
import { hubPaths, repoPaths } from "../../lib/control/roots.ts";
import { findServingHub } from "../../lib/hub/serving_hub.ts";
import { type CarPlace, runCar, type RunningCar, startCar } from "../support/car.ts";
import { hubEnvironment, type HubFolder, makeHubFolder } from "../support/hub_folder.ts";
import { openServed, type Served } from "../support/served.ts";
import { soon } from "../support/soon.ts";

const optionsOf = (folder: HubFolder) => ({
  env: { ...hubEnvironment(folder.home), USER: "tester" },
});

const placeOf = (folder: HubFolder, cwd: string): CarPlace => ({ cwd, home: folder.home });

const car = (folder: HubFolder, cwd: string, ...args: string[]) =>
  runCar(args, placeOf(folder, cwd), optionsOf(folder));

const start = (folder: HubFolder, cwd: string, ...args: string[]): RunningCar =>
  startCar(args, placeOf(folder, cwd), optionsOf(folder));

async function serve(folder: HubFolder): Promise<RunningCar> {
  const hub = start(folder, folder.root, "serve", "--port", "0");
  await hub.line(/CAR serves the hub/);
  return hub;
}

const serveHere = (root: string, home: string): Promise<Served> =>
  openServed({ root, home, mode: "hub" });

/** A hub with repo `a` beside it instead of in it. */
async function hubAndRepo(): Promise<{ folder: HubFolder; repo: string } & AsyncDisposable> {
  const folder = await makeHubFolder({ repos: ["a"] });
  const repo = `${folder.root}-else/a`;
  await folder.ticket("a", 1, "until test -e go; do sleep 0.05; done; rm go; echo 1 > one.txt");
  await Deno.mkdir(`${folder.root}-else`);
  await Deno.rename(folder.repo("a"), repo);
  await folder.manifest([{ id: "a", path: repo }]);
  return { folder, repo, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const pointer = (repo: string): string => `${repoPaths(repo).state}/hub.json`;

const pointed = (repo: string): Promise<string | null> =>
  Deno.readTextFile(pointer(repo)).then((text) => JSON.parse(text).hub, () => null);

const untilPointed = (repo: string, hub: string | null) =>
  soon(`it is pointed to ${hub}`, async () => await pointed(repo) === hub);

const serving = (folder: HubFolder, repo: string) =>
  findServingHub(repo, hubEnvironment(folder.home));

Deno.test("car run, status and stop in a repo elsewhere go through its hub, and alone once it was killed", async () => {
  await using made = await hubAndRepo();
  const { folder, repo } = made;
  await using hub = await serve(folder);
  await untilPointed(repo, folder.root);
  await using run = start(folder, repo, "run");
  await run.line(/TICKET-001/);
  const owner = new RegExp(`owner +car serve \\(process ${hub.pid},`);
  assert.match((await car(folder, repo, "status")).stdout, owner);
  assert.equal((await car(folder, repo, "stop")).code, 0);
  assert.match((await run.ended).stdout, /stopped/);
  await using again = start(folder, repo, "resume");
  await again.line(/TICKET-001/);
  hub.signal("SIGKILL");
  assert.match((await again.ended).stderr, /The hub ended while it worked run-0001/);
  await hub.ended;

  // The note is there, and nobody believes it.
  assert.equal(await pointed(repo), folder.root);
  await using alone = start(folder, repo, "resume");
  await alone.line(/taking it up again/);
  assert.match((await car(folder, repo, "status")).stdout, /owner +car resume/);
  await Deno.writeTextFile(`${repo}/go`, "");
  assert.equal((await alone.ended).code, 0);

  await using next = await serve(folder);
  await soon("the next hub is found", async () => await serving(folder, repo) !== null);
  next.signal("SIGTERM");
  assert.equal((await next.ended).code, 0);
  assert.equal(await pointed(repo), null);
});

Deno.test("a hub that was moved is found where it is, and one that dropped the repo is not", async () => {
  await using made = await hubAndRepo();
  const { folder, repo } = made;
  await Deno.writeTextFile(pointer(repo), JSON.stringify({ hub: folder.root }));
  const moved = `${folder.root}-moved`;
  await Deno.rename(folder.root, moved);
  assert.equal(await serving(folder, repo), null);
  {
    await using _ = await serveHere(moved, folder.home);
    await untilPointed(repo, moved);
    assert.equal((await serving(folder, repo))?.root, moved);
    const wrong = await car(folder, repo, "hub", "repos");
    assert.ok(wrong.stderr.includes(`Its hub is ${moved}`), wrong.stderr);
    assert.match((await car(folder, repo, "status", "--repo", "a")).stdout, /^status +no run yet/);
    assert.equal((await car(folder, moved, "hub", "remove", "a")).code, 0);
    assert.equal(await serving(folder, repo), null);
    await untilPointed(repo, null);
  }
  // A hub that is down takes its note back as well.
  assert.equal((await car(folder, moved, "hub", "add", repo)).code, 0);
  await Deno.writeTextFile(pointer(repo), JSON.stringify({ hub: moved }));
  assert.equal((await car(folder, moved, "hub", "remove", "a")).code, 0);
  assert.equal(await pointed(repo), null);
});

Deno.test("of two hubs that list a repo elsewhere the first has it until it ends, then the second", async () => {
  await using made = await hubAndRepo();
  const { folder, repo } = made;
  await using other = await makeHubFolder({ repos: [] });
  await other.manifest([{ id: "mine", path: repo }]);
  const first = await serveHere(folder.root, folder.home);
  await untilPointed(repo, folder.root);
  await using second = await serveHere(other.root, other.home);
  const log = hubPaths(other.root).state;
  await soon("the second says so", async () => {
    for await (const { name } of Deno.readDir(log)) {
      if (!name.endsWith(".log")) continue;
      const text = await Deno.readTextFile(`${log}/${name}`);
      if (text.includes(`mine: the hub ${folder.root} lists it too`)) return true;
    }
    return false;
  });
  assert.equal((await serving(folder, repo))?.repo, "a");
  await first[Symbol.asyncDispose]();
  await untilPointed(repo, other.root);
  assert.equal((await serving(folder, repo))?.repo, "mine");
  assert.equal(second.serving.fleet.repos()[0]?.id, "mine");
});

Deno.test("findServingHub() believes no note about a hub that does not list the repo, lies in it, or is none", async () => {
  await using made = await hubAndRepo();
  const { folder, repo } = made;
  await using other = await makeHubFolder({ repos: ["b"] });
  await using _ = await serveHere(other.root, other.home);
  const inside = `${repo}/hub`;
  await Deno.mkdir(`${inside}/.codex-autorunner`, { recursive: true });
  await Deno.copyFile(hubPaths(other.root).config, hubPaths(inside).config);
  await Deno.writeTextFile(hubPaths(inside).manifest, `repos:\n- {id: a, path: ${repo}}\n`);
  await using _inside = await serveHere(inside, folder.home);
  for (
    const text of [
      JSON.stringify({ hub: other.root }),
      JSON.stringify({ hub: inside }),
      JSON.stringify({ hub: repo }),
      JSON.stringify({ hub: "relative" }),
      JSON.stringify({ hub: 7 }),
      "{",
      "x".repeat(100_000),
    ]
  ) {
    await Deno.writeTextFile(pointer(repo), text);
    assert.equal(await serving(folder, repo), null, text.slice(0, 80));
  }
});
