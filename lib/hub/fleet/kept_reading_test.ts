import assert from "node:assert/strict";
import { makeCarRepo, shellBody, ticketText } from "../../../tests/support/car_repo.ts";
import { systemClock } from "../../base/clock.ts";
import { repoPaths } from "../../control/roots.ts";
import { openSession } from "../session.ts";
import { KeptReading } from "./kept_reading.ts";

Deno.test("KeptReading shuts what it opened for looks, however they overlap, and keeps what somebody wants", async () => {
  const text = ticketText({ title: "One", agent: "shell" }, shellBody("true"));
  await using repo = await makeCarRepo({ tickets: [text] });
  const environment = { PATH: "/usr/bin:/bin", HOME: repo.home };
  const options = { clock: systemClock, environment, command: "a test", say: () => {} };
  // Makes the journal.
  await (await openSession(repo.cwd, options)).close();
  const kept = new KeptReading(repoPaths(repo.cwd), systemClock);
  const look = () => kept.glance(({ past }) => assert.ok(past));
  await Promise.all([look(), kept.catchUp(), look(), kept.catchUp()]);
  assert.equal(kept.openJournal, null);
  await assert.rejects(kept.glance(() => Promise.reject(new Error("no"))), /no/);
  assert.equal(kept.openJournal, null);
  await Promise.all([look(), kept.reading(), kept.catchUp()]);
  assert.ok(kept.openJournal);
  await look();
  assert.ok(kept.openJournal);
  kept.letGo();
  assert.equal(kept.openJournal, null);
  await look();
  assert.equal(kept.openJournal, null);
  await kept.close();
});
