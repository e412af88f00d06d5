import assert from "node:assert/strict";
import { entryOf, parseFrontmatter, splitFrontmatter } from "./frontmatter.ts";

Deno.test("splitFrontmatter() finds the fences by lines", () => {
  const rows = [
    ["---\na: 1\n---\nbody", "a: 1\n", "body"],
    ["\uFEFF---\r\na: 1\r\n...\r\nbody", "a: 1\r\n", "body"],
    ["--- \t\na: |\n  ---\n  x\n---", "a: |\n  ---\n  x\n", ""],
    ["---\n---\n", "", ""],
    ["---\n----\n---x\n...\n---\n", "----\n---x\n", "---\n"],
  ] as const;
  for (const [text, yaml, body] of rows) {
    const split = splitFrontmatter(text);
    assert.ok(split.type === "found", text);
    assert.equal(text.slice(split.start, split.end), yaml);
    assert.equal(text.slice(split.body), body);
  }
});

Deno.test("splitFrontmatter() tells no fence from an open one", () => {
  for (const text of ["", "a", "\n---\n", " ---\n", "----\n---\n", "\uFEFF"]) {
    assert.equal(splitFrontmatter(text).type, "none", JSON.stringify(text));
  }
  for (const text of ["---", "---\n", "---\na: 1\n ---\n", "---\r\n----"]) {
    assert.equal(splitFrontmatter(text).type, "open", JSON.stringify(text));
  }
});

Deno.test("parseFrontmatter() tells values, sources and lines of the file", () => {
  const read = parseFrontmatter(
    "---\n# c\na: 1.10\nb: [x,\n  012]\nc:\n  - d: yes\n__proto__: 1\n---\n",
  );
  assert.deepEqual(read.problems, []);
  assert.deepEqual(entryOf(read, "a"), {
    key: "a",
    line: 3,
    value: { kind: "scalar", line: 3, value: 1.1, source: "1.10" },
  });
  const b = entryOf(read, "b")?.value;
  assert.ok(b?.kind === "list");
  assert.deepEqual(b.items.map((it) => [it.line, it.kind === "scalar" && it.value]), [[4, "x"], [
    5,
    12,
  ]]);
  const c = entryOf(read, "c")?.value;
  assert.ok(c?.kind === "list" && c.items[0]?.kind === "map");
  assert.deepEqual(c.items[0].entries[0]?.value, {
    kind: "scalar",
    line: 7,
    value: "yes",
    source: "yes",
  });
  assert.equal(entryOf(read, "__proto__")?.line, 8);
});

const FAULTS = [
  ["", "frontmatter_missing", 1],
  ["---\na: 1\n", "frontmatter_open", 1],
  ["---\n- a\n---\n", "frontmatter_not_keys", 2],
  ["---\njust text\n---\n", "frontmatter_not_keys", 2],
  ["---\na: 1\nb: 2\na: 3\n---\n", "yaml_duplicate_key", 4],
  ["---\nx:\n  a: 1\n  a: 3\n---\n", "yaml_duplicate_key", 4],
  ["---\na: 1\n\tb: 2\n---\n", "yaml_syntax", 3],
  ["---\nok: 1\ntitle: a: b\n---\n", "yaml_syntax", 3],
  ["---\r\nok: 1\r\ntitle: a: b\r\n---\r\n", "yaml_syntax", 3],
  ["---\na: [1\n---\n", "yaml_syntax", 3],
  ["---\na: &x 1\n---\n", "yaml_alias", 2],
  ["---\na: 1\nb: *x\n---\n", "yaml_alias", 3],
  ["---\na: &x [*x]\n---\n", "yaml_alias", 2],
  ["---\n&x a: 1\n---\n", "yaml_alias", 2],
  ["---\na: !foo 1\n---\n", "yaml_syntax", 2],
  ["---\n? [a]\n: 1\n---\n", "yaml_syntax", 2],
  ["---\na: 1\nb: x\0y\n---\n", "frontmatter_control", 3],
  ["---\na: " + "[".repeat(9_000) + "]".repeat(9_000) + "\n---\n", "frontmatter_too_deep", 2],
  ["---\na: " + "x".repeat(40_000) + "\n---\n", "frontmatter_too_long", 1],
  ["---\na: " + "ä".repeat(20_000) + "\n---\n", "frontmatter_too_long", 1],
  ["---\n%YAML 1.1\na: 1\n---\n", "yaml_syntax", 3],
] as const;

for (const [text, code, line] of FAULTS) {
  Deno.test(`parseFrontmatter() answers ${code} for ${JSON.stringify(text.slice(0, 30))}`, () => {
    const read = parseFrontmatter(text);
    const found = read.problems.map((problem) => [problem.code, problem.line]);
    assert.deepEqual(found[0], [code, line], JSON.stringify(read.problems[0]));
  });
}

Deno.test("parseFrontmatter() reads an empty block as no keys", () => {
  for (const text of ["---\n---\n", "---\n# only a comment\n---\n", "---\n\n\n---"]) {
    assert.deepEqual(parseFrontmatter(text).problems, []);
    assert.deepEqual(parseFrontmatter(text).entries, []);
  }
});
