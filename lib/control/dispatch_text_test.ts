import assert from "node:assert/strict";
import { parseDispatch, parseReply, readFiledDispatch } from "./dispatch_text.ts";

Deno.test("parseDispatch() reads mode, title and body, each with a default", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ["---\nmode: pause\ntitle: Which one?\n---\nA or B?\n", "pause", "Which one?", "A or B?"],
    ["# Half way\n\nGoing on.\n", "notify", "Half way", "# Half way\n\nGoing on."],
    ["---\r\ntitle: T\r\n---\r\nB\r\n", "notify", "T", "B"],
    ["\uFEFF---\nmode: PAUSE\n---\n- one\n", "pause", "one", "- one"],
    ["---\nmode: pause\nextra: [1, 2]\n---\n", "pause", "Message", ""],
    ['---\ntitle: "a\\nb"\n---\nx', "notify", "a b", "x"],
    ["---\ntitle: 5\n---\nx", "notify", "5", "x"],
    ["plain 😀", "notify", "plain 😀", "plain 😀"],
  ];
  for (const [text, mode, title, body] of cases) {
    assert.deepEqual(parseDispatch(text), { ok: true, text: { mode, title, body } }, text);
  }
});

Deno.test("parseDispatch() names line and fault of a broken one", () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["", 1, /says nothing/],
    ["  \n\n", 1, /says nothing/],
    ["---\ntitle: x\nmode: ask\n---\nx", 3, /mode: found "ask"; allowed: notify, pause/],
    ["---\nmode: [pause]\n---\nx", 2, /mode: found "list"/],
    ["---\nmode: pause\nx", 1, /cannot be read \(open/],
    ["---\nmode: a\nmode: b\n---\nx", 3, /duplicate key/],
    ["---\na: &x 1\n---\nx", 2, /alias/],
  ];
  for (const [text, line, words] of cases) {
    const reading = parseDispatch(text);
    assert.ok(!reading.ok, text);
    assert.equal(reading.line, line, text);
    assert.match(reading.message, words, text);
  }
});

Deno.test("readFiledDispatch() shows what became unreadable", () => {
  assert.deepEqual(readFiledDispatch("---\nmode: ask\n---\nbody"), {
    mode: "notify",
    title: "mode: ask",
    body: "---\nmode: ask\n---\nbody",
  });
  assert.equal(readFiledDispatch("").title, "Message");
});

Deno.test("parseReply() takes the text, with its title when there is one", () => {
  assert.equal(parseReply("Take A.\n"), "Take A.");
  assert.equal(parseReply("---\ntitle: Choice\n---\nTake A."), "Choice\n\nTake A.");
  assert.equal(parseReply("---\n[not: yaml\n---\nB"), "---\n[not: yaml\n---\nB");
  assert.equal(parseReply("--- a line"), "--- a line");
});
