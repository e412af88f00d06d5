import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import {
  type ClientMessage,
  CLOSINGS,
  decodeClientMessage,
  decodeServerMessage,
  encodeMessage,
  fitSize,
  INPUT_FRAME_BYTES_MAX,
  inputFrames,
  type ServerMessage,
  SIZE_MAX,
  SIZE_MIN,
  TEXT_FRAME_MAX,
} from "./terminal_wire.ts";
import { rounds } from "../../tests/support/rounds.ts";

const CLIENT: readonly ClientMessage[] = [
  { type: "resize", cols: 80, rows: 24 },
  { type: "resize", cols: SIZE_MAX, rows: SIZE_MIN },
  { type: "offset", offset: 0 },
  { type: "offset", offset: Number.MAX_SAFE_INTEGER },
  { type: "ping" },
];
const SERVER: readonly ServerMessage[] = [
  { type: "offset", offset: 12 },
  { type: "resize", cols: 132, rows: 43 },
  { type: "input_full" },
  { type: "exit", code: 0, signal: null },
  { type: "exit", code: 129, signal: "SIGHUP" },
  { type: "exit", code: 162, signal: "signal 34" },
  { type: "pong" },
];

Deno.test("every message comes back as it was sent, and fits a frame", () => {
  for (const message of CLIENT) {
    assert.deepEqual(decodeClientMessage(encodeMessage(message)), message);
    assert.ok(encodeMessage(message).length <= TEXT_FRAME_MAX);
  }
  for (const message of SERVER) {
    assert.deepEqual(decodeServerMessage(encodeMessage(message)), message);
    assert.ok(encodeMessage(message).length <= TEXT_FRAME_MAX);
  }
});

Deno.test("decode refuses what is no message", () => {
  const frames = [
    "",
    "null",
    "[]",
    '"ping"',
    "{",
    "{}",
    '{"type":1}',
    '{"type":"constructor"}',
    '{"type":"__proto__"}',
    '{"type":"toString"}',
    '{"type":"exit","code":256,"signal":null}',
    '{"type":"exit","code":0}',
    '{"type":"exit","code":0,"signal":"<b>"}',
    '{"type":"offset"}',
    '{"type":"offset","offset":-1}',
    '{"type":"offset","offset":1.5}',
    '{"type":"offset","offset":"1"}',
    '{"type":"offset","offset":1e300}',
    '{"type":"resize","cols":80}',
    '{"type":"resize","cols":1,"rows":24}',
    '{"type":"resize","cols":1001,"rows":24}',
    '{"type":"resize","cols":80,"rows":null}',
    JSON.stringify({ type: "ping", more: "x".repeat(TEXT_FRAME_MAX) }),
  ];
  for (const frame of frames) {
    assert.equal(decodeClientMessage(frame), null, frame);
    assert.equal(decodeServerMessage(frame), null, frame);
  }
  assert.equal(decodeClientMessage('{"type":"pong"}'), null);
  assert.equal(decodeServerMessage('{"type":"ping"}'), null);
});

Deno.test("decode drops fields nobody asked for", () => {
  assert.deepEqual(decodeClientMessage('{"type":"ping","__proto__":{"a":1}}'), { type: "ping" });
});

Deno.test("decode answers any text without throwing, and what it takes is sound", () => {
  const seed = 11;
  const random = randoms(seed);
  const parts = [
    '{"type":',
    '"resize"',
    '"offset"',
    '"exit"',
    ',"cols":',
    ',"rows":',
    ',"offset":',
    ',"code":',
    ',"signal":',
    "80",
    "-3",
    "1e9",
    "null",
    '"SIGHUP"',
    "}",
    "[",
    "\\",
    "\u0000",
    "\ud800",
  ];
  for (let round = 0; round < rounds(30_000); round++) {
    const length = 1 + Math.floor(random() * 9);
    const frame = Array.from({ length }, () => pick(random, parts)).join("");
    for (const decode of [decodeClientMessage, decodeServerMessage]) {
      const message = decode(frame);
      if (message === null) continue;
      assert.deepEqual(decode(encodeMessage(message)), message, `seed ${seed}: ${frame}`);
    }
  }
});

Deno.test("fitSize() makes any numbers a size", () => {
  assert.deepEqual(fitSize({ cols: 80.9, rows: 24 }), { cols: 80, rows: 24 });
  assert.deepEqual(fitSize({ cols: 0, rows: 1e9 }), { cols: SIZE_MIN, rows: SIZE_MAX });
  assert.deepEqual(fitSize({ cols: NaN, rows: -Infinity }), { cols: SIZE_MIN, rows: SIZE_MIN });
});

Deno.test("inputFrames() splits a paste and loses nothing", () => {
  for (const length of [0, 1, INPUT_FRAME_BYTES_MAX, INPUT_FRAME_BYTES_MAX * 2 + 1]) {
    const bytes = new Uint8Array(length).map((_, at) => at % 251);
    const frames = [...inputFrames(bytes)];
    assert.ok(frames.every((it) => it.length > 0 && it.length <= INPUT_FRAME_BYTES_MAX));
    assert.deepEqual(frames.flatMap((it) => [...it]), [...bytes]);
  }
});

Deno.test("closings have codes of their own, of the range for applications", () => {
  const codes = Object.values(CLOSINGS).map((it) => it.code);
  assert.equal(new Set(codes).size, codes.length);
  assert.ok(codes.every((it) => it >= 4000 && it <= 4999));
});
