import assert from "node:assert/strict";
import { EMPTY_THREAD, withThreadEvent, withThreadLive } from "./thread_feed.ts";

let seq = 0;
const event = (type: string, body: unknown, message: string | null = "msg_1") => ({
  seq: ++seq,
  atMs: seq,
  type,
  message,
  body,
});

Deno.test("a chat is its messages in order, each with what the agent did to it", () => {
  const told = [
    event("thread", { change: "created", by: "web", title: "Look" }, null),
    event("message", { state: "queued", text: "Look around", by: "web" }),
    event("message", { state: "queued", text: "Then stop", by: "web" }, "msg_2"),
    event("message", { state: "running" }),
    event("tool", {
      id: "t",
      kind: "command",
      title: "ls",
      status: "ok",
      output: "a",
      exitCode: 0,
    }),
    event("text_part", { id: "x", at: 0, text: "There " }),
  ];
  let thread = told.reduce(withThreadEvent, EMPTY_THREAD);
  thread = withThreadLive(thread, "delta", {
    message: "msg_1",
    piece: { id: "x", at: 6, text: "is a" },
  });
  const again = { message: "msg_1", piece: { id: "x", at: 4, text: "e is a" } };
  assert.equal(withThreadLive(thread, "delta", again), thread, "a piece that was shown before");
  assert.equal(thread.title, "Look");
  assert.deepEqual(thread.messages.map((it) => `${it.id} ${it.state}`), [
    "msg_1 running",
    "msg_2 queued",
  ]);
  const [first] = thread.messages;
  assert.deepEqual(first?.feed.items.map((it) => it.type), ["tool", "text"]);
  assert.equal(first?.feed.items[1]?.type === "text" && first.feed.items[1].text, "There is a");
  thread = withThreadEvent(thread, event("text", { id: "x", text: "There is a." }));
  thread = withThreadEvent(thread, event("message", { state: "failed", words: "No quota" }));
  assert.equal(thread.messages[0]?.feed.items.length, 2);
  assert.equal(thread.messages[0]?.words, "No quota");
  assert.equal(
    told.reduce(withThreadEvent, thread),
    thread,
    "what was told before changes nothing",
  );
  assert.equal(withThreadLive(thread, "delta", null), thread);
});
