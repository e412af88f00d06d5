import assert from "node:assert/strict";
import { turnId } from "../../engine/ids.ts";
import type { OpenOptions } from "../../engine/ports.ts";
import type { TurnEvent } from "../../engine/turn.ts";
import {
  type FakeOpenCode,
  SESSION,
  startFakeOpenCode,
} from "../../../tests/support/fake_opencode.ts";
import { OpenCodeServer } from "./server.ts";
import { OpenCodeThread } from "./thread.ts";

const START_MS = 10_000;
const NEVER = new AbortController().signal;
const INPUT = { turnId: turnId("00000000000000aa"), prompt: "Do it", ticketPath: "/t.md", env: {} };
const OPEN: OpenOptions = {
  resume: null,
  model: null,
  reasoning: null,
  profile: null,
  posture: "yolo",
  title: "",
};
const PROMPT = `POST /session/${SESSION}/prompt_async`;
const status = (type: string) => ({ sessionID: SESSION, status: { type } });

/** The history after a turn: the answer is younger than any prompt. */
const ANSWERED = [{
  info: {
    id: "msg_ffffffffffff",
    sessionID: SESSION,
    role: "assistant",
    time: { created: 1, completed: 2 },
    finish: "stop",
  },
  parts: [{
    id: "prt_1",
    sessionID: SESSION,
    messageID: "msg_ffffffffffff",
    type: "text",
    text: "Done.",
    time: { start: 1, end: 2 },
  }],
}];

async function openThread(fake: FakeOpenCode) {
  const log: string[] = [];
  const server = await OpenCodeServer.greet(fake.program, START_MS, (text) => void log.push(text));
  const swept: string[] = [];
  const thread = new OpenCodeThread(
    {
      commandEnv: {},
      server: () => Promise.resolve(server),
      sweep: (turn) => Promise.resolve(void swept.push(turn)),
    },
    OPEN,
    { id: SESSION, model: null, providers: [] },
  );
  return { server, thread, swept, log };
}

async function play(thread: OpenCodeThread, signal: AbortSignal = NEVER): Promise<TurnEvent[]> {
  return await Array.fromAsync(thread.turn(INPUT, signal));
}

Deno.test("turn() reads from the record what was told while the events were cut off", async () => {
  let isOver = false;
  await using fake = startFakeOpenCode({
    statuses: () => isOver ? {} : { [SESSION]: { type: "busy" } },
    messages: () => isOver ? ANSWERED : [],
  });
  const { server, thread, swept } = await openThread(fake);
  const playing = play(thread);
  await fake.called(PROMPT);
  fake.say("session.status", status("busy"));
  isOver = true;
  fake.cut();
  assert.deepEqual(await playing, [
    { type: "text", id: "prt_1", text: "Done." },
    { type: "ended", result: "completed", error: null },
  ]);
  assert.deepEqual(swept, [INPUT.turnId]);
  await server.stop();
});

Deno.test("turn() does not take the late end of an earlier turn for its own", async () => {
  await using fake = startFakeOpenCode({ statuses: () => ({}), messages: () => [] });
  const { server, thread } = await openThread(fake);
  const playing = play(thread);
  await fake.called(PROMPT);
  fake.say("session.status", status("idle"));
  fake.say("session.status", status("busy"));
  fake.say("message.updated", { info: ANSWERED[0]?.info });
  fake.say("session.status", status("idle"));
  assert.deepEqual((await playing).at(-1), { type: "ended", result: "completed", error: null });
  await server.stop();
});

Deno.test("turn() looks at the record when an error is told and no end", async () => {
  await using fake = startFakeOpenCode({ statuses: () => ({}), messages: () => [] });
  const { server, thread } = await openThread(fake);
  const playing = play(thread);
  await fake.called(PROMPT);
  const error = { name: "UnknownError", data: { message: 'Agent not found: "x".' } };
  fake.say("session.error", { sessionID: SESSION, error });
  const ended = (await playing).at(-1);
  assert.deepEqual(ended, {
    type: "ended",
    result: "failed",
    error: { kind: "refused", message: 'Agent not found: "x".' },
  });
  await server.stop();
});

Deno.test("turn() stops a server that does not end a turn when asked to", async () => {
  const busy = { [SESSION]: { type: "busy" } };
  await using fake = startFakeOpenCode({ statuses: () => busy, messages: () => [] });
  const { server, thread } = await openThread(fake);
  const abort = new AbortController();
  const playing = play(thread, abort.signal);
  await fake.called(PROMPT);
  abort.abort();
  const told = await playing;
  assert.deepEqual(told, [{ type: "ended", result: "interrupted", error: null }]);
  assert(!server.isAlive, "the server was not stopped");
  assert(fake.calls.includes(`POST /session/${SESSION}/abort`));
});

Deno.test("turn() passes over what it cannot read, and logs it", async () => {
  await using fake = startFakeOpenCode({ statuses: () => ({}), messages: () => ANSWERED });
  const { server, thread, log } = await openThread(fake);
  const playing = play(thread);
  await fake.called(PROMPT);
  fake.say("thread.telepathy", {});
  fake.say("session.status", { sessionID: 7 });
  fake.say("session.status", status("busy"));
  fake.say("message.updated", { info: ANSWERED[0]?.info });
  fake.say("session.status", status("idle"));
  assert.equal((await playing).at(-1)?.type, "ended");
  assert.equal(log.length, 1);
  await server.stop();
});
