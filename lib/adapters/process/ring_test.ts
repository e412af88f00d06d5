import assert from "node:assert/strict";
import { ByteRing } from "./ring.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("ByteRing keeps the newest bytes, however they were cut", () => {
  const text = "abcdefghijklmnopqrstuvwxyz";
  for (let capacity = 0; capacity <= 30; capacity++) {
    for (let step = 1; step <= 27; step++) {
      const ring = new ByteRing(capacity);
      for (let at = 0; at < text.length; at += step) ring.push(bytes(text.slice(at, at + step)));
      const expected = capacity === 0 ? "" : text.slice(-capacity);
      assert.equal(new TextDecoder().decode(ring.bytes()), expected, `${capacity}/${step}`);
      assert.equal(ring.total, text.length);
    }
  }
});

Deno.test("ByteRing.text() drops the rest of a character cut at the front", () => {
  const ring = new ByteRing(6);
  ring.push(bytes("a€€€"));
  assert.equal(ring.text(), "€€");
  ring.push(bytes("b"));
  assert.equal(ring.text(), "€b");
});

Deno.test("ByteRing.text() shows bytes that are no UTF-8 when nothing was cut", () => {
  const ring = new ByteRing(6);
  ring.push(new Uint8Array([0x80, 0x41]));
  assert.equal(ring.text(), "\ufffdA");
});
