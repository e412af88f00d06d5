import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import {
  byteLength,
  byteSize,
  clipHead,
  clipTail,
  duration,
  oneLine,
  plural,
  thousands,
} from "./text.ts";

const ALPHABET = ["a", "é", "語", "👩‍🚀", "\n", " ", "\u0301", "🏳️‍🌈"];

Deno.test("clipHead() and clipTail() keep whole characters within the bytes for 300 seeds", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randoms(seed);
    const text = Array.from(
      { length: Math.floor(random() * 40) },
      () => pick(random, ALPHABET),
    ).join("");
    const max = Math.floor(random() * 60);
    const head = clipHead(text, max);
    const tail = clipTail(text, max);
    assert.ok(byteLength(head.text) <= max, `seed ${seed}`);
    assert.ok(byteLength(tail.text) <= max, `seed ${seed}`);
    assert.ok(text.startsWith(head.text) && text.endsWith(tail.text), `seed ${seed}`);
    assert.equal(byteLength(head.text) + head.leftOutBytes, byteLength(text), `seed ${seed}`);
    assert.equal(byteLength(tail.text) + tail.leftOutBytes, byteLength(text), `seed ${seed}`);
    assert.ok(max - byteLength(head.text) < 4 || head.leftOutBytes === 0, `seed ${seed}`);
  }
});

Deno.test("clipHead() keeps nothing when nothing is allowed", () => {
  assert.deepEqual(clipHead("abc", -1), { text: "", leftOutBytes: 3 });
  assert.deepEqual(clipTail("abc", 0), { text: "", leftOutBytes: 3 });
});

Deno.test("duration() tells two units at most", () => {
  const table: [number, string][] = [
    [-5, "0 ms"],
    [350.7, "350 ms"],
    [999, "999 ms"],
    [1000, "1 s"],
    [59_999, "59 s"],
    [60_000, "1 m 00 s"],
    [125_000, "2 m 05 s"],
    [3_599_999, "59 m 59 s"],
    [3_780_000, "1 h 03 m"],
    [86_400_000, "1 d 00 h"],
    [273_600_000, "3 d 04 h"],
    [Infinity, "unknown"],
    [NaN, "unknown"],
  ];
  for (const [ms, words] of table) assert.equal(duration(ms), words, String(ms));
});

Deno.test("byteSize() changes unit before it would print 1024", () => {
  const table: [number, string][] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [8192, "8.0 KiB"],
    [1024 * 1024 - 1, "1.0 MiB"],
    [1.5 * 1024 ** 3, "1.5 GiB"],
    [5000 * 1024 ** 4, "5000.0 TiB"],
    [-1, "0 B"],
    [NaN, "unknown"],
  ];
  for (const [bytes, words] of table) assert.equal(byteSize(bytes), words, String(bytes));
});

Deno.test("plural() and thousands() write counts as people do", () => {
  assert.equal(plural(1, "turn"), "1 turn");
  assert.equal(plural(0, "turn"), "0 turns");
  assert.equal(plural(12_345, "reply", "replies"), "12,345 replies");
  assert.equal(thousands(-1_234_567), "-1,234,567");
  assert.equal(thousands(1234.5678), "1,234.5678");
  assert.equal(thousands(999), "999");
});

Deno.test("oneLine() folds white space and says when it cut", () => {
  assert.equal(oneLine("  a\n b\tc ", 10), "a b c");
  assert.equal(oneLine("abcdef", 4), "abc…");
  assert.equal(oneLine("👩a👩b", 3), "👩a…");
});
