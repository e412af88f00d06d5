import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import { CarError } from "../base/errors.ts";
import { entryOf, parseFrontmatter } from "./frontmatter.ts";
import { type KeyValue, removeKey, setKey, yamlLiteral } from "./frontmatter_edit.ts";
import { rounds } from "../../tests/support/rounds.ts";

const EDITS = [
  [
    "---\na: 1\ndone: false # why\nb: 2\n---\nx",
    "done",
    true,
    "---\na: 1\ndone: true # why\nb: 2\n---\nx",
  ],
  ["---\ndone:   'no'\t# c\n---\n", "done", false, "---\ndone:   false\t# c\n---\n"],
  [
    "\uFEFF---\r\ndone: no\r\n---\r\nb\r\n",
    "done",
    true,
    "\uFEFF---\r\ndone: true\r\n---\r\nb\r\n",
  ],
  ["---\r\na: 1\r\n...\r\nb", "id", "t_1", "---\r\na: 1\r\nid: t_1\r\n...\r\nb"],
  ["---\na:\nb: 1\n---\n", "a", 5, "---\na: 5\nb: 1\n---\n"],
  ["---\na: # c\nb: 1\n---\n", "a", 5, "---\na: 5 # c\nb: 1\n---\n"],
  ["---\na: |\n  x\n  y\n\n# c\nb: 1\n---\n", "a", "z", "---\na: z\n\n# c\nb: 1\n---\n"],
  [
    "---\na:\n  - 1\n  - 2\n# c\nb: 1\n---\n",
    "a",
    [3, "x, y"],
    '---\na: [3, "x, y"]\n# c\nb: 1\n---\n',
  ],
  ["---\na: [1,\n  2] # c\n---\n", "a", [3], "---\na: [3] # c\n---\n"],
  ["---\na: one\n  two # c\n---\n", "a", "x", "---\na: x # c\n---\n"],
  ["---\n---\nbody", "a", null, "---\na: null\n---\nbody"],
  ["---\n# c\n---\n", "a", 1, "---\n# c\na: 1\n---\n"],
  ["---\n  a: 1\n---\n", "b", 2, "---\n  a: 1\n  b: 2\n---\n"],
  ["---\na: |+\n  x\n\n---\n", "b", 2, "---\na: |+\n  x\n\nb: 2\n---\n"],
  ["---\n'a b': 1\n---\n", "a b", 2, "---\n'a b': 2\n---\n"],
  [
    "---\nlimits:\n  turns: 2 # few\nb: 1\n---\n",
    "limits",
    { turns: 6, minutes: 30 },
    "---\nlimits: {turns: 6, minutes: 30}\nb: 1\n---\n",
  ],
  [
    "---\na: 1\n---\n",
    "verify",
    ["npm test", { run: "a, b: c", timeout_s: 90 }],
    '---\na: 1\nverify: [npm test, {run: "a, b: c", timeout_s: 90}]\n---\n',
  ],
] as const;

Deno.test("setKey() changes the value and no other byte", () => {
  for (const [text, key, value, expected] of EDITS) {
    assert.equal(setKey(text, key, value), expected);
  }
});

Deno.test("removeKey() takes the lines of the key", () => {
  const rows = [
    ["---\na: 1\nb: 2 # c\nc: 3\n---\nx", "b", "---\na: 1\nc: 3\n---\nx"],
    ["---\r\na: 1\r\n---\r\nx", "a", "---\r\n---\r\nx"],
    ["---\na: |\n  x\n\n  y\n# c\nb: 1\n---\n", "a", "---\n# c\nb: 1\n---\n"],
    ["---\na:\n  - x: 1\n    y: 2\nb: 1\n---\n", "a", "---\nb: 1\n---\n"],
    ["---\na: [1,\n 2] # c\nb: 1\n---\n", "a", "---\nb: 1\n---\n"],
    ["---\na:\nb: 1\n---\n", "a", "---\nb: 1\n---\n"],
    ["---\na: 1\n---\n", "z", "---\na: 1\n---\n"],
  ] as const;
  for (const [text, key, expected] of rows) assert.equal(removeKey(text, key), expected);
});

Deno.test("setKey() refuses what it cannot change alone", () => {
  const rows = [
    "",
    "---\na: 1\n",
    "---\na: : 1\n---\n",
    "---\n{a: 1}\n---\n",
    "---\na: 1\na: 2\n---\n",
  ];
  for (const text of rows) {
    assert.throws(() => setKey(text, "a", 2), (thrown) => thrown instanceof CarError);
  }
});

const TRICKY: readonly KeyValue[] = [
  true,
  null,
  -1.5,
  "",
  " ",
  "yes",
  "No",
  "~",
  "1e3",
  "0x1f",
  "a: b",
  "a #b",
  "a # b",
  "- a",
  "'",
  '"',
  "\\",
  "line\nbreak",
  "tab\t",
  "\u2028\u0085\u007f\ufeff",
  "%x",
  "@x",
  "`x`",
  "&a",
  "*a",
  "!a",
  "[a",
  "{a",
  "a]",
  "a,b",
  "ends:",
  "---",
  "...",
  "ä ö",
  "🙂",
  ".inf",
  "2026-11-21",
  "=",
  "<<",
  ["a, b", "c]", 1, true, "d: e", "- f"],
  [],
];

Deno.test("yamlLiteral() is read back as the value it stands for", () => {
  for (const value of TRICKY) {
    const text = setKey("---\na: 1\n---\n", "k", value);
    const node = entryOf(parseFrontmatter(text), "k")?.value;
    const read = node?.kind === "scalar"
      ? node.value
      : node?.kind === "list"
      ? node.items.map((it) => it.kind === "scalar" ? it.value : it)
      : node;
    assert.deepEqual(read, value, yamlLiteral(value));
    assert.ok(!yamlLiteral(value).includes("\n"));
  }
});

const LINES = [
  "agent: codex",
  "agent:   codex   # who",
  "title: 'it''s'",
  'title: "a \\" b"',
  "title: plain with # comment",
  "goal: |",
  "goal: >-",
  "verify:",
  "verify: [a, 'b']",
  "  - deno test",
  "  - {run: x, timeout_s: 5}",
  "  some text: here",
  "- item",
  "# a comment",
  "",
  "  ",
  "done: false",
  "done:",
  "x: &a 1",
  "y: *a",
  "deep: {a: [1, {b: 2}]}",
  "multi: one",
  "    two",
  "? complex",
  ": value",
  "\ttab: 1",
  "z: - 1",
  "---",
  "ä: ö",
];

Deno.test("setKey() and removeKey() never throw but CarError and change one key of any text", () => {
  const seed = 20261121;
  const random = randoms(seed);
  let [edited, readable] = [0, 0];
  for (let round = 0; round < rounds(4_000); round++) {
    const newline = pick(random, ["\n", "\r\n"]);
    const lines = Array.from({ length: Math.floor(random() * 8) }, () => pick(random, LINES));
    const text = [pick(random, ["---", "\uFEFF---"]), ...lines, "---", "body", ""].join(newline);
    const key = pick(random, ["done", "title", "agent", "goal", "verify", "new_key", "multi"]);
    const value = pick(random, TRICKY);
    const before = parseFrontmatter(text);
    if (before.problems.length === 0) readable += 1;
    try {
      const set = setKey(text, key, value);
      edited += 1;
      const after = parseFrontmatter(set);
      const others = (it: typeof before) =>
        it.entries.filter((entry) => entry.key !== key).map((entry) => entry.key);
      assert.deepEqual(others(after), others(before), `seed ${seed} round ${round}`);
      assert.ok(set.endsWith(`${newline}---${newline}body${newline}`));
      assert.ok(
        losesNoOtherLine(text, set),
        `seed ${seed} round ${round}: ${JSON.stringify([text, set])}`,
      );
      assert.equal(entryOf(parseFrontmatter(removeKey(set, key)), key), undefined);
    } catch (thrown) {
      assert.ok(
        thrown instanceof CarError,
        `seed ${seed} round ${round}: ${JSON.stringify(text)} ${thrown}`,
      );
    }
  }
  assert.ok(
    edited > 0.93 * readable && readable > rounds(800),
    `${edited} of ${readable} could be edited`,
  );
});

/** Whether what went away between two texts held no other key of the top level. */
function losesNoOtherLine(before: string, after: string): boolean {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const gone = before.slice(head, before.length - tail);
  return !/^\w+:/m.test(gone.replace(/^\S*/, ""));
}
