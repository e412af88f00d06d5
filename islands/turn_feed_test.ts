import assert from "node:assert/strict";
import {
  EMPTY_FEED,
  type Feed,
  type FeedEvent,
  ITEMS_MAX,
  withJournal,
  withLive,
} from "./turn_feed.ts";

const note = (seq: number, type: string, body: unknown): FeedEvent => ({
  seq,
  atMs: seq * 1000,
  kind: "note",
  type,
  body,
});

const tool = (seq: number, id: string, status: string) =>
  note(seq, "tool", {
    id,
    kind: "command",
    title: `run ${id}`,
    status,
    exitCode: 0,
    output: "out",
    durationMs: 5,
  });

Deno.test("a text that streams is replaced by what the journal keeps of it", () => {
  let feed = withLive(EMPTY_FEED, { type: "text_delta", id: "a", text: "Hel" });
  feed = withLive(feed, { type: "text_delta", id: "a", text: "lo" });
  assert.deepEqual(feed.items, [{ type: "text", id: "la", text: "Hello", open: true }]);
  feed = withJournal(feed, note(7, "text", { text: "Hello." }));
  assert.deepEqual(feed.items, [{ type: "text", id: "j7", text: "Hello.", open: false }]);
});

Deno.test("a tool is one item from its start to its end", () => {
  let feed = withJournal(
    EMPTY_FEED,
    note(1, "tool_started", { id: "x", kind: "command", title: "ls" }),
  );
  feed = withLive(feed, { type: "tool_output", id: "x", text: "a\n" });
  assert.equal(feed.items[0]?.type === "tool" && feed.items[0].output, "a\n");
  feed = withJournal(feed, tool(2, "x", "ok"));
  assert.equal(feed.items.length, 1);
  assert.equal(feed.items[0]?.type === "tool" && feed.items[0].status, "ok");
});

Deno.test("an event that comes twice, or is nonsense, changes nothing but the place", () => {
  const feed = withJournal(EMPTY_FEED, tool(3, "y", "failed"));
  assert.equal(withJournal(feed, tool(3, "y", "ok")), feed);
  const rows: readonly unknown[] = [null, 4, "x", [], { steps: 1 }, { usage: null }];
  for (const type of ["text", "tool", "plan", "usage", "status", "file_change", "checks", "??"]) {
    for (const body of rows) assert.ok(withJournal(feed, note(9, type, body)).seq === 9);
  }
  for (const body of rows) assert.equal(withLive(feed, body), feed);
});

Deno.test("a long turn keeps its newest items", () => {
  let feed: Feed = EMPTY_FEED;
  for (let seq = 1; seq <= ITEMS_MAX + 50; seq++) {
    feed = withJournal(feed, note(seq, "notice", { text: `${seq}` }));
  }
  assert.equal(feed.items.length, ITEMS_MAX);
  assert.equal(feed.items.at(-1)?.id, `j${ITEMS_MAX + 50}`);
});
