import assert from "node:assert/strict";
import { turnOfLoop } from "./loop_turn.ts";

const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("turnOfLoop() lets a single work go on at once, and gives each of many a turn of its own", async () => {
  await nextTurn();
  assert.equal(turnOfLoop(), undefined);
  const order: string[] = [];
  const works = ["a", "b", "c"].map(async (name) => {
    await turnOfLoop();
    order.push(name);
    // What is due at once comes before the next work.
    queueMicrotask(() => order.push(`after ${name}`));
  });
  await Promise.all(works);
  assert.deepEqual(order.slice(0, 5), ["a", "after a", "b", "after b", "c"]);
  await nextTurn();
  assert.equal(turnOfLoop(), undefined);
  await nextTurn();
});

Deno.test("turnOfLoop() lets timers fire between the works of a burst", async () => {
  let fired = 0;
  const timer = setInterval(() => fired++, 1);
  await Promise.all(Array.from({ length: 40 }, async () => {
    await turnOfLoop();
    const until = performance.now() + 2;
    while (performance.now() < until);
  }));
  clearInterval(timer);
  assert.ok(fired > 5, `fired ${fired} times`);
});
