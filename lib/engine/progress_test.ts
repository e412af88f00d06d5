import assert from "node:assert/strict";
import { countCriteriaDone, decideStall, listCriteria, moved, type Progress } from "./progress.ts";

const STILL: Progress = {
  treeId: "t1",
  checksPassing: 2,
  criteriaDone: 1,
  ticketsHash: "a",
  contextHash: "b",
  newFiles: 3,
};

Deno.test("moved() names what moved and nothing else", () => {
  const table: [Partial<Progress>, string[]][] = [
    [{}, []],
    [{ treeId: "t2" }, ["the tree changed"]],
    [{ treeId: null }, ["the tree changed"]],
    [{ checksPassing: 3 }, ["more checks pass"]],
    [{ checksPassing: 1 }, []],
    [{ checksPassing: null }, []],
    [{ criteriaDone: 2 }, ["criteria were ticked"]],
    [{ criteriaDone: 0 }, []],
    [{ ticketsHash: "z" }, ["tickets were edited"]],
    [{ contextHash: "z" }, ["the contextspace was edited"]],
    [{ newFiles: 4, treeId: "t2" }, ["the tree changed", "files were added"]],
    [{ newFiles: 0 }, []],
  ];
  for (const [change, what] of table) {
    const movement = moved(STILL, { ...STILL, ...change });
    assert.deepEqual(movement, { moved: what.length > 0, what }, JSON.stringify(change));
  }
});

Deno.test("countCriteriaDone() counts ticked boxes of every kind of list, outside of code", () => {
  const body = [
    "- [x] one",
    "* [X] two",
    "  + [x] three",
    "1. [x] four",
    "2) [ ] open",
    "- [x]",
    "- [x]not a box",
    "[x] no list",
    "```",
    "- [x] example",
    "```",
  ].join("\n");
  assert.equal(countCriteriaDone(body), 5);
  assert.deepEqual(listCriteria(body), ["one", "two", "three", "four", "open"]);
  assert.equal(countCriteriaDone(body.replaceAll("\n", "\r\n")), 5);
});

Deno.test("decideStall() gives one fresh start, then pauses", () => {
  const answers = [0, 1, 2, 3, 4].map((stalls) => decideStall(stalls, { stalls: 2 }));
  assert.deepEqual(answers, ["go_on", "go_on", "fresh_start", "pause", "pause"]);
  assert.equal(decideStall(1, { stalls: 0 }), "fresh_start");
  assert.equal(decideStall(2, { stalls: 0 }), "pause");
});
