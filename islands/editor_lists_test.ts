import assert from "node:assert/strict";
import { continued, unmarked } from "./editor_lists.ts";

Deno.test("continued() goes on with a list or quote, or ends it", () => {
  const table = [
    ["- one", "", { insert: "\n- " }],
    ["  * one", "", { insert: "\n  * " }],
    ["9. nine", "", { insert: "\n10. " }],
    ["1) one", " and more", { insert: "\n2) " }],
    ["- [x] done", "", { insert: "\n- [ ] " }],
    ["> said", "", { insert: "\n> " }],
    ["> - said", "", { insert: "\n> - " }],
    ["- ", "", "end"],
    ["- [ ] ", "", "end"],
    ["> ", "", "end"],
    ["- ", "one", null],
    ["plain", "", null],
    ["-plain", "", null],
    ["[ ] plain", "", null],
    ["", "", null],
  ] as const;
  for (const [before, after, wanted] of table) {
    assert.deepEqual(continued(before, after), wanted, `${before}|${after}`);
  }
});

Deno.test("unmarked() takes a marker away at once", () => {
  const table = [
    ["- ", 2],
    ["  12. ", 4],
    ["- [ ] ", 6],
    ["> ", 2],
    ["> - ", 2],
    ["- a", null],
    ["a", null],
    ["", null],
  ] as const;
  for (const [before, wanted] of table) assert.equal(unmarked(before), wanted, before);
});
