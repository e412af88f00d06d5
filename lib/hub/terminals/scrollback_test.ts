import assert from "node:assert/strict";
import { pick, randoms } from "../../../tests/support/random.ts";
import { Scrollback } from "./scrollback.ts";

const ESC = "\u001b";
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const bytes = (text: string) => encoder.encode(text);
const textOf = (kept: Uint8Array) => decoder.decode(kept);

Deno.test("since() gives all that fits, and goes on from a place that is kept", () => {
  const scrollback = new Scrollback(1_000);
  scrollback.push(bytes("one\r\ntwo\r\n"));
  assert.equal(scrollback.total, 10);
  const all = scrollback.since(null);
  assert.deepEqual([all.from, textOf(all.bytes), all.before?.length], [0, "one\r\ntwo\r\n", 0]);
  const rest = scrollback.since(5);
  assert.deepEqual([rest.from, textOf(rest.bytes), rest.before], [5, "two\r\n", null]);
  assert.deepEqual(scrollback.since(10).bytes.length, 0);
  // From another stream: all of this one.
  assert.equal(scrollback.since(11).from, 0);
  assert.notEqual(scrollback.since(11).before, null);
});

Deno.test("push() cuts between lines", () => {
  const scrollback = new Scrollback(400);
  for (let line = 0; line < 1_000; line++) scrollback.push(bytes(`line ${line}\r\n`));
  const { bytes: kept, from } = scrollback.since(null);
  const lines = textOf(kept).split("\r\n");
  assert.match(lines[0] ?? "", /^line \d+$/);
  assert.equal(lines.at(-2), "line 999");
  assert.ok(kept.length <= 400 && kept.length > 300, `${kept.length}`);
  assert.equal(from + kept.length, scrollback.total);
});

Deno.test("push() remembers the settings that the kept part stands in", () => {
  const scrollback = new Scrollback(400);
  scrollback.push(bytes(`${ESC}[?1049h${ESC}[?2004h${ESC}[32m`));
  for (let line = 0; line < 100; line++) scrollback.push(bytes(`line ${line}\r\n`));
  const { before } = scrollback.since(null);
  assert.equal(textOf(before ?? bytes("")), `${ESC}[?1049h${ESC}[?2004h${ESC}[32m`);
});

Deno.test("a stream without lines is cut between characters and outside of sequences", () => {
  const scrollback = new Scrollback(64 * 1024);
  for (let round = 0; round < 30_000; round++) scrollback.push(bytes(`日本${ESC}[3${round % 8}mé`));
  const { bytes: kept } = scrollback.since(null);
  assert.match(textOf(kept).slice(0, 8), new RegExp(`^(?:日|本|é|${ESC}\\[3\\dm)`));
  assert.ok(kept.length > 40_000);
});

Deno.test("a capacity of nothing keeps nothing but the place and the settings", () => {
  const scrollback = new Scrollback(0);
  scrollback.push(bytes(`${ESC}[?25lhello`));
  assert.equal(scrollback.total, 11);
  assert.equal(scrollback.since(null).bytes.length, 0);
  assert.equal(textOf(scrollback.since(null).before ?? bytes("")), `${ESC}[?25l`);
});

Deno.test("whatever comes, what is kept is the end of it", () => {
  const seed = 3;
  const random = randoms(seed);
  const parts = [
    "a",
    "\n",
    `${ESC}[1m`,
    ESC,
    "日本",
    "x".repeat(300),
    `${ESC}]0;t`,
    "\u0007",
    "\r\n",
  ];
  for (let round = 0; round < 60; round++) {
    const capacity = Math.floor(random() * 3_000);
    const scrollback = new Scrollback(capacity);
    let all = "";
    for (let push = 0; push < 120; push++) {
      const piece = Array.from({ length: 1 + random() * 9 }, () => pick(random, parts)).join("");
      all += piece;
      scrollback.push(bytes(piece));
    }
    const stream = bytes(all);
    const { from, bytes: kept } = scrollback.since(null);
    assert.equal(scrollback.total, stream.length);
    assert.ok(kept.length <= capacity, `seed ${seed}`);
    assert.deepEqual(kept, stream.slice(from), `seed ${seed}, capacity ${capacity}`);
    const place = from + Math.floor(random() * kept.length);
    assert.deepEqual(scrollback.since(place).bytes, stream.slice(place), `seed ${seed}`);
  }
});
