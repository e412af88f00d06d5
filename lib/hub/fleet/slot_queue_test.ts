import assert from "node:assert/strict";
import { randoms } from "../../../tests/support/random.ts";
import { emptySlots, moveSlots, type SlotMove, slotOf, type SlotQueue } from "./slot_queue.ts";

const ask = (id: string): SlotMove => ({ type: "ask", id });
const renew = (id: string): SlotMove => ({ type: "renew", id });
const leave = (id: string): SlotMove => ({ type: "leave", id });

interface Row {
  readonly what: string;
  readonly max: number | null;
  readonly moves: readonly SlotMove[];
  readonly held: readonly string[];
  readonly waiting: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    what: "serves who comes while there is room",
    max: 2,
    moves: [ask("a"), ask("b")],
    held: ["a", "b"],
    waiting: [],
  },
  {
    what: "lets the next ones wait in order",
    max: 1,
    moves: [ask("a"), ask("b"), ask("c")],
    held: ["a"],
    waiting: ["b", "c"],
  },
  {
    what: "gives a free slot to the first in line",
    max: 1,
    moves: [ask("a"), ask("b"), ask("c"), leave("a")],
    held: ["b"],
    waiting: ["c"],
  },
  {
    what: "sends one that renews behind all who wait",
    max: 1,
    moves: [ask("a"), ask("b"), renew("a")],
    held: ["b"],
    waiting: ["a"],
  },
  {
    what: "lets one that renews keep it when nobody waits",
    max: 1,
    moves: [ask("a"), renew("a")],
    held: ["a"],
    waiting: [],
  },
  {
    what: "gives a renewing newcomer a slot like any other",
    max: 1,
    moves: [renew("a"), renew("b")],
    held: ["a"],
    waiting: ["b"],
  },
  {
    what: "keeps the place of one that asks twice",
    max: 1,
    moves: [ask("a"), ask("b"), ask("c"), ask("b")],
    held: ["a"],
    waiting: ["b", "c"],
  },
  {
    what: "keeps the place of one that renews while it waits",
    max: 1,
    moves: [ask("a"), ask("b"), ask("c"), renew("b")],
    held: ["a"],
    waiting: ["b", "c"],
  },
  {
    what: "forgets one that leaves the line",
    max: 1,
    moves: [ask("a"), ask("b"), ask("c"), leave("b")],
    held: ["a"],
    waiting: ["c"],
  },
  {
    what: "does not mind one that was never there",
    max: 1,
    moves: [ask("a"), leave("x")],
    held: ["a"],
    waiting: [],
  },
  {
    what: "serves all without a limit",
    max: null,
    moves: [ask("a"), ask("b"), ask("c")],
    held: ["a", "b", "c"],
    waiting: [],
  },
  {
    what: "serves more when there are more slots",
    max: 1,
    moves: [ask("a"), ask("b"), ask("c"), { type: "resize", max: 2 }],
    held: ["a", "b"],
    waiting: ["c"],
  },
  {
    what: "takes none away when there are fewer",
    max: 2,
    moves: [ask("a"), ask("b"), ask("c"), { type: "resize", max: 1 }, leave("a")],
    held: ["b"],
    waiting: ["c"],
  },
];

for (const { what, max, moves, held, waiting } of ROWS) {
  Deno.test(`moveSlots() ${what}`, () => {
    const queue = moves.reduce(moveSlots, emptySlots(max));
    assert.deepEqual({ held: queue.held, waiting: queue.waiting }, { held, waiting });
  });
}

Deno.test("slotOf() tells who holds one, who is next, and who is neither", () => {
  const queue = [ask("a"), ask("b"), ask("c")].reduce(moveSlots, emptySlots(1));
  assert.deepEqual(["a", "b", "c", "d"].map((id) => slotOf(queue, id)), [
    "held",
    { waiting: 1 },
    { waiting: 2 },
    "none",
  ]);
});

Deno.test("moveSlots() lets nobody work a second ticket while another waits for its first", () => {
  let queue: SlotQueue = emptySlots(3);
  const ids = Array.from({ length: 10 }, (_, at) => `r${at}`);
  const worked: string[] = [];
  for (const id of ids) queue = moveSlots(queue, ask(id));
  while (worked.length < 10) {
    const id = queue.held[0] ?? "";
    worked.push(id);
    queue = moveSlots(queue, renew(id));
  }
  assert.deepEqual(worked.toSorted(), ids.toSorted());
});

Deno.test("moveSlots() never gives out more than there are, leaves one idle or passes one over, whatever is asked", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = randoms(seed);
  const pick = (count: number) => Math.floor(random() * count);
  for (let round = 0; round < 200; round++) {
    const max = 1 + pick(4);
    let queue = emptySlots(max);
    for (let move = 0; move < 60; move++) {
      const id = `r${pick(8)}`;
      const moves = [ask(id), renew(id), leave(id)] as const;
      const before = queue.waiting.filter((it) => it !== id);
      queue = moveSlots(queue, moves[pick(3)] ?? ask(id));
      const still = queue.waiting.filter((it) => before.includes(it));
      assert.deepEqual(
        still,
        before.slice(before.length - still.length),
        `one was passed over, seed ${seed}`,
      );
      const all = [...queue.held, ...queue.waiting];
      assert.equal(new Set(all).size, all.length, `one stands twice, seed ${seed}`);
      assert.ok(queue.held.length <= max, `too many, seed ${seed}`);
      assert.ok(
        queue.waiting.length === 0 || queue.held.length === max,
        `a slot is idle, seed ${seed}`,
      );
    }
  }
});
