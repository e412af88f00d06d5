import assert from "node:assert/strict";
import { memoryIo } from "../../tests/support/memory_io.ts";
import type { NewThreadEvent } from "../engine/thread_events.ts";
import { messageKey, threadKey } from "../engine/thread.ts";
import type { ThreadUpdate } from "../hub/threads/follow.ts";
import { chatScreen } from "./chat_screen.ts";
import { Inputs } from "./command.ts";
import { Context } from "./context.ts";
import { Output } from "./output.ts";
import { CHAT_COMMANDS } from "./rows/chat.ts";
import { NO_SURFACES } from "./surfaces.ts";

const THREAD = threadKey("0123456789abcdef");
const MESSAGE = messageKey("0123456789abcdef");

let seq = 0;
const told = (it: Pick<NewThreadEvent, "type" | "body">): ThreadUpdate => ({
  type: "event",
  event: { ...it, thread: THREAD, message: MESSAGE, atMs: 0, seq: ++seq } as never,
});
const delta = (id: string, at: number, text: string): ThreadUpdate => ({
  type: "delta",
  thread: THREAD,
  message: MESSAGE,
  piece: { id, at, text },
});

/** An answer as a person's own process gets it: live pieces, stored parts, the whole. */
const ANSWER: readonly ThreadUpdate[] = [
  told({ type: "message", body: { state: "running" } }),
  delta("t", 0, "Hel"),
  told({ type: "text_part", body: { id: "t", at: 0, text: "Hel" } }),
  delta("t", 3, "lo"),
  told({ type: "text", body: { id: "t", text: "Hello\u001b[2J" } }),
  told({ type: "tool_started", body: { id: "c", kind: "command", title: "rm x" } }),
  told({
    type: "tool",
    body: {
      id: "c",
      kind: "command",
      title: "rm x",
      status: "failed",
      exitCode: 1,
      output: "rm: no x\n",
      durationMs: 5,
    },
  }),
  told({ type: "message", body: { state: "interrupted", words: "Interrupted by anna" } }),
];

function shown(options: { terminal: boolean; json: boolean }): string {
  const io = memoryIo({ terminal: options.terminal });
  const [spec] = CHAT_COMMANDS;
  assert.ok(spec);
  const screen = chatScreen({
    spec,
    io,
    input: new Inputs(spec, new Map(), new Map()),
    output: new Output(io, { json: options.json, quiet: false, colour: false }),
    context: new Context({ cwd: "/", named: null, command: "chat", environment: () => ({}) }),
    json: options.json,
    surfaces: NO_SURFACES,
  });
  for (const update of ANSWER) screen.show(update);
  screen.close();
  return io.out();
}

Deno.test("chatScreen() streams on a terminal: each character once, tools as lines, nothing of the agent's own control", () => {
  const lines = shown({ terminal: true, json: false }).split("\n");
  assert.match(lines[0] ?? "", /^Hello/);
  assert.ok(!lines.join("").includes("\u001b"));
  assert.deepEqual(lines.slice(1), [
    "  command: rm x",
    "    rm: no x",
    "    failed with exit code 1 after 5 ms: rm x",
    "  interrupted: Interrupted by anna",
    "",
  ]);
});

Deno.test("chatScreen() prints whole texts and nothing else into a pipe", () => {
  assert.equal(shown({ terminal: false, json: false }), "Hello\u001b[2J\n");
});

Deno.test("chatScreen() prints every stored event as one line of JSON, without pieces", () => {
  const events = shown({ terminal: false, json: true }).trim().split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(events.map((it) => it.event), [
    "message",
    "text",
    "tool_started",
    "tool",
    "message",
  ]);
  assert.ok(events.every((it) => it.thread === THREAD && typeof it.seq === "number"));
});
