import assert from "node:assert/strict";
import { randoms } from "../../../tests/support/random.ts";
import { INPUT_BYTES_MAX, InputQueue } from "./input_queue.ts";

Deno.test("drain() hands over all that was added, in order, however little is taken", () => {
  const seed = 7;
  const random = randoms(seed);
  const queue = new InputQueue();
  const sent: number[] = [];
  const taken: number[] = [];
  for (let round = 0; round < 2_000; round++) {
    const bytes = new Uint8Array(Math.floor(random() * 40)).map(() => random() * 256);
    assert.ok(queue.add(bytes));
    sent.push(...bytes);
    if (random() < 0.5) continue;
    queue.drain((piece) => {
      const count = Math.floor(random() * (piece.length + 1));
      taken.push(...piece.subarray(0, count));
      return count;
    });
  }
  queue.drain((piece) => {
    taken.push(...piece);
    return piece.length;
  });
  assert.deepEqual(taken, sent, `seed ${seed}`);
  assert.ok(queue.isEmpty);
});

Deno.test("add() takes all or nothing, and keeps its own copy", () => {
  const queue = new InputQueue();
  const bytes = new Uint8Array([1, 2, 3]);
  assert.ok(queue.add(bytes));
  bytes.fill(9);
  assert.ok(!queue.add(new Uint8Array(INPUT_BYTES_MAX - 2)));
  assert.ok(queue.add(new Uint8Array(INPUT_BYTES_MAX - 3)));
  const heads: number[] = [];
  queue.drain((piece) => {
    heads.push(piece[0] ?? -1);
    return piece.length;
  });
  assert.deepEqual(heads, [1, 0]);
});
