/** A served hub that is killed, told to end, or started twice: as a person or a service manager does it. */

import assert from "node:assert/strict";
import { exists } from "../../lib/control/files.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { withReading } from "../../lib/hub/reading.ts";
import { formOfBattery } from "../support/arena.ts";
import { type Form, runCar, type RunningCar, startCar } from "../support/car.ts";
import { hubEnvironment, type HubFolder, makeHubFolder } from "../support/hub_folder.ts";
import { leftoversOf, untilGone } from "../support/processes.ts";
import { soon } from "../support/soon.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const IDS = Array.from({ length: 20 }, (_, at) => `r${String(at).padStart(2, "0")}`);

interface Hub {
  readonly car: RunningCar;
  readonly url: string;
  readonly pid: number;
  call(path: string, method?: string): Promise<Response>;
}

async function serve(folder: HubFolder, form: Form): Promise<Hub> {
  const place = { cwd: folder.root, home: folder.home };
  const env = hubEnvironment(folder.home);
  const car = startCar(["serve", "--port", "0", "--json"], place, { form, env });
  const { url, pid } = JSON.parse(await car.line(/"serving"/));
  const token = (await Deno.readTextFile(`${folder.root}/.codex-autorunner/token`)).trim();
  return {
    car,
    url,
    pid,
    call: (path, method = "GET") =>
      fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(method === "GET" ? {} : { body: "{}" }),
      }),
  };
}

async function start(hub: Hub, id: string): Promise<void> {
  const answer = await hub.call(`/hub/repos/${id}/run`, "POST");
  assert.equal(answer.status, 202, await answer.text());
}

/** One after the other, so that the patience of `soon` is for each and not for all. */
async function untilDone(hub: Hub): Promise<void> {
  for (const id of IDS) {
    await soon(`the run of ${id} is completed`, async () => {
      const { repos } = await (await hub.call("/hub/repos")).json();
      return repos.some((it: { id: string; lastRun: { status: string } | null; status: string }) =>
        it.id === id && it.lastRun?.status === "completed" && it.status === "IDLE"
      );
    });
  }
}

Deno.test("kill -9 of a served hub with 20 runs on: the next one ends all, and nothing is done twice", async () => {
  const form = formOfBattery();
  await using folder = await makeHubFolder({ repos: IDS, maxParallel: 20 });
  for (const id of IDS) {
    await folder.ticket(id, 1, `echo ${id} >> ../begun; sleep 0.3; echo 1 > f1.txt`);
  }
  {
    const hub = await serve(folder, form);
    await using _ = hub.car;
    for (const id of IDS) await start(hub, id);
    await soon("an agent works", () => exists(`${folder.root}/begun`));
    hub.car.signal("SIGKILL");
    await hub.car.ended;
  }
  const hub = await serve(folder, form);
  await using _ = hub.car;
  await untilDone(hub);
  for (const id of IDS) {
    assert.ok(await folder.isDone(id, 1), id);
    const settled = await withReading(
      repoPaths(folder.repo(id)),
      ({ past }) => past?.journal.events({ kinds: ["step"], types: ["settled"] }) ?? [],
    );
    assert.equal(settled.length, 1, `${id}: its ticket is settled once`);
  }
  hub.car.signal("SIGTERM");
  assert.equal((await hub.car.ended).code, 0);
  for (const id of IDS) await untilGone(() => leftoversOf(folder.repo(id)));
});

forSourceAndBinary(
  "a second hub on one root refuses, and names the process and the address of the first",
  async (form) => {
    await using folder = await makeHubFolder({ repos: ["alpha"] });
    const hub = await serve(folder, form);
    await using _ = hub.car;
    const place = { cwd: folder.root, home: folder.home };
    for (const args of [["serve", "--port", "0"], ["hub", "serve", "--port", "0"]]) {
      const second = await runCar(args, place, { form });
      assert.equal(second.code, 4, second.stderr);
      assert.match(second.stderr, new RegExp(`process ${hub.pid}\\b`));
      assert.ok(second.stderr.includes(hub.url), second.stderr);
      assert.doesNotMatch(second.stderr, /#t=/);
    }
    assert.equal((await (await hub.call("/hub/repos")).json()).repos.length, 1);
    hub.car.signal("SIGTERM");
    assert.equal((await hub.car.ended).code, 0);
  },
);

forSourceAndBinary(
  "SIGTERM ends a served hub with a deaf agent and open pages, and leaves nothing",
  async (form) => {
    await using folder = await makeHubFolder({ repos: ["alpha", "beta"] });
    await folder.ticket("alpha", 1, "trap '' TERM INT; touch ../deaf; while :; do sleep 5; done");
    const hub = await serve(folder, form);
    await using _ = hub.car;
    const pages = await Promise.all(
      ["/hub/events", "/repos/alpha/api/live", "/repos/beta/api/live"].map((it) => hub.call(it)),
    );
    await start(hub, "alpha");
    await soon("the agent works", () => exists(`${folder.root}/deaf`));
    hub.car.signal("SIGTERM");
    assert.equal((await hub.car.ended).code, 0);
    for (const page of pages) await page.text().catch(() => {});
    assert.deepEqual(await leftoversOf(folder.repo("alpha")), []);
  },
);
