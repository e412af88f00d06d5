import assert from "node:assert/strict";
import { mergeRows, NOTHING_HEARD, titleOf } from "./terminal_rows.ts";
import type { TerminalRow } from "./terminal_types.ts";

const row = (id: string, title = id): TerminalRow => ({
  id,
  title,
  command: "shell",
  argv: ["/bin/sh"],
  cwd: "/",
  createdAtMs: 0,
  lastActiveAtMs: 0,
  state: { type: "running" },
  cols: 80,
  rows: 24,
  clients: 1,
});

Deno.test("mergeRows() keeps the places of what was known, and adds the new behind them", () => {
  const table = [
    ["", "a b", "", "a b"],
    ["a b", "a b c", "", "a b c"],
    ["a b c", "c", "", "a b c"],
    ["a b c", "", "b", "a c"],
    ["a b", "a b", "a", "b"],
    ["a", "b a", "", "a b"],
  ] as const;
  const rows = (words: string) => words.split(" ").filter((it) => it !== "").map((it) => row(it));
  for (const [known, listed, gone, wanted] of table) {
    const merged = mergeRows(rows(known), rows(listed), new Set(gone.split(" ")));
    assert.equal(merged.map((it) => it.id).join(" "), wanted);
  }
});

Deno.test("mergeRows() shows what the list says now", () => {
  const [only] = mergeRows([row("a", "old")], [row("a", "new")], new Set());
  assert.equal(only?.title, "new");
});

Deno.test("titleOf() is the program's own title, in bounds, or the terminal's", () => {
  const titled = (title: string | null) => titleOf(row("a", "shell"), { ...NOTHING_HEARD, title });
  assert.equal(titled(null), "shell");
  assert.equal(titled("  "), "shell");
  assert.equal(titled("vim notes"), "vim notes");
  assert.equal(titled("x".repeat(500)).length, 60);
});
