import assert from "node:assert/strict";
import { SseReader } from "./sse_reader.ts";

const STREAM =
  ': hello\n\nid: 7\nevent: step\ndata: {"a":\ndata: 1}\n\ndata: plain\r\n\r\nid: 9\n\n';
const MESSAGES = [
  { type: "step", data: '{"a":\n1}', id: "7" },
  { type: "message", data: "plain", id: null },
];

Deno.test("SseReader gives the same messages wherever the text is cut", () => {
  for (let at = 0; at <= STREAM.length; at++) {
    const reader = new SseReader();
    const got = [...reader.push(STREAM.slice(0, at)), ...reader.push(STREAM.slice(at))];
    assert.deepEqual(got, MESSAGES, `cut at ${at}`);
  }
});
