/** P30: a page that is cut off and comes again misses nothing and hears nothing twice. */

import assert from "node:assert/strict";
import { Journal } from "../../lib/control/journal.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { runId } from "../../lib/engine/ids.ts";
import { makeHubFolder } from "../support/hub_folder.ts";
import { randoms } from "../support/random.ts";
import { openServed } from "../support/served.ts";

const EVENTS = 5_000;
const CUTS = 50;
const SEED = 11;

Deno.test(`P30: ${CUTS} cuts in ${EVENTS} events: no gap, no repeat`, async () => {
  await using hub = await makeHubFolder({ repos: ["alpha"] });
  const { journal: database } = repoPaths(hub.repo("alpha"));
  const journal = Journal.open(database);
  for (let at = 0; at < EVENTS; at += 100) {
    journal.note(
      Array.from({ length: 100 }, (_, more) => ({
        run: runId(1),
        turn: null,
        ticket: null,
        type: "car",
        atMs: 1_000 + at + more,
        body: { text: `event ${at + more}` },
      })),
    );
  }
  journal.close();
  await using site = await openServed({ root: hub.root, home: hub.home, mode: "hub" });
  const random = randoms(SEED);
  const heard: number[] = [];
  let cuts = 0;
  while (heard.length < EVENTS) {
    const over = new AbortController();
    const answer = await site.call("/repos/alpha/api/live", {
      headers: { "last-event-id": String(heard.at(-1) ?? 0) },
      signal: over.signal,
    });
    // The rest of a piece that was cut is lost, as it is for a browser.
    let [few, rest] = [Math.ceil(random() * 2 * EVENTS / CUTS), ""];
    for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      const seqs = blocks.filter((it) => it.includes("event: journal"))
        .map((it) => Number(/^id: (\d+)$/m.exec(it)?.[1]));
      heard.push(...seqs.slice(0, few));
      few -= seqs.length;
      if (few <= 0 || heard.length >= EVENTS) break;
    }
    over.abort();
    cuts++;
  }
  assert.deepEqual(heard, Array.from({ length: EVENTS }, (_, at) => at + 1), `seed ${SEED}`);
  assert.ok(cuts >= CUTS / 2, `${cuts} cuts`);
});
