import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import { codeText, lineFinder, SYNTAXES, type SyntaxName } from "./code_text.ts";

Deno.test("codeText() blanks comments and the insides of strings", () => {
  const table: [SyntaxName, string, string, string][] = [
    ["script", 'a("x") // c', 'a(" ")     ', 'a("x")     '],
    ["script", "a /* b */ c", "a         c", "a         c"],
    ["script", "a('it\\'s', `b\nc`)", "a('     ', ` \n `)", "a('it\\'s', `b\nc`)"],
    ["script", "x = /a\"b/; y('c')", "x = /   /; y(' ')", "x = /a\"b/; y('c')"],
    ["script", "a / b / c", "a / b / c", "a / b / c"],
    ["script", '"http://x" + 1', '"        " + 1', '"http://x" + 1'],
    ["script", '"open\nb()', '"    \nb()', '"open\nb()'],
    ["python", "a = '''x\n# y''' # z", "a = ''' \n   '''    ", "a = '''x\n# y'''    "],
    ["python", 'a = "#" # c', 'a = " "    ', 'a = "#"    '],
    [
      "rust",
      "fn f<'a>(x: &'a str) { '\"' }",
      "fn f<'a>(x: &'a str) { ' ' }",
      "fn f<'a>(x: &'a str) { '\"' }",
    ],
    ["go", "a := `\\` // c", "a := ` `     ", "a := `\\`     "],
    ["settings", "a: x#y # c", "a: x#y    ", "a: x#y    "],
  ];
  for (const [syntax, text, code, spoken] of table) {
    assert.deepEqual(codeText(text, syntax), { code, spoken }, text);
  }
});

Deno.test("codeText() keeps every offset and line for 1,000 seeds", () => {
  const pieces = ['"', "'", "`", "//", "/*", "*/", "#", "\n", "a", "\\", '"""', "(", "é", "/"];
  const names = Object.keys(SYNTAXES) as SyntaxName[];
  for (let seed = 1; seed <= 1000; seed++) {
    const random = randoms(seed);
    const text = Array.from({ length: Math.floor(random() * 60) }, () => pick(random, pieces))
      .join("");
    const { code, spoken } = codeText(text, pick(random, names));
    assert.equal(code.length, text.length, `seed ${seed}`);
    assert.equal(spoken.length, text.length, `seed ${seed}`);
    assert.equal(code.split("\n").length, text.split("\n").length, `seed ${seed}`);
  }
});

Deno.test("lineFinder() counts from 1", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 9].map(lineFinder("a\nb\n")), [1, 1, 2, 2, 3, 3]);
  assert.deepEqual([0, 5].map(lineFinder("")), [1, 1]);
});
