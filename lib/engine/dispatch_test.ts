import assert from "node:assert/strict";
import {
  type FiledDispatch,
  historyName,
  newReplies,
  nextHistoryNumber,
  openHandoffs,
  parseDispatchMode,
  parseHistoryName,
  type Reply,
} from "./dispatch.ts";

const reply = (number: number, answers: number | null = null): Reply => ({
  number,
  answers,
  text: `reply ${number}`,
  attachments: [],
});
const dispatch = (number: number, mode: "notify" | "pause"): FiledDispatch => ({
  number,
  mode,
  title: "",
  body: "",
  attachments: [],
});

Deno.test("parseDispatchMode() takes the two words and nothing as notify", () => {
  const table: [unknown, string | null][] = [
    [undefined, "notify"],
    [null, "notify"],
    ["", "notify"],
    ["pause", "pause"],
    [" PAUSE ", "pause"],
    ["notify", "notify"],
    ["ask", null],
    [true, null],
    [["pause"], null],
  ];
  for (const [word, mode] of table) assert.equal(parseDispatchMode(word), mode, String(word));
});

Deno.test("nextHistoryNumber() goes on after the highest and ignores foreign names", () => {
  assert.equal(nextHistoryNumber([]), 1);
  assert.equal(nextHistoryNumber(["0001", "0007", "notes", ".tmp", "12"]), 8);
  assert.equal(parseHistoryName(historyName(12_345)), 12_345);
  for (const name of ["0000", "001", "00a1", "0001.tmp", "-001", "1".repeat(30)]) {
    assert.equal(parseHistoryName(name), null, name);
  }
});

Deno.test("newReplies() tells each reply once, in order", () => {
  const all = [reply(3), reply(1), reply(2), reply(3)];
  assert.deepEqual(newReplies(all, 1).map((it) => it.number), [2, 3]);
  assert.deepEqual(newReplies(all, 3), []);
});

Deno.test("openHandoffs() leaves out what a later reply has answered", () => {
  const all = [dispatch(4, "pause"), dispatch(1, "pause"), dispatch(2, "notify")];
  const numbers = (replies: Reply[]) => openHandoffs(all, replies).map((it) => it.number);
  assert.deepEqual(numbers([]), [1, 4]);
  assert.deepEqual(numbers([reply(1, null)]), [1, 4]);
  assert.deepEqual(numbers([reply(1, 2)]), [4]);
  assert.deepEqual(numbers([reply(1, 2), reply(2, 4)]), []);
});
