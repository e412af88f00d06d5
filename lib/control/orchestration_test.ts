import assert from "node:assert/strict";
import { messageKey, threadKey } from "../engine/thread.ts";
import {
  changeMessage,
  insertMessage,
  listMessages,
  messageByClient,
  nextMessage,
  requireMessage,
  runningMessage,
} from "./message_rows.ts";
import { openOrchestration, Orchestration, orchestrationPaths } from "./orchestration.ts";
import { answerRequest, insertRequest, openRequests } from "./thread_requests.ts";
import { insertThread, listThreads, openThreads, requireThread } from "./thread_rows.ts";
import { appendEvents, readEvents, removeParts } from "./thread_transcript.ts";

const hex = (number: number): string => number.toString(16).padStart(16, "0");

async function withStore(body: (store: Orchestration, state: string) => void): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "car-orchestration-" });
  const store = Orchestration.open(orchestrationPaths(state).database);
  try {
    body(store, state);
  } finally {
    store.close();
    await Deno.remove(state, { recursive: true });
  }
}

function addThread(store: Orchestration, number: number, root = "/repo") {
  const id = threadKey(hex(number));
  const scope = { kind: "repo", repo: null, root } as const;
  const row = { id, scope, agent: "codex", model: null, posture: null, title: `t${number}` };
  store.write(() => insertThread(store, { ...row, atMs: number }));
  return id;
}

function addMessage(store: Orchestration, thread: ReturnType<typeof threadKey>, number: number) {
  const id = messageKey(hex(number));
  store.write(() =>
    insertMessage(store, {
      id,
      thread,
      role: "user",
      by: "test",
      text: `m${number}`,
      files: [],
      retryOf: null,
      clientId: `c${number}`,
      atMs: number,
    })
  );
  return id;
}

Deno.test("a thread's status, queue and place in the list follow from its messages", () =>
  withStore((store) => {
    const [one, two] = [addThread(store, 1), addThread(store, 2, "/other")];
    assert.deepEqual(listThreads(store, {}).map(({ id }) => id), [two, one]);
    assert.deepEqual(listThreads(store, { root: "/repo" }).map(({ id }) => id), [one]);
    const first = addMessage(store, one, 1);
    addMessage(store, one, 2);
    assert.deepEqual([requireThread(store, one).status, requireThread(store, one).queued], [
      "waiting",
      2,
    ]);
    store.write(() => changeMessage(store, first, { state: "running", startedMs: 5 }));
    assert.equal(requireThread(store, one).running, first);
    assert.equal(runningMessage(store, one)?.id, first);
    assert.equal(nextMessage(store, one)?.text, "m2");
    assert.deepEqual(openThreads(store), [one]);
    assert.equal(messageByClient(store, one, "c2")?.text, "m2");
    assert.throws(() => requireMessage(store, two, first), { code: "not_found" });
    assert.throws(() => requireThread(store, "x' or 1=1 --"), { code: "not_found" });
  }));

Deno.test("the store itself lets one message of a thread run at a time, and a client id be used once", () =>
  withStore((store) => {
    const thread = addThread(store, 1);
    const [first, second] = [addMessage(store, thread, 1), addMessage(store, thread, 2)];
    store.write(() => changeMessage(store, first, { state: "running" }));
    assert.throws(() => store.write(() => changeMessage(store, second, { state: "running" })));
    assert.equal(nextMessage(store, thread)?.id, second);
    assert.throws(() =>
      store.write(() =>
        insertMessage(store, {
          id: messageKey(hex(9)),
          thread,
          role: "user",
          by: "test",
          text: "again",
          files: [],
          retryOf: null,
          clientId: "c1",
          atMs: 9,
        })
      )
    );
  }));

Deno.test("listMessages() gives pages, newest page first, each oldest first", () =>
  withStore((store) => {
    const thread = addThread(store, 1);
    for (let number = 1; number <= 5; number++) addMessage(store, thread, number);
    const page = listMessages(store, thread, { limit: 2 });
    assert.deepEqual(page.map(({ text }) => text), ["m4", "m5"]);
    const before = listMessages(store, thread, { limit: 2, before: page[0]?.number ?? 0 });
    assert.deepEqual(before.map(({ text }) => text), ["m2", "m3"]);
  }));

Deno.test("appendEvents() numbers within the thread; removeParts() takes the parts of one text", () =>
  withStore((store) => {
    const [one, two] = [addThread(store, 1), addThread(store, 2)];
    const message = messageKey(hex(1));
    const part = (id: string, at: number, text: string) =>
      ({ type: "text_part", body: { id, at, text }, message, atMs: 1 }) as const;
    store.write(() => appendEvents(store, one, [part("a", 0, "He"), part("b", 0, "x")]));
    store.write(() => appendEvents(store, two, [part("a", 0, "other")]));
    const added = store.write(() => appendEvents(store, one, [part("a", 2, "llo")]));
    assert.equal(added[0]?.seq, 3);
    store.write(() => removeParts(store, one, message, "a"));
    assert.deepEqual(readEvents(store, one).map(({ seq }) => seq), [2]);
    assert.equal(readEvents(store, two).length, 1);
    assert.deepEqual(readEvents(store, one, { after: 2 }), []);
  }));

Deno.test("answerRequest() takes the first answer only", () =>
  withStore((store) => {
    const thread = addThread(store, 1);
    const message = addMessage(store, thread, 1);
    store.write(() => changeMessage(store, message, { state: "running" }));
    const asked = {
      type: "approval",
      requestId: "r",
      kind: "command",
      title: "ls",
      detail: "ls",
    } as const;
    const id = store.write(() =>
      insertRequest(store, { thread, message, asked, askedMs: 1, expiresMs: 2 })
    );
    assert.deepEqual(openRequests(store).map((it) => it.id), [id]);
    const given = (by: string) => ({ answer: { type: "yes" }, by, atMs: 2 }) as const;
    assert.ok(store.write(() => answerRequest(store, id, given("anna"))));
    assert.ok(!store.write(() => answerRequest(store, id, given("bert"))));
    assert.deepEqual(openRequests(store), []);
  }));

Deno.test("openOrchestration() refuses a file of a newer car and leaves it as it is", async () => {
  const state = await Deno.makeTempDir({ prefix: "car-orchestration-" });
  try {
    const paths = orchestrationPaths(state);
    const store = Orchestration.open(paths.database);
    store.db.exec("pragma user_version = 99");
    store.close();
    await assert.rejects(openOrchestration(paths, 0), { code: "conflict" });
    await assert.rejects(Deno.stat(paths.damaged), Deno.errors.NotFound);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
});
