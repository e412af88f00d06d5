import assert from "node:assert/strict";
import { displayWidth, fitWidth, renderTable, visible, visibleLine } from "./display.ts";

Deno.test("visible() drops terminal sequences and shows hidden characters", () => {
  const table: [string, string][] = [
    ["plain\n\ttext", "plain\n\ttext"],
    ["\u001b[31mred\u001b[0m", "red"],
    ["\u001b]0;title\u0007x", "x"],
    ["\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u001bPq secret\u001b\\after", "after"],
    ["\u001b(Bx", "x"],
    ["\u009b2Jx", "x"],
    ["a\r\nb", "a\nb"],
    ["a\rb", "a\\u{000d}b"],
    ["abc\u202ecod", "abc\\u{202e}cod"],
    ["\u2066x\u2069", "\\u{2066}x\\u{2069}"],
    ["zero\u200bwidth", "zero\\u{200b}width"],
    ["\u{e0041}", "\\u{e0041}"],
    ["\ud800", "\\u{d800}"],
    ["\u0000", "\\u{0000}"],
    ["👩\u200d🚀 नी", "👩\u200d🚀 नी"],
  ];
  for (const [text, shown] of table) assert.equal(visible(text), shown, JSON.stringify(text));
});

Deno.test("visible() leaves no control or direction character, for any two of them in a row", () => {
  const points = [0, 7, 8, 11, 12, 27, 91, 93, 80, 127, 133, 155, 0x202a, 0x2069, 0xfeff, 65];
  for (const a of points) {
    for (const b of points) {
      const shown = visible(String.fromCodePoint(a, b) + "x");
      assert.equal(shown.replaceAll("\n", "").match(/[\p{Cc}\p{Bidi_Control}]/u), null);
    }
  }
});

Deno.test("visibleLine() is one line", () => {
  assert.equal(visibleLine(" a\n\n b\tc\r\n"), "a b c");
});

Deno.test("displayWidth() counts cells", () => {
  const table: [string, number][] = [
    ["", 0],
    ["abc", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["日本", 4],
    ["한글", 4],
    ["👩‍🚀", 2],
    ["✓", 1],
    ["⚠️", 2],
    ["🇩🇪", 2],
    ["\u200d", 0],
  ];
  for (const [text, cells] of table) assert.equal(displayWidth(text), cells, text);
});

Deno.test("fitWidth() never goes beyond the cells", () => {
  assert.equal(fitWidth("abcdef", 4), "abc…");
  assert.equal(fitWidth("日本語", 4), "日…");
  assert.equal(fitWidth("日本語", 6), "日本語");
  assert.equal(fitWidth("abc", 0), "");
  for (let cells = 0; cells < 12; cells++) {
    assert.ok(displayWidth(fitWidth("a日b👩‍🚀c語dé", cells)) <= cells);
  }
});

Deno.test("renderTable() aligns wide text and forges no line", () => {
  const text = renderTable(
    [{ title: "ticket" }, { title: "turns", align: "right" }, { title: "why", cellsMax: 8 }],
    [["日本", "2", "checks failed"], ["a\nfake row", "10"], ["\u001b[31mx", "1", "ok"]],
  );
  assert.deepEqual(text.split("\n"), [
    "ticket      turns  why",
    "日本            2  checks…",
    "a fake row     10",
    "x               1  ok",
  ]);
});
