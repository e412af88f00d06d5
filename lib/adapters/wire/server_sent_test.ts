import assert from "node:assert/strict";
import { readServerSent } from "./server_sent.ts";

async function read(chunks: readonly string[], charsMax?: number): Promise<string[]> {
  const bytes = ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
  return await Array.fromAsync(readServerSent(bytes, charsMax));
}

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ["one event", "data: a\n\n", ["a"]],
  ["two lines of data", "data: a\ndata: b\n\n", ["a\nb"]],
  ["no blank after the colon", "data:a\n\n", ["a"]],
  ["carriage returns", "data: a\r\n\r\n", ["a"]],
  ["names, ids and comments", "event: x\nid: 7\n: hello\ndata: a\n\n", ["a"]],
  ["an event without data", "event: x\n\ndata: a\n\n", ["a"]],
  ["an event the end cuts off", "data: a\n\ndata: b\n", ["a"]],
  ["characters of several bytes", "data: é€😀\n\n", ["é€😀"]],
];

for (const [name, text, expected] of CASES) {
  Deno.test(`readServerSent() reads ${name}`, async () => {
    assert.deepEqual(await read([text]), expected);
  });
}

Deno.test("readServerSent() reads the same however the bytes are split", async () => {
  const bytes = new TextEncoder().encode("data: é€😀\ndata: b\r\n\r\ndata: c\n\n");
  for (let size = 1; size < bytes.length; size++) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    const read = await Array.fromAsync(readServerSent(ReadableStream.from(chunks)));
    assert.deepEqual(read, ["é€😀\nb", "c"], `chunks of ${size} bytes`);
  }
});

Deno.test("readServerSent() leaves out an event that is too long, and goes on", async () => {
  const long = "x".repeat(40);
  assert.deepEqual(await read([`data: ${long}\n\ndata: a\n\n`], 20), ["a"]);
  assert.deepEqual(await read(["data: ", long, long, "\n\n", "data: a\n\n"], 20), ["a"]);
});
