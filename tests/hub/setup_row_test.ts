/** A worktree whose setup failed says so in its row, with what to do, wherever the rows are shown. */

import assert from "node:assert/strict";
import { hubPaths } from "../../lib/control/roots.ts";
import type { HubRepoRow } from "../../lib/hub/fleet/row.ts";
import { runCar } from "../support/car.ts";
import { hubEnvironment, type HubFolder, makeHubFolder } from "../support/hub_folder.ts";
import { openServed } from "../support/served.ts";
import { soon } from "../support/soon.ts";

const car = (folder: HubFolder, ...args: string[]) =>
  runCar(args, { cwd: folder.root, home: folder.home }, { env: hubEnvironment(folder.home) });

const listed = async (folder: HubFolder): Promise<readonly HubRepoRow[]> =>
  JSON.parse((await car(folder, "hub", "repos", "--json")).stdout).repos;

const WORDS =
  /^Its setup failed; mend it, then "car hub worktree create a x" repeats it\. The setup command .*exit code 1/;

Deno.test("a worktree whose setup failed is an error in its row until the setup went well", async () => {
  await using folder = await makeHubFolder({ repos: ["a"] });
  const { manifest } = hubPaths(folder.root);
  const setup = "    setup: ['test -e $CAR_BASE_ROOT/../go']\n";
  await Deno.writeTextFile(manifest, await Deno.readTextFile(manifest) + setup);
  await using site = await openServed({ root: folder.root, home: folder.home, mode: "hub" });
  const served = async (is: (row: HubRepoRow) => boolean) =>
    await soon("the served row is so", async () => {
      const { repos } = await (await site.call("/hub/repos")).json();
      return repos.find((row: HubRepoRow) => row.id === "a--x" && is(row)) ?? null;
    });

  const made = await car(folder, "hub", "worktree", "create", "a", "x");
  assert.equal(made.code, 1, made.stdout);
  assert.match((await served((row) => row.status === "ERROR")).reason, WORDS);
  const row = (await listed(folder)).find((it) => it.id === "a--x");
  assert.equal(row?.status, "ERROR");
  assert.match(row.reason, WORDS);
  assert.match((await car(folder, "status")).stdout, /^a--x\terror\t.*Its setup failed; mend it/m);
  assert.match(
    (await car(folder, "hub", "worktree", "list")).stdout,
    /a--x: Its setup failed; mend/,
  );

  await Deno.writeTextFile(`${folder.root}/go`, "");
  const again = await car(folder, "hub", "worktree", "create", "a", "x");
  assert.equal(again.code, 0, again.stderr);
  await served((row) => row.status === "IDLE" && /No run/.test(row.reason));
  assert.equal((await listed(folder)).find((it) => it.id === "a--x")?.status, "IDLE");
});
