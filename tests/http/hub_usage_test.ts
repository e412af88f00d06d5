/** What the hub's API adds up over its repos. */

import assert from "node:assert/strict";
import { makeHubFolder } from "../support/hub_folder.ts";
import { runCar } from "../support/car.ts";
import { openServed } from "../support/served.ts";

Deno.test("GET /hub/usage/series tells every day of the range by agent and by repo", async () => {
  await using folder = await makeHubFolder({ repos: ["a", "b", "c"] });
  for (const id of ["a", "b"]) await folder.ticket(id, 1, `echo ${id} > one.txt`);
  for (const id of ["a", "b"]) {
    const { code, stderr } = await runCar(["run"], { cwd: folder.repo(id), home: folder.home });
    assert.equal(code, 0, stderr);
  }
  await using site = await openServed({ root: folder.root, home: folder.home, mode: "hub" });
  await site.serving.fleet.scan();
  const series = async (query: string) => {
    const answer = await site.call(`/hub/usage/series?${query}`);
    assert.equal(answer.status, 200);
    const { days, series, failed } = await answer.json();
    assert.deepEqual(failed, []);
    const turns = series.map((it: { key: string; days: { turns: number }[] }) => [
      it.key,
      it.days.length,
      it.days.at(-1)?.turns,
    ]);
    return { days, turns };
  };
  const week = await series("days=7");
  assert.equal(week.days.length, 7);
  assert.deepEqual(week.turns, [["shell", 7, 2]]);
  assert.deepEqual((await series("days=2&by=repo")).turns, [["a", 2, 1], ["b", 2, 1]]);
  assert.equal((await series("")).days.length, 1);
  for (const wrong of ["days=0", "by=ticket", "offset=x"]) {
    const refused = await site.call(`/hub/usage/series?${wrong}`);
    await refused.body?.cancel();
    assert.equal(refused.status, 422, wrong);
  }
});
