import assert from "node:assert/strict";
import { soon } from "../tests/support/soon.ts";
import { EventPace, type Paced } from "./event_pace.ts";

class Counted implements Paced {
  flushedMs = 0;
  flushes = 0;

  flush(): void {
    this.flushes++;
    this.flushedMs = performance.now();
  }
}

Deno.test("soon() gives each event at once while clients are few", () => {
  const pace = new EventPace(() => 10);
  const client = new Counted();
  for (let event = 0; event < 5; event++) pace.soon(client);
  assert.equal(client.flushes, 5);
});

Deno.test("soon() gives many clients the first at once and gathers the rest of a burst", async () => {
  const pace = new EventPace(() => 500);
  const clients = Array.from({ length: 3 }, () => new Counted());
  for (let event = 0; event < 5; event++) for (const client of clients) pace.soon(client);
  assert.deepEqual(clients.map((it) => it.flushes), [1, 1, 1]);
  await soon("the rest", () => Promise.resolve(clients.every((it) => it.flushes === 2)));
});

Deno.test("forget() leaves no timer behind for who has gone", () => {
  const pace = new EventPace(() => 500);
  const client = new Counted();
  pace.soon(client);
  pace.soon(client);
  pace.forget(client);
  assert.equal(client.flushes, 1);
});
