import assert from "node:assert/strict";
import { newsOf } from "./repo_news.ts";

Deno.test("newsOf() hears of one repo on either stream", () => {
  const rows = [
    ["reset", null, "reset"],
    ["journal", { seq: 1 }, "step"],
    ["changed", { what: "tickets" }, "tickets"],
    ["changed", { repo: "a", what: "contextspace" }, "contextspace"],
    ["changed", { repo: "b", what: "tickets" }, null],
    ["step", { repo: "a" }, "step"],
    ["step", { repo: "b" }, null],
    ["live", { type: "turn" }, null],
    ["repos", { ids: ["a"] }, null],
    ["hello", { seq: 3 }, null],
  ] as const;
  for (const [type, data, news] of rows) {
    assert.equal(newsOf({ type, data, id: null }, "a"), news, `${type} ${JSON.stringify(data)}`);
  }
});
