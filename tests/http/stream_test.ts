/** Streams over real connections: cut, slow, many, and over when the server ends. */

import assert from "node:assert/strict";
import { repoPaths } from "../../lib/control/roots.ts";
import { withReading } from "../../lib/hub/reading.ts";
import { randoms } from "../support/random.ts";
import { makeHubFolder } from "../support/hub_folder.ts";
import { openServed, type Served } from "../support/served.ts";
import { soon } from "../support/soon.ts";

interface Heard {
  readonly event: string;
  readonly id: string | null;
  readonly data: Record<string, unknown>;
}

/** Reads whole events until `isEnough` or the signal, then cuts the connection. */
async function hear(
  site: Served,
  path: string,
  after: string | null,
  isEnough: (it: Heard) => boolean,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly Heard[]> {
  const over = new AbortController();
  const heard: Heard[] = [];
  try {
    const answer = await site.call(path, {
      signal: AbortSignal.any([over.signal, signal]),
      headers: after === null ? {} : { "last-event-id": after },
    });
    assert.equal(answer.status, 200);
    const texts = (answer.body ?? new Blob([]).stream()).pipeThrough(new TextDecoderStream());
    let rest = "";
    for await (const text of texts) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const it of blocks.flatMap(heardIn)) {
        heard.push(it);
        if (isEnough(it)) return heard;
      }
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    over.abort();
  }
  return heard;
}

function heardIn(block: string): readonly Heard[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? null;
  const data = field("data");
  if (data === null) return [];
  return [{ event: field("event") ?? "message", id: field("id"), data: JSON.parse(data) }];
}

async function startRun(site: Served, repo: string): Promise<void> {
  const answer = await site.call(`/repos/${repo}/api/run/start`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assert.equal(answer.status, 202, await answer.text());
}

const untilCompleted = (site: Served, repo: string): Promise<unknown> =>
  soon("the run is completed", () => {
    const row = site.serving.fleet.repos().find((it) => it.id === repo);
    return Promise.resolve(row?.lastRun?.status === "completed" && row.lock !== "LOCKED_ALIVE");
  });

Deno.test("a client that is cut a hundred times misses nothing and hears nothing twice", async () => {
  await using hub = await makeHubFolder({ repos: ["alpha"] });
  for (let number = 1; number <= 20; number++) {
    await hub.ticket("alpha", number, `echo ${number} >> work.txt; echo told ${number}`);
  }
  await using site = await openServed({ root: hub.root, home: hub.home, mode: "hub" });
  const random = randoms(SEED);
  await startRun(site, "alpha");
  const done = new AbortController();
  const completed = untilCompleted(site, "alpha").then(() => done.abort());
  const heard: Heard[] = [];
  const cursor = () => heard.at(-1)?.id ?? "0";
  let cuts = 0;
  const hearSome = async (signal?: AbortSignal) => {
    let few = random() < 0.7 ? 1 : 3;
    const isEnough = (it: Heard) => it.event === "journal" && --few === 0;
    const part = await hear(site, "/repos/alpha/api/live", cursor(), isEnough, signal);
    heard.push(...part.filter((it) => it.event === "journal"));
    cuts++;
  };
  while (!done.signal.aborted) await hearSome(done.signal);
  await completed;
  const written = await withReading(
    repoPaths(hub.repo("alpha")),
    (it) => it.past?.journal.events({}).map((event) => event.seq) ?? [],
  );
  while (Number(cursor()) < (written.at(-1) ?? 0)) await hearSome();
  assert.deepEqual(heard.map((it) => it.data["seq"]), written, `seed ${SEED}`);
  assert.ok(cuts >= 100, `${cuts} cuts of ${written.length} events`);
});

Deno.test("a cursor of another journal or another start is told to begin anew", async () => {
  await using hub = await makeHubFolder({ repos: ["alpha"] });
  await using site = await openServed({ root: hub.root, home: hub.home, mode: "hub" });
  for (const path of ["/repos/alpha/api/live", "/hub/events"]) {
    for (const cursor of ["99", "-1", "1e3", "b0:7", "nonsense"]) {
      const [first, second] = await hear(site, path, cursor, (it) => it.event === "hello");
      assert.deepEqual([first?.event, second?.event], ["reset", "hello"], `${path} ${cursor}`);
    }
    const [only] = await hear(site, path, null, (it) => it.event === "hello");
    assert.equal(only?.event, "hello");
  }
});

Deno.test("the stream of the hub tells which rows are others than before", async () => {
  await using hub = await makeHubFolder({ repos: ["alpha", "beta"] });
  await hub.ticket("beta", 1, "true");
  await using site = await openServed({ root: hub.root, home: hub.home, mode: "hub" });
  const listening = Promise.withResolvers<void>();
  const heard = hear(site, "/hub/events", null, (it) => {
    if (it.event === "hello") listening.resolve();
    return it.event === "repos" && JSON.stringify(it.data["ids"]).includes("beta");
  });
  await listening.promise;
  await startRun(site, "beta");
  const last = (await heard).at(-1);
  assert.match(last?.id ?? "", /^\w+:\d+$/);
  await untilCompleted(site, "beta");
});

Deno.test("five hundred clients hear the same, and are let go when the server ends", async () => {
  await using hub = await makeHubFolder({ repos: ["alpha"] });
  await hub.ticket("alpha", 1, "true");
  const site = await openServed({ root: hub.root, home: hub.home, mode: "hub" });
  const ready = Promise.withResolvers<void>();
  let count = 0;
  const all = Array.from(
    { length: 500 },
    () =>
      hear(site, "/repos/alpha/api/live?live=0", null, (it) => {
        if (it.event === "hello" && ++count === 500) ready.resolve();
        return false;
      }),
  );
  await ready.promise;
  await startRun(site, "alpha");
  await untilCompleted(site, "alpha");
  await site[Symbol.asyncDispose]();
  const seqs = (await Promise.all(all)).map((heard) =>
    heard.filter((it) => it.event === "journal").map((it) => it.data["seq"]).join()
  );
  assert.equal(new Set(seqs).size, 1);
  assert.ok((seqs[0]?.length ?? 0) > 0);
});

/** Of the lengths between the cuts. */
const SEED = 7;
