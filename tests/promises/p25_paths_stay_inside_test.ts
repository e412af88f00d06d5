/** P25: a path given to CAR stays inside its root, also when a file becomes a link while it is read. */

import assert from "node:assert/strict";
import { repoPaths } from "../../lib/control/roots.ts";
import { ticketText } from "../support/car_repo.ts";
import { openServedRepo } from "../support/served.ts";

const SWAPS = 500;
const CANARY = "canary-outside-of-the-root";

Deno.test(`P25: a ticket and a document swapped for links out of the repo ${SWAPS} times show nothing of them`, async () => {
  await using site = await openServedRepo();
  const paths = repoPaths(site.root);
  const outside = `${site.root}/../outside.md`;
  await Deno.writeTextFile(outside, ticketText({ agent: "shell", title: CANARY }, CANARY));
  const inside = ticketText({ agent: "shell", title: "Inside" }, "Inside.");
  const targets = [`${paths.tickets}/TICKET-001.md`, paths.contextspace.spec];
  const asks = [
    "/api/tickets",
    "/api/tickets/1",
    "/api/workspace",
    "/api/workspace/spec",
    "/api/snapshot",
  ];
  let isOver = false;
  const swapping = (async () => {
    for (let swap = 0; swap < SWAPS; swap++) {
      for (const path of targets) {
        const next = `${path}.next`;
        if (swap % 2 === 0) await Deno.symlink(outside, next);
        else await Deno.writeTextFile(next, inside);
        await Deno.rename(next, path);
      }
    }
    isOver = true;
  })();
  let [asked, seen] = [0, 0];
  const faults: string[] = [];
  while (!isOver) {
    for (const path of asks) {
      const answer = await site.call(path);
      const text = await answer.text();
      if (answer.status === 500 || text.includes(CANARY)) faults.push(`${path}: ${text}`);
      if (text.includes("Inside")) seen++;
      asked++;
    }
  }
  await swapping;
  assert.deepEqual(faults.slice(0, 1), [], `${faults.length} of ${asked}`);
  const text = await (await site.call("/api/tickets/1")).text();
  assert.match(text, /Inside/, `what is inside is shown; ${asked} asked, ${seen} seen`);
});
