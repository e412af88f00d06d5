import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import { CarError } from "../base/errors.ts";
import { checkOff, openTodos, parseTodo } from "./todo_queue.ts";

const LIST = `# Todo

- [ ] First thing
  with a second line

      and code
- [x] Done thing
* [X] Done too
1. [ ] Numbered
   - [ ] Nested
- [] no box
- [ ]
- [link](x)
\`\`\`
- [ ] example
\`\`\`
> - [ ] Quoted
tail
`;

Deno.test("parseTodo() gives the boxes in order, with what belongs to each", () => {
  assert.deepEqual(
    parseTodo(LIST).map((it) => [it.index, it.line, it.done, it.text, it.detail]),
    [
      [0, 3, false, "First thing", "with a second line\n\n    and code"],
      [1, 7, true, "Done thing", ""],
      [2, 8, true, "Done too", ""],
      [3, 9, false, "Numbered", ""],
      [4, 10, false, "Nested", ""],
      [5, 12, false, "", ""],
      [6, 17, false, "Quoted", ""],
    ],
  );
  assert.deepEqual(openTodos(LIST).map((it) => it.text), [
    "First thing",
    "Numbered",
    "Nested",
    "Quoted",
  ]);
});

Deno.test("checkOff() changes one character", () => {
  for (const text of [LIST, LIST.replaceAll("\n", "\r\n"), `\uFEFF${LIST}`]) {
    for (const item of openTodos(text)) {
      const after = checkOff(text, item);
      assert.equal(after, text.slice(0, item.offset) + "x" + text.slice(item.offset + 1));
      assert.equal(openTodos(after).length, openTodos(text).length - 1);
    }
  }
});

Deno.test("checkOff() finds a box that moved, the nearest of two with the same words", () => {
  const text = "- [ ] a\n- [ ] b\n- [ ] a\n";
  assert.equal(checkOff(`\n\n${text}`, { text: "b", line: 2 }), "\n\n- [ ] a\n- [x] b\n- [ ] a\n");
  assert.equal(checkOff(text, { text: "a", line: 3 }), "- [ ] a\n- [ ] b\n- [x] a\n");
  assert.throws(
    () => checkOff("- [x] a\n", { text: "a", line: 1 }),
    (thrown) => thrown instanceof CarError && thrown.code === "conflict",
  );
});

Deno.test("parseTodo() finds every offset whatever the text", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const random = randoms(seed);
  const parts = [
    "- [ ] ",
    "- [x] ",
    "\n",
    "\r\n",
    "  ",
    "\t",
    "```",
    "~~~",
    "> ",
    "é😀",
    "word",
    "[ ]",
    "1. ",
    "#",
  ];
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: Math.floor(random() * 25) }, () => pick(random, parts)).join(
      "",
    );
    for (const item of parseTodo(text)) {
      assert.match(text.slice(item.offset - 1, item.offset + 2), /^\[[ xX]\]$/, `seed ${seed}`);
    }
  }
});
