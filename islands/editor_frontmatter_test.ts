import assert from "node:assert/strict";
import { frontmatterPieces } from "./editor_frontmatter.ts";
import { markdownParser } from "./editor_markdown.ts";

/** The nodes of a text by name, with what stands in them. */
function nodes(text: string): readonly string[] {
  const found: string[] = [];
  markdownParser.parse(text).iterate({
    enter: ({ name, from, to }) => {
      if (/^(?:Frontmatter|Setext|ATX|Horizontal)/.test(name)) {
        found.push(`${name}: ${text.slice(from, to)}`);
      }
    },
  });
  return found;
}

Deno.test("frontmatter is no heading and no rule, and its keys stand out", () => {
  assert.deepEqual(nodes("---\nagent: shell # who\n---\n\n# Title\n"), [
    "Frontmatter: ---\nagent: shell # who\n---",
    "FrontmatterMark: ---",
    "FrontmatterKey: agent",
    "FrontmatterRemark: # who",
    "FrontmatterMark: ---",
    "ATXHeading1: # Title",
  ]);
});

Deno.test("frontmatter is only at the beginning, and may be left open while it is written", () => {
  assert.deepEqual(nodes("Text\n\n---\n\nmore\n"), ["HorizontalRule: ---"]);
  assert.deepEqual(nodes("---\nagent: a"), [
    "Frontmatter: ---\nagent: a",
    "FrontmatterMark: ---",
    "FrontmatterKey: agent",
  ]);
  assert.deepEqual(nodes("---"), ["Frontmatter: ---", "FrontmatterMark: ---"]);
});

Deno.test("frontmatterPieces() finds a key, also in a list, and no other colon", () => {
  const rows = [
    ["title: a: b", ["FrontmatterKey 10-15"]],
    ["  - run: x", ["FrontmatterKey 14-17"]],
    ["http://x", []],
    ["a#b", []],
    ["# all", ["FrontmatterRemark 10-15"]],
    ["...", ["FrontmatterMark 10-13"]],
  ] as const;
  for (const [line, pieces] of rows) {
    const found = frontmatterPieces(line, 10).map((it) => `${it.type} ${it.from}-${it.to}`);
    assert.deepEqual(found, pieces, line);
  }
});
