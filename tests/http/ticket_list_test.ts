/** The list of tickets, asked for again and again. */

import assert from "node:assert/strict";
import { repoPaths } from "../../lib/control/roots.ts";
import { ticketText } from "../support/car_repo.ts";
import { openServedRepo } from "../support/served.ts";

Deno.test("GET /tickets is answered by 304 until a ticket or the config is another", async () => {
  await using served = await openServedRepo();
  const paths = repoPaths(served.root);
  const write = (title: string) =>
    Deno.writeTextFile(`${paths.tickets}/TICKET-001.md`, ticketText({ agent: "user", title }, ""));
  await write("First");
  const list = async (etag: string | null = null) => {
    const response = await served.call(
      "/api/tickets",
      etag === null ? {} : { headers: { "if-none-match": etag } },
    );
    const body = response.status === 200 ? await response.json() : await response.text();
    return { status: response.status, etag: response.headers.get("etag"), body };
  };
  const first = await list();
  assert.equal(first.status, 200);
  assert.ok(first.etag);
  assert.equal((await list(first.etag)).status, 304);
  await write("Another");
  const second = await list(first.etag);
  assert.equal(second.status, 200);
  assert.equal(second.body.tickets[0].title, "Another");
  assert.equal((await list(second.etag)).status, 304);
  await Deno.writeTextFile(
    paths.config,
    "version: 2\nmode: repo\nrunner:\n  default_agent: opencode\n",
  );
  const third = await list(second.etag);
  assert.equal(third.status, 200);
  assert.equal(third.body.usualAgent, "opencode");
});
