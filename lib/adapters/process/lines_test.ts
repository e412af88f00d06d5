import assert from "node:assert/strict";
import { flood } from "../../../tests/support/flood.ts";
import { LINE_BYTES_MAX, type LineOptions, readLines } from "./lines.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks);
}

async function linesOf(chunks: readonly Uint8Array[], options?: LineOptions): Promise<string[]> {
  return await Array.fromAsync(readLines(streamOf(chunks), options));
}

Deno.test("readLines() splits", async (t) => {
  const table: readonly [string, readonly string[]][] = [
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["\n", [""]],
    ["\n\na", ["", "", "a"]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["a\rb\n", ["a\rb"]],
    ["\r\n", [""]],
    ["a\0b\n\0", ["a\0b", "\0"]],
    ["\ufeffa\n", ["\ufeffa"]],
  ];
  for (const [text, expected] of table) {
    await t.step(JSON.stringify(text), async () => {
      assert.deepEqual(await linesOf([bytes(text)]), expected);
    });
  }
});

Deno.test("readLines() gives the same lines wherever the chunks are cut", async () => {
  const text = 'grüße €\r\n{"a":"😀"}\n\n漢字';
  const whole = bytes(text);
  const expected = ["grüße €", '{"a":"😀"}', "", "漢字"];
  for (let at = 0; at <= whole.length; at++) {
    assert.deepEqual(
      await linesOf([whole.slice(0, at), whole.slice(at)]),
      expected,
      `cut at ${at}`,
    );
  }
  assert.deepEqual(await linesOf([...whole].map((it) => new Uint8Array([it]))), expected);
});

Deno.test("readLines() shows bytes that are no UTF-8 and goes on", async () => {
  assert.deepEqual(await linesOf([new Uint8Array([0xff, 0x0a, 0xe2, 0x82, 0x0a, 0x61])]), [
    "\ufffd",
    "\ufffd",
    "a",
  ]);
});

Deno.test("readLines() keeps both ends of an oversize line and counts the rest", async () => {
  for (const bytesMax of [4, 8, 9, 100]) {
    for (let extra = -1; extra <= 3 * bytesMax; extra++) {
      const long = "x".repeat(bytesMax + extra - 1) + "y";
      for (const step of [1, 3, 1000]) {
        const text = `${long}\nnext\n`.slice(0, -1) + "\n";
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < text.length; at += step) {
          chunks.push(bytes(text.slice(at, at + step)));
        }
        const dropped: number[] = [];
        const lines = await linesOf(chunks, { bytesMax, onOversize: (n) => dropped.push(n) });
        assert.equal(lines[1], "next");
        if (extra <= 0) {
          assert.equal(lines[0], long);
          assert.deepEqual(dropped, []);
          continue;
        }
        const end = Math.floor(bytesMax / 4);
        assert.deepEqual(dropped, [long.length - 2 * end], `${bytesMax}+${extra}/${step}`);
        assert.ok(lines[0]?.endsWith(`${dropped[0]} bytes left out ...]${long.slice(-end)}`));
      }
    }
  }
});

Deno.test("readLines() stays flat over 1 GB without a line end", async () => {
  const { lines, dropped, grown } = await flood("lines");
  assert.equal(lines, 1);
  assert.equal(dropped, 2 ** 30 - 2 * 4096);
  assert.ok(Number(grown) < 20 * LINE_BYTES_MAX, `grew by ${grown} bytes`);
});

Deno.test("readLines() cancels the stream when its reader leaves", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(bytes("a\n")),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const line of readLines(stream)) {
    assert.equal(line, "a");
    break;
  }
  assert.ok(cancelled);
});
