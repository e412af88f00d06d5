import assert from "node:assert/strict";
import { pick, randoms } from "../tests/support/random.ts";
import { threeWay } from "./three_way.ts";

Deno.test("threeWay() takes from both what does not touch, and mine where both changed", () => {
  const rows = [
    ["a\nb\nc\n", "a\nB\nc\n", "a\nb\nc\n", "a\nB\nc\n", 0],
    ["a\nb\nc\n", "a\nb\nc\n", "a\nb\nC\n", "a\nb\nC\n", 0],
    ["a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n", 0],
    ["a\nb\nc\n", "A\nb\nc\n", "a\nB\nc\n", "A\nB\nc\n", 0],
    ["a\nb\nc\n", "a\nX\nc\n", "a\nX\nc\n", "a\nX\nc\n", 0],
    ["a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n", "a\nX\nc\n", 1],
    ["a\nb\n", "a\nx\nb\n", "a\ny\nb\n", "a\nx\nb\n", 1],
    ["a\nb\n", "a\nb\nx\n", "n\na\nb\n", "n\na\nb\nx\n", 0],
    ["a\nb\nc\n", "c\n", "a\nb\nc\nd\n", "c\nd\n", 0],
    ["a\nb", "a\nb\n", "A\nb", "A\nb\n", 0],
    ["", "x\n", "", "x\n", 0],
    ["", "x\n", "y\n", "x\n", 1],
    ["a\nb\nc\nd\n", "a\nd\n", "a\nB\nc\nd\n", "a\nd\n", 1],
  ] as const;
  for (const [base, mine, theirs, text, clashes] of rows) {
    assert.deepEqual(threeWay(base, mine, theirs), { text, clashes });
  }
});

Deno.test("threeWay() loses no change of one side, whatever the texts (2,000 seeded texts)", () => {
  const random = randoms(4711);
  const line = () => `${pick(random, ["a", "b", "c", "d"])}\n`;
  const textOf = () => Array.from({ length: Math.floor(random() * 9) }, line).join("");
  for (let at = 0; at < 2_000; at++) {
    const [base, other] = [textOf(), textOf()];
    const words = `seed 4711, text ${at}`;
    assert.deepEqual(threeWay(base, other, base), { text: other, clashes: 0 }, words);
    assert.deepEqual(threeWay(base, base, other), { text: other, clashes: 0 }, words);
    assert.deepEqual(threeWay(base, other, other), { text: other, clashes: 0 }, words);
  }
});
