import assert from "node:assert/strict";
import { applyPatch } from "diff";
import { differenceOf } from "./difference.ts";

const many = (count: number, word: string, end = "\n") =>
  Array.from({ length: count }, (_, at) => `${word} ${at}`).join("\n") + end;

Deno.test("differenceOf() gives a diff that makes the draft of the base", async (t) => {
  const table: readonly [string, string, string, number, number][] = [
    ["nothing", "a\n", "a\n", 0, 0],
    ["one line", "a\nb\nc\n", "a\nB\nc\n", 1, 1],
    ["a text where none was", "", "a\nb\n", 2, 0],
    ["no text any more", "a\nb\n", "", 0, 2],
    ["an end of the last line", "a", "a\n", 1, 1],
    ["CRLF", "a\r\nb\r\n", "a\r\nc\r\n", 1, 1],
    ["more than a closer look takes", many(3000, "old"), many(3000, "new"), 3000, 3000],
    ["the same, without an end", many(3000, "old", ""), many(3000, "new", ""), 3000, 3000],
    [
      "the same, between what stays",
      `x\n${many(2000, "o")}y\n`,
      `x\n${many(1500, "n")}y\n`,
      1500,
      2000,
    ],
    ["all of a long text away", many(3000, "old"), "", 0, 3000],
    ["a long text where none was", "", many(3000, "old"), 3000, 0],
  ];
  for (const [name, base, draft, added, removed] of table) {
    await t.step(name, () => {
      const found = differenceOf("docs/a b.md", base, draft);
      assert.deepEqual([found.added, found.removed], [added, removed]);
      if (base === draft) return assert.equal(found.diff, "");
      assert.ok(found.diff.startsWith("--- a/docs/a b.md"), found.diff.slice(0, 80));
      assert.equal(applyPatch(base, found.diff), draft);
    });
  }
});
