import assert from "node:assert/strict";
import { inParallel } from "./in_parallel.ts";

Deno.test("inParallel() keeps the order and the width", async () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  let running = 0;
  let most = 0;
  const results = await inParallel(3, items, async (item) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < item % 5; turn++) await Promise.resolve();
    running--;
    return item * 2;
  });
  assert.deepEqual(results, items.map((item) => item * 2));
  assert.equal(most, 3);
  assert.deepEqual(await inParallel(3, [], () => Promise.resolve(1)), []);
});

Deno.test("inParallel() begins nothing after a failure and throws it when the others are over", async () => {
  const begun: number[] = [];
  let over = 0;
  await assert.rejects(
    inParallel(2, [1, 2, 3, 4], async (item) => {
      begun.push(item);
      if (item === 1) throw new Error("one");
      for (let turn = 0; turn < 9; turn++) await Promise.resolve();
      over++;
    }),
    /one/,
  );
  assert.deepEqual([begun, over], [[1, 2], 1]);
});
