import assert from "node:assert/strict";
import { arrowFor, pageKey, SCREEN_KEYS, withControl } from "./terminal_keys.ts";

const stroke = (keys: string) => {
  const parts = keys.split("+");
  return {
    key: parts.at(-1) ?? "",
    ctrlKey: parts.includes("Ctrl"),
    shiftKey: parts.includes("Shift"),
    altKey: parts.includes("Alt"),
    metaKey: parts.includes("Meta"),
  };
};

Deno.test("pageKey() leaves all but three keys to the program", () => {
  const table = [
    ["Ctrl+Shift+C", "copy"],
    ["Ctrl+Shift+c", "copy"],
    ["Ctrl+Shift+F", "find"],
    ["Ctrl+Shift+ArrowUp", "leave"],
    ["Ctrl+f", null],
    ["Ctrl+Shift+Alt+F", null],
    ["Ctrl+c", null],
    ["Ctrl+k", null],
    ["Ctrl+ArrowUp", null],
    ["Shift+ArrowUp", null],
    ["Ctrl+Shift+Alt+C", null],
    ["Meta+Ctrl+Shift+C", null],
    ["Shift+Tab", null],
    ["Escape", null],
    ["?", null],
  ] as const;
  for (const [keys, wanted] of table) assert.equal(pageKey(stroke(keys)), wanted, keys);
});

Deno.test("withControl() makes of a character what Ctrl makes of it", () => {
  const table = [
    ["c", "\u0003"],
    ["C", "\u0003"],
    ["r", "\u0012"],
    ["[", "\u001b"],
    ["@", "\u0000"],
    [" ", "\u0000"],
    ["_", "\u001f"],
    ["?", "\u007f"],
    ["1", "1"],
    ["é", "é"],
    ["ls", "ls"],
    ["\u001b[A", "\u001b[A"],
  ] as const;
  for (const [text, wanted] of table) assert.equal(withControl(text), wanted, text);
});

Deno.test("arrowFor() tells an editor its own arrows, and leaves all other keys", () => {
  const arrows = SCREEN_KEYS.filter(({ text }) => text.startsWith("\u001b["));
  assert.deepEqual(
    arrows.map(({ text }) => arrowFor(text, { applicationCursorKeysMode: true })),
    ["\u001bOA", "\u001bOB", "\u001bOD", "\u001bOC"],
  );
  for (const { text } of SCREEN_KEYS) {
    assert.equal(arrowFor(text, { applicationCursorKeysMode: false }), text);
  }
});
