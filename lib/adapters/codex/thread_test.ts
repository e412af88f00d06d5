import assert from "node:assert/strict";
import { threadId, turnId } from "../../engine/ids.ts";
import type { OpenOptions, Posture } from "../../engine/ports.ts";
import type { TurnEvent } from "../../engine/turn.ts";
import { type Answers, FakeAppServer, TURN } from "../../../tests/support/fake_app_server.ts";
import { CodexServer } from "./server.ts";
import { CodexThread } from "./thread.ts";

const INPUT = { turnId: turnId("00000000000000aa"), prompt: "Do it", ticketPath: "/t.md", env: {} };
const NEVER = new AbortController().signal;
const at = { threadId: "thread-1", turnId: TURN };
const idle = { method: "thread/status/changed", params: { ...at, status: { type: "idle" } } };
const ends = (status: string) => ({
  method: "turn/completed",
  params: { threadId: "thread-1", turn: { id: TURN, status, items: [] } },
});

const OPEN: OpenOptions = {
  resume: null,
  model: null,
  reasoning: null,
  profile: null,
  posture: "yolo",
  title: "",
};

/** A thread on a server made by hand, and what it swept. */
async function openThread(answers: Answers = {}, posture: Posture = "yolo") {
  const program = new FakeAppServer(answers);
  const log: string[] = [];
  const swept: string[] = [];
  const server = await CodexServer.greet(program, "0", (text) => void log.push(text));
  const thread = new CodexThread({
    repo: "/repo",
    marks: { CAR_OWNER: "me" },
    server: () => Promise.resolve(server),
    instructions: () => Promise.resolve(null),
    sweep: (turn) => Promise.resolve(void swept.push(turn)),
  }, { ...OPEN, posture });
  return { program, server, thread, log, swept };
}

async function play(
  thread: CodexThread,
  signal: AbortSignal,
  onEvent: (event: TurnEvent) => void = () => {},
): Promise<TurnEvent[]> {
  const events: TurnEvent[] = [];
  for await (const event of thread.turn(INPUT, signal)) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

const wantsStart = (message: Readonly<Record<string, unknown>>) => message.method === "turn/start";

Deno.test("turn() reads the record when the end of the turn is never told", async () => {
  const { program, thread } = await openThread();
  void program.hears(wantsStart).then(() => program.say(idle));
  const events = await play(thread, NEVER);
  assert.deepEqual(events.at(-1), { type: "ended", result: "completed", error: null });
  await program.stop();
});

Deno.test("turn() waits on when the record has no end either", async () => {
  const inProgress = { data: [{ id: TURN, status: "inProgress", items: [] }] };
  const { program, thread } = await openThread({ "thread/turns/list": () => inProgress });
  const asked = program.hears((message) => message.method === "thread/turns/list");
  void program.hears(wantsStart).then(() => program.say(idle));
  void asked.then(() => program.say(ends("failed")));
  const last = (await play(thread, NEVER)).at(-1);
  assert(last?.type === "ended");
  assert.equal(last.result, "failed");
  await program.stop();
});

Deno.test("turn() ends when asked to, also when the server never answers the interrupt", async () => {
  const silent = () => undefined;
  const { program, thread, swept } = await openThread({ "turn/interrupt": silent });
  const abort = new AbortController();
  void program.hears(wantsStart).then(() => abort.abort());
  const events = await play(thread, abort.signal);
  assert.deepEqual(events.at(-1), { type: "ended", result: "interrupted", error: null });
  assert(program.isStopped);
  assert.deepEqual(swept, [INPUT.turnId]);
});

Deno.test("turn() ends when asked to while the thread is being opened", async () => {
  const { program, thread } = await openThread({ "thread/start": () => undefined });
  const abort = new AbortController();
  void program.hears((message) => message.method === "thread/start").then(() => abort.abort());
  const events = await play(thread, abort.signal);
  assert.deepEqual(events, [{ type: "ended", result: "interrupted", error: null }]);
  await program.stop();
});

Deno.test("turn() is lost with the program's last words when it crashes", async () => {
  const { program, thread } = await openThread();
  void program.hears(wantsStart).then(() => program.crash("exit code 101:\npanicked"));
  const last = (await play(thread, NEVER)).at(-1);
  assert(last?.type === "ended");
  assert.deepEqual([last.result, last.error?.kind], ["lost", "crashed"]);
  assert.match(last.error?.message ?? "", /panicked/);
});

Deno.test("turn() reads what was told before the turn's id was known", async () => {
  const early = { ...at, item: { type: "agentMessage", id: "m", text: "Early" } };
  const { program, thread } = await openThread({ "turn/start": () => undefined });
  void program.hears(wantsStart).then((message) => {
    program.say({ method: "item/completed", params: early });
    program.say(ends("completed"));
    program.say({
      id: message.id,
      result: { turn: { id: TURN, status: "inProgress", items: [] } },
    });
  });
  const events = await play(thread, NEVER);
  assert.deepEqual(events.slice(-2).map((event) => event.type), ["text", "ended"]);
  await program.stop();
});

Deno.test("turn() goes on and says so when a notification cannot be read", async () => {
  const { program, thread, server } = await openThread();
  void program.hears(wantsStart).then(() => {
    program.say({ method: "item/started", params: { ...at, item: "?" } });
    program.say({ method: "thread/telepathy", params: at });
    program.say("not json");
    program.say(ends("completed"));
  });
  const types = (await play(thread, NEVER)).map((event) => event.type);
  assert.deepEqual(types, ["status", "notice", "ended"]);
  assert.deepEqual([...server.unknownNotifications], [["thread/telepathy", 1]]);
  assert.equal(server.garbageLines, 1);
  await program.stop();
});

Deno.test("turn() tells the thread's id before the prompt is sent", async () => {
  const { program, thread } = await openThread();
  let promptsBefore = -1;
  void program.hears(wantsStart).then(() => program.say(ends("completed")));
  await play(thread, NEVER, (event) => {
    if (event.type !== "status") return;
    assert.equal(thread.id, threadId("thread-1"));
    promptsBefore = program.heard.filter(wantsStart).length;
  });
  assert.equal(promptsBefore, 0);
  await program.stop();
});

Deno.test("turn() answers every question of the server when nobody else can", async () => {
  const { program, thread, log } = await openThread({}, "read-only");
  const ask = (id: number, method: string, thread: string) =>
    program.say({ id, method, params: { ...at, threadId: thread, itemId: "i" } });
  const approval = "item/commandExecution/requestApproval";
  void program.hears(wantsStart).then(() => {
    ask(70, approval, "thread-1");
    ask(71, approval, "a-foreign-thread");
    ask(72, "attestation/generate", "thread-1");
  });
  const replies = Promise.all([70, 71, 72].map((id) => program.hears((it) => it.id === id)));
  void replies.then(() => program.say(ends("completed")));
  await play(thread, NEVER);
  const declined = { decision: "decline" };
  const [own, foreign, unknown] = await replies;
  assert.deepEqual([own?.result, foreign?.result], [declined, declined]);
  assert.notEqual(unknown?.error, undefined);
  assert.equal(log.length, 1);
  await program.stop();
});

Deno.test("greet() throws the program's last words when it ends before it answers", async () => {
  const program = new FakeAppServer({ "initialize": () => undefined });
  const greeting = CodexServer.greet(program, "0", () => {});
  program.crash("exit code 1:\nagents.max_threads must be at least 1");
  await assert.rejects(greeting, /Codex did not start: exit code 1:\nagents.max_threads must/);
});
