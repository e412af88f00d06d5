import assert from "node:assert/strict";
import { turnId } from "../../engine/ids.ts";
import { isMessageOf, isPrompt, messageIdOf } from "./message_id.ts";
import type { MessageInfo, Messages } from "./protocol.ts";
import { recordOf } from "./record.ts";

const TURN = turnId("0123456789abcdef");
const OTHER = turnId("fedcba9876543210");
const NOW_MS = 1_795_239_380_458;

const message = (id: string, role: string, more: Partial<MessageInfo> = {}): Messages[number] => ({
  info: { id, sessionID: "ses_1", role, time: { created: 1, completed: 2 }, ...more },
  parts: [],
});
const prompt = message(messageIdOf(TURN, NOW_MS), "user");
const answer = (more: Partial<MessageInfo>) =>
  message("msg_1fc9b0a870015BlYyYiFKQrgDm", "assistant", more);

Deno.test("messageIdOf() gives ids in the order of time, below OpenCode's own of the same moment", () => {
  const id = messageIdOf(TURN, NOW_MS);
  assert.equal(id, "msg_1fc9b05ea0000123456789abcdef");
  assert.ok(id < messageIdOf(OTHER, NOW_MS + 1));
  // As OpenCode counts within a millisecond, from 1.
  assert.ok(id < "msg_1fc9b05ea001AAAAAAAAAAAAAA");
});

Deno.test("isMessageOf() knows a turn's prompt again, at any time, and no other", () => {
  assert.ok(isMessageOf(messageIdOf(TURN, 0), TURN));
  assert.ok(!isMessageOf(messageIdOf(OTHER, NOW_MS), TURN));
  assert.ok(isPrompt(messageIdOf(OTHER, NOW_MS)));
  assert.ok(!isPrompt("msg_1fc9b0a870015BlYyYiFKQrgDm"));
});

const next = message(messageIdOf(OTHER, NOW_MS + 5), "user");
const again = message(messageIdOf(TURN, NOW_MS + 9), "user");
const good = answer({ finish: "stop" });
const CASES: readonly (readonly [string, Messages, boolean, "absent" | boolean])[] = [
  ["an empty session", [], false, "absent"],
  ["another turn's prompt only", [next, good], false, "absent"],
  ["a prompt without an answer", [prompt], false, false],
  ["an answer that was being written", [prompt, answer({ time: { created: 1 } })], false, false],
  ["an answer that wants to go on", [prompt, answer({ finish: "tool-calls" })], false, false],
  ["a whole answer", [prompt, good], false, true],
  ["a whole answer in a session that works", [prompt, good], true, false],
  ["a whole answer, and the next turn at work", [prompt, good, next], true, true],
  ["no answer, but the next turn's", [prompt, next, good], false, false],
  ["an answer that failed", [prompt, answer({ error: { name: "APIError" } })], false, true],
  ["a turn taken up again", [prompt, good, again], false, false],
  ["an aborted one", [prompt, answer({ error: { name: "MessageAbortedError" } })], false, false],
];

for (const [name, messages, isBusy, expected] of CASES) {
  Deno.test(`recordOf() reads ${name}`, () => {
    const record = recordOf(messages, TURN, isBusy);
    const wanted = expected === "absent"
      ? { prompt: "absent" }
      : { prompt: "arrived", ended: expected };
    assert.deepEqual(record, wanted);
  });
}
