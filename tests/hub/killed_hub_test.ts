/** A hub that dies, or is told to end, in the middle of many runs: nothing is lost, doubled or left behind. */

import assert from "node:assert/strict";
import { repoPaths } from "../../lib/control/roots.ts";
import { withReading } from "../../lib/hub/reading.ts";
import { type HubFolder, makeHubFolder } from "../support/hub_folder.ts";
import { startHub } from "../support/hub_process.ts";
import { exists } from "../../lib/control/files.ts";
import { soon } from "../support/soon.ts";
import { leftoversOf, untilGone } from "../support/processes.ts";

const IDS = Array.from({ length: 20 }, (_, at) => `r${String(at).padStart(2, "0")}`);
const TICKETS = 3;

async function fill(folder: HubFolder): Promise<void> {
  for (const id of IDS) {
    for (let number = 1; number <= TICKETS; number++) {
      // Each command leaves a trace, so that one that ran twice after its turn was settled shows.
      await folder.ticket(
        id,
        number,
        `echo ${number} >> ../${id}.trace; sleep 0.1; echo ${number} > f${number}.txt`,
      );
    }
  }
}

/** How many runs are in this status. */
const inStatus = (told: Readonly<Record<string, unknown>>, status: string): number =>
  Number((told["runs"] as Record<string, number> | undefined)?.[status] ?? 0);

const allDone = (told: Readonly<Record<string, unknown>>) =>
  inStatus(told, "completed") === IDS.length;

/** No finished turn was repeated: a ticket has one settled verdict, and a turn that ended ended once. */
async function assertOnce(root: string): Promise<void> {
  await withReading(repoPaths(root), ({ past }) => {
    const events = past?.journal.events({ kinds: ["step"], types: ["settled", "turn_ended"] }) ??
      [];
    const settled = events.filter((it) => it.type === "settled").map((it) => it.ticket);
    assert.equal(new Set(settled).size, settled.length, `${root}: a ticket was settled twice`);
    assert.equal(settled.length, TICKETS, root);
    const ended = events.filter((it) => it.type === "turn_ended").map((it) => it.turn);
    assert.equal(new Set(ended).size, ended.length, `${root}: a turn ended twice`);
  });
}

Deno.test("A hub killed with 20 runs on takes all of them up again, and all finish", async () => {
  await using folder = await makeHubFolder({ repos: IDS, maxParallel: 8 });
  await fill(folder);
  {
    await using hub = startHub(folder, IDS);
    await hub.until("all are started", (it) => it["started"] === IDS.length);
    hub.signal("SIGKILL");
    await hub.ended;
  }
  {
    // And once more while it takes up what was on.
    await using hub = startHub(folder);
    await hub.until("some are on again", (it) => inStatus(it, "running") > 3);
    hub.signal("SIGKILL");
    await hub.ended;
  }
  await using hub = startHub(folder);
  await hub.until("all have finished", allDone);
  hub.signal("SIGTERM");
  assert.equal((await hub.ended).code, 0);
  for (const id of IDS) {
    await assertOnce(folder.repo(id));
    for (let number = 1; number <= TICKETS; number++) assert.ok(await folder.isDone(id, number));
  }
  for (const id of IDS.slice(0, 3)) await untilGone(() => leftoversOf(folder.repo(id)));
});

Deno.test("A hub told to end with runs on is gone in order, and its next start goes on with them", async () => {
  await using folder = await makeHubFolder({ repos: IDS, maxParallel: 4 });
  await fill(folder);
  // Deaf: they do not end when they are asked to.
  const deaf = "trap '' TERM INT; touch ../deaf; while :; do sleep 5; done";
  for (const id of IDS) await folder.ticket(id, 1, deaf);
  {
    await using hub = startHub(folder, IDS);
    await hub.until("all are started", (it) => it["started"] === IDS.length);
    await soon("an agent works", () => exists(`${folder.root}/deaf`));
    hub.signal("SIGTERM");
    assert.equal((await hub.ended).code, 0);
  }
  for (const id of IDS) assert.deepEqual(await leftoversOf(folder.repo(id)), []);
  for (const id of IDS) await folder.ticket(id, 1, "echo 1 > f1.txt");
  await using hub = startHub(folder);
  await hub.until("all have finished", allDone);
  for (const id of IDS) assert.ok(await folder.isDone(id, TICKETS));
});
