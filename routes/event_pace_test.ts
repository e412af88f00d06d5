import assert from "node:assert/strict";
import { soon } from "../tests/support/soon.ts";
import { EventPace, type Paced } from "./event_pace.ts";

class Counted implements Paced {
  flushes = 0;

  flush(): void {
    this.flushes++;
  }
}

Deno.test("soon() gives each event at once while clients are few", () => {
  const pace = new EventPace(() => 10);
  const client = new Counted();
  for (let event = 0; event < 5; event++) pace.soon(client);
  assert.equal(client.flushes, 5);
});

Deno.test("soon() gathers a burst for many clients", async () => {
  const pace = new EventPace(() => 500);
  const clients = Array.from({ length: 3 }, () => new Counted());
  for (let event = 0; event < 5; event++) for (const client of clients) pace.soon(client);
  assert.deepEqual(clients.map((it) => it.flushes), [0, 0, 0]);
  await soon("all", () => Promise.resolve(clients.every((it) => it.flushes === 1)));
});

Deno.test("forget() leaves no timer behind for who has gone", () => {
  const pace = new EventPace(() => 500);
  const client = new Counted();
  pace.soon(client);
  pace.forget(client);
  assert.equal(client.flushes, 0);
});
