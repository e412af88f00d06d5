import assert from "node:assert/strict";
import { Slots } from "./slots.ts";

Deno.test("take() lets as many in as there are slots, the others in the order they came", async () => {
  const slots = new Slots(1);
  const { signal } = new AbortController();
  const order: number[] = [];
  const free = await slots.take(signal);
  const waiting = [1, 2, 3].map((it) =>
    slots.take(signal).then((done) => {
      order.push(it);
      done();
    })
  );
  assert.deepEqual(order, []);
  free();
  free();
  await Promise.all(waiting);
  assert.deepEqual(order, [1, 2, 3]);
  (await slots.take(signal))();
});

Deno.test("take() gives up its place when it is aborted", async () => {
  const slots = new Slots(1);
  const over = new AbortController();
  const free = await slots.take(over.signal);
  const late = slots.take(over.signal);
  over.abort();
  await assert.rejects(late);
  const { signal } = new AbortController();
  const next = slots.take(signal);
  free();
  (await next)();
  await assert.rejects(slots.take(AbortSignal.abort()));
});
