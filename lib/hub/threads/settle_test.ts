import assert from "node:assert/strict";
import { threadId, turnId } from "../../engine/ids.ts";
import type { MessageState } from "../../engine/thread.ts";
import { changeMessage } from "../../control/message_rows.ts";
import { Orchestration, orchestrationPaths } from "../../control/orchestration.ts";
import { changeThread } from "../../control/thread_rows.ts";
import { appendEvents } from "../../control/thread_transcript.ts";
import { repoPaths } from "../../control/roots.ts";
import type { AgentThread } from "../../engine/ports.ts";
import {
  newThread,
  openThreadBench,
  says,
  type ThreadBench,
  untilState,
} from "../../../tests/support/thread_bench.ts";

const TURN = turnId("0123456789abcdef");

/** What the agent's record says of the turn in which CAR died. */
type Record = "absent" | "ended" | "cut";

/** The agent as the dead CAR left it. */
async function left(bench: ThreadBench, record: Record): Promise<AgentThread> {
  const options = {
    model: null,
    reasoning: null,
    profile: null,
    posture: "yolo",
    title: "",
  } as const;
  const thread = await bench.agent.open({ ...options, resume: threadId("scripted-left") });
  if (record === "absent") return thread;
  const play = record === "ended" ? says({ say: "All of it." }) : says({ vanish: true });
  const input = { turnId: TURN, prompt: play, ticketPath: "/nowhere", env: {} };
  for await (const _ of thread.turn(input, new AbortController().signal));
  return thread;
}

/** Writes a store as kill -9 leaves it: a message with the agent, half of its text told. */
async function killedStore(bench: ThreadBench) {
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  await desk.close();
  const paths = orchestrationPaths(repoPaths(bench.home).state);
  const store = Orchestration.open(paths.database);
  const add = (message: `msg_${string}`, state: MessageState, text: string) => {
    store.db.prepare(
      `insert into messages (id, thread, role, actor, text, attachments, state, queued_ms)
       values (?, ?, 'user', 'test', ?, '[]', ?, 1)`,
    ).run(message, id, text, state);
    return { thread: id, id: message };
  };
  const running = add("msg_00000000000000a1", "running", says({ say: "Sent." }));
  const queued = add("msg_00000000000000a2", "queued", says({ say: "Next." }));
  store.write(() => {
    changeThread(store, id, { agentThread: threadId("scripted-left") }, null);
    changeMessage(store, running.id, { turn: TURN, startedMs: 1, posture: "yolo" });
    appendEvents(
      store,
      id,
      [
        { at: 0, text: "Half of" },
        { at: 7, text: " it" },
      ].map((part) => ({
        type: "text_part",
        body: { id: "t", ...part },
        message: running.id,
        atMs: 1,
      })),
    );
  });
  store.close();
  return { running, queued };
}

const CASES: readonly [Record, MessageState, string, string | RegExp][] = [
  ["absent", "done", "Sent.", ""],
  ["ended", "done", "Half of it", /the agent finished it/],
  ["cut", "interrupted", "Half of it", /CAR died during the answer/],
];

for (const [record, state, answer, error] of CASES) {
  Deno.test(`a message in hand when CAR died, by the agent's record ${record}, is ${state}; the next goes on`, async () => {
    await using bench = await openThreadBench();
    const { running, queued } = await killedStore(bench);
    await left(bench, record);
    const desk = await bench.desk();
    desk.takeUp();
    assert.equal((await untilState(desk, queued)).answer, "Next.");
    const message = desk.message(running.thread, running.id);
    assert.deepEqual([message.state, message.answer], [state, answer]);
    if (error instanceof RegExp) assert.match(message.error ?? "", error);
    else assert.equal(message.error, null);
    const types = desk.events(running.thread).map((it) => it.type);
    assert.ok(!types.includes("text_part"), "what was told is put together");
    // A message that had arrived is not with the agent a second time.
    const texts = desk.events(running.thread).filter((it) => it.type === "text");
    assert.equal(texts.length, record === "absent" ? 3 : 2);
  });
}
