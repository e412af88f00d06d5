import assert from "node:assert/strict";
import type { FileChatProgress } from "../lib/hub/file_chat/progress.ts";
import { withProgress } from "./file_chat_feed.ts";
import type { FeedItem } from "./turn_feed.ts";

const feed = (told: readonly (readonly [FileChatProgress["type"], string, string])[]) =>
  told.reduce<readonly FeedItem[]>(
    (items, [type, id, text], at) => withProgress(items, { type, id, text, at: at + 1, turn: "t" }),
    [],
  );

Deno.test("withProgress() puts pieces of a text together until it comes whole", () => {
  const pieces = feed([["delta", "m1", "Hel"], ["delta", "m1", "lo"]]);
  assert.deepEqual(pieces, [{ type: "text", id: "m1", text: "Hello", open: true }]);
  const whole = feed([["delta", "m1", "Hel"], ["text", "m1", "Hello."], ["text", "m2", "More"]]);
  assert.deepEqual(whole.map((it) => it.type === "text" && it.text), ["Hello.", "More"]);
});

Deno.test("withProgress() follows a tool from its beginning to its end", () => {
  const items = feed([
    ["tool", "c1", "npm test"],
    ["output", "c1", "one\n"],
    ["output", "c1", "two\n"],
    ["tool_ended", "c1", "failed"],
    ["output", "c9", "of a tool nobody saw begin"],
    ["status", "", "waits"],
  ]);
  const [tool, remark] = items;
  assert.equal(items.length, 2);
  assert.ok(tool?.type === "tool" && remark?.type === "remark");
  assert.deepEqual([tool.title, tool.output, tool.status], ["npm test", "one\ntwo\n", "failed"]);
  assert.equal(remark.text, "waits");
});
