import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import { fenced, linesOutsideFences } from "./fence.ts";

Deno.test("fenced() is one block that nothing inside can close, for 1,000 seeds", () => {
  const pieces = ["```", "````", "~~~", "`", "\n", " ", "text", "\r\n", "``````", "[x]"];
  for (let seed = 1; seed <= 1000; seed++) {
    const random = randoms(seed);
    const text = Array.from({ length: Math.floor(random() * 20) }, () => pick(random, pieces))
      .join("");
    const page = `before\n${fenced(text, "ticket")}\nafter`;
    assert.deepEqual(linesOutsideFences(page), ["before", "after"], `seed ${seed}`);
    assert.ok(page.includes(text), `seed ${seed}`);
  }
});

Deno.test("fenced() keeps the label on its line", () => {
  assert.equal(fenced("x", "a`b\n```c").split("\n")[0], "```a b c");
  assert.equal(fenced("x\n", ""), "```\nx\n```");
});

Deno.test("linesOutsideFences() follows markdown's rules for fences", () => {
  const table: [string, string[]][] = [
    ["a\n```\nb\n```\nc", ["a", "c"]],
    ["~~~ js\nb\n```\n~~~\nc", ["c"]],
    ["````\nb\n```\n````\nc", ["c"]],
    ["```\nopen", []],
    ["``` a`b\nc", ["``` a`b", "c"]],
    ["    ```\na", ["    ```", "a"]],
    ["```\n``` x\nb\n```\nc", ["c"]],
    ["a\r\n```\r\nb\r\n```\r\nc", ["a", "c"]],
  ];
  for (const [text, lines] of table) assert.deepEqual(linesOutsideFences(text), lines, text);
});
