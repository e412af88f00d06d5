import assert from "node:assert/strict";
import { changedPart, moved, waitsFor } from "./queue_order.ts";

Deno.test("moved() puts one item elsewhere and keeps the rest in order", () => {
  const rows = [
    [0, 2, "bcad"],
    [3, 0, "dabc"],
    [1, 1, "abcd"],
    [2, 99, "abdc"],
    [9, 0, "abcd"],
  ] as const;
  for (const [from, to, expected] of rows) {
    assert.equal(moved([..."abcd"], from, to).join(""), expected);
  }
});

Deno.test("changedPart() is the smallest stretch that holds every change", () => {
  assert.equal(changedPart([..."abcd"], [..."abcd"]), null);
  assert.deepEqual(changedPart([..."abcd"], [..."acbd"]), ["c", "b"]);
  assert.deepEqual(changedPart([..."abcd"], [..."dabc"]), [..."dabc"]);
});

Deno.test("waitsFor() finds tickets by number, name and id", () => {
  const all = [1, 2, 3].map((number) => ({ id: `tkt_${number}`, number, dependsOn: [] }));
  const ticket = { id: "tkt_9", number: 9, dependsOn: [1, "TICKET-002", "tkt_3", "tkt_x", 77] };
  assert.deepEqual(waitsFor(ticket, [...all, ticket]), [1, 2, 3]);
});
