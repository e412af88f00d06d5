import assert from "node:assert/strict";
import { systemClock } from "../../base/clock.ts";
import { makeHubFolder } from "../../../tests/support/hub_folder.ts";
import { openServed } from "../../../tests/support/served.ts";
import { soon } from "../../../tests/support/soon.ts";
import { openThreadBench, says, untilEvent } from "../../../tests/support/thread_bench.ts";
import { inspectManifest } from "../../control/manifest_file.ts";
import { hubPaths } from "../../control/roots.ts";
import type { ThreadScope } from "../../control/thread_rows.ts";
import { readHubInbox } from "../hub_inbox.ts";
import { repoLooks } from "../listing/looks.ts";
import { hubRows } from "../listing/rows.ts";

Deno.test("questions of chats count for their repo's row, as many as the inbox has", async () => {
  await using folder = await makeHubFolder({ repos: ["a", "b"] });
  await using bench = await openThreadBench("safe");
  // As another process, e.g. `car chat` on a terminal, has it.
  const desk = await bench.desk({ home: folder.root, mode: "hub" });
  const asking = async (scope: ThreadScope) => {
    const { id } = desk.create({ scope, agent: "scripted", by: "test" });
    await desk.send(id, { text: says({ ask: "rm -rf build" }), by: "test" });
    await untilEvent(desk, id, (event) => event.type === "approval");
  };
  await asking({ kind: "repo", repo: "b", root: folder.repo("b") });
  await asking({ kind: "hub", repo: null, root: folder.root });
  // Only now: a server that starts goes on with what waits, and it would not know this agent.
  await using site = await openServed({ root: folder.root, home: folder.home, mode: "hub" });
  const list = async () => {
    const { repos, attention } = await (await site.call("/hub/repos")).json();
    return [...repos.map((it: { attention: number }) => it.attention), attention];
  };
  await soon("the rows count them", async () => `${await list()}` === "0,1,1");
  const { items } = await (await site.call("/hub/inbox")).json();
  assert.deepEqual(items.map((it: { repo: string }) => it.repo), ["b", ""]);

  // Those who look without being the hub see the same.
  const { manifest } = await inspectManifest({
    hubRoot: folder.root,
    file: hubPaths(folder.root).manifest,
  });
  const env = { HOME: folder.home };
  const looks = await repoLooks(folder.root, manifest);
  const options = { hubRoot: folder.root, clock: systemClock, environment: env };
  assert.deepEqual((await hubRows(looks, options)).map((it) => it.attention), [0, 1]);
  const read = await readHubInbox(folder.root, manifest.repos, env);
  assert.deepEqual(read.items.map((it) => it.repo), ["b", ""]);

  for (const item of desk.inbox()) assert.ok(desk.answer(item.id, "no", "test").ok);
  await soon("nothing waits any more", async () => `${await list()}` === "0,0,0");
});
