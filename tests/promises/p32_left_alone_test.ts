/** P32: it can be left alone: rounds of runs leave no descriptors, no children and no zombies behind. */

import assert from "node:assert/strict";
import { startCar } from "../support/car.ts";
import { hubEnvironment, makeHubFolder } from "../support/hub_folder.ts";
import { soon } from "../support/soon.ts";

const REPOS = 5;
const ROUNDS = 3;

async function filesOf(pid: number): Promise<number> {
  let count = 0;
  for await (const _ of Deno.readDir(`/proc/${pid}/fd`)) count++;
  return count;
}

async function childrenOf(pid: number): Promise<readonly string[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  const states: string[] = [];
  for (const child of text.trim().split(" ").filter((it) => it !== "")) {
    const stat = await Deno.readTextFile(`/proc/${child}/stat`).catch(() => "");
    if (stat !== "") states.push(stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3));
  }
  return states;
}

Deno.test({
  name: `P32: ${ROUNDS} rounds of ${REPOS} runs in one hub leave no descriptor and no zombie`,
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const ids = Array.from({ length: REPOS }, (_, at) => `r${at}`);
    await using hub = await makeHubFolder({ repos: ids, maxParallel: 3 });
    const place = { cwd: hub.root, home: hub.home };
    const env = hubEnvironment(hub.home);
    const args = ["serve", "--port", "0", "--json"];
    await using car = startCar(args, place, { env, form: "binary" });
    const { url, pid } = JSON.parse(await car.line(/"serving"/));
    const path = `${hub.root}/.codex-autorunner/token`;
    const token = (await Deno.readTextFile(path)).trim();
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const files: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      for (const id of ids) {
        await hub.ticket(id, round, `echo ${round} > f.txt`);
        const run = await fetch(`${url}/hub/repos/${id}/run`, {
          method: "POST",
          headers,
          body: "{}",
        });
        assert.equal(run.status, 202, await run.text());
      }
      await soon(`round ${round} is over`, async () => {
        const { repos } = await (await fetch(`${url}/hub/repos`, { headers })).json();
        return repos.every((it: { status: string; done: number }) =>
          it.status === "IDLE" && it.done === round
        );
      });
      assert.ok(!(await childrenOf(pid)).includes("Z"), `round ${round}: a zombie`);
      files.push(await filesOf(pid));
    }
    const filesMax = (files[0] ?? 0) + REPOS / 2;
    // Tables that are brought up to date after a run are open for a moment.
    await soon(
      `no descriptors are left (${files.join()})`,
      async () => await filesOf(pid) <= filesMax,
    );
    car.signal("SIGTERM");
    assert.equal((await car.ended).code, 0);
  },
});
