import assert from "node:assert/strict";
import { appendEvents } from "../../control/thread_transcript.ts";
import { Orchestration, orchestrationPaths } from "../../control/orchestration.ts";
import { acquireLock } from "../../control/lock.ts";
import { repoPaths } from "../../control/roots.ts";
import type { NewThreadEvent } from "../../engine/thread_events.ts";
import {
  newThread,
  openThreadBench,
  says,
  untilEvent,
  untilState,
} from "../../../tests/support/thread_bench.ts";

const RUNNING = new Set(["running"] as const);

Deno.test("send() queues a message, the agent answers, and the transcript tells it", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const thread = newThread(desk, bench.home);
  const sent = await desk.send(thread.id, {
    text: says({ say: "Hello." }, { tool: "ls", output: "a b" }, { tokens: 7 }),
    by: "test",
  });
  assert.equal(sent.state, "queued");
  const done = await untilState(desk, sent);
  assert.equal(done.state, "done");
  assert.equal(done.answer, "Hello.");
  assert.equal(done.usage.input, 7);
  const events = desk.events(thread.id);
  assert.deepEqual(events.map((it) => it.seq), events.map((_, at) => at + 1));
  const types = events.map((it) => it.type);
  assert.deepEqual(
    types,
    [
      "thread",
      "message",
      "message",
      "message",
      "text",
      "tool_started",
      "tool",
      "usage",
      "message",
    ],
  );
  const after = desk.get(thread.id);
  assert.equal(after.status, "idle");
  assert.equal(after.agentThread, "scripted-1");
  assert.notEqual(after.title, "");
});

Deno.test("send() while the agent is busy waits its turn, in order; what waits can be changed", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const first = await desk.send(id, { text: says({ hang: true }), by: "test" });
  await untilState(desk, first, RUNNING);
  const second = await desk.send(id, { text: says({ say: "two" }), by: "test" });
  const third = await desk.send(id, { text: says({ say: "three" }), by: "test" });
  const fourth = await desk.send(id, { text: says({ say: "four" }), by: "test" });
  assert.equal(desk.get(id).queued, 3);
  assert.equal(desk.cancel(id, third.id, "test").state, "cancelled");
  desk.edit(id, fourth.id, says({ say: "4" }), "test");
  assert.throws(() => desk.cancel(id, first.id, "test"), /The agent has the message already/);
  assert.throws(() => desk.edit(id, first.id, "x", "test"), /The agent has the message already/);
  assert.throws(() => desk.archive(id, "test"), /is answering/);
  desk.interrupt(id, "anna");
  assert.equal((await untilState(desk, fourth)).answer, "4");
  const states = desk.messages(id).map((it) => [it.state, it.answer, it.error]);
  assert.deepEqual(states, [
    ["interrupted", "", "Interrupted by anna"],
    ["done", "two", null],
    ["cancelled", "", null],
    ["done", "4", null],
  ]);
  assert.equal(desk.message(id, second.id).state, "done");
});

Deno.test("send() with the same client id twice is one message", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const wish = { text: says({ say: "once" }), by: "test", clientId: "c1" };
  const [one, other] = [await desk.send(id, wish), await desk.send(id, wish)];
  assert.equal(one.id, other.id);
  await untilState(desk, one);
  assert.equal(desk.messages(id).length, 1);
});

Deno.test("send() refuses what is empty or too long, and what an archived thread does not take", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  await assert.rejects(desk.send(id, { text: "  ", by: "test" }), /empty/);
  await assert.rejects(desk.send(id, { text: "x".repeat(300_000), by: "test" }), /262144/);
  desk.archive(id, "test");
  await assert.rejects(desk.send(id, { text: "hi", by: "test" }), /archived/);
  assert.equal(desk.unarchive(id, "test").status, "idle");
  assert.throws(() => desk.get("thr_nothing"), { code: "not_found" });
});

Deno.test("retry() sends what failed once more, and only that", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const text = says({ end: "failed", error: { kind: "auth", message: "No login" } });
  const sent = await desk.send(id, { text, by: "test" });
  const failed = await untilState(desk, sent);
  assert.deepEqual([failed.state, failed.errorKind, failed.error], ["failed", "auth", "No login"]);
  const again = desk.retry(id, sent.id, "test");
  assert.equal(again.retryOf, sent.id);
  assert.equal((await untilState(desk, again)).state, "failed");
  const good = await desk.send(id, { text: says({ say: "fine" }), by: "test" });
  await untilState(desk, good);
  assert.throws(() => desk.retry(id, good.id, "test"), { code: "conflict" });
});

Deno.test("fork() begins a thread on a copy of the agent's record", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  await assert.rejects(desk.fork(id, "test"), /no conversation yet/);
  await untilState(desk, await desk.send(id, { text: says({ say: "one" }), by: "test" }));
  const copy = await desk.fork(id, "test", "The other way");
  assert.equal(copy.forkOf, id);
  assert.equal(copy.title, "The other way");
  assert.notEqual(copy.agentThread, desk.get(id).agentThread);
  const sent = await desk.send(copy.id, { text: says({ say: "two" }), by: "test" });
  assert.equal((await untilState(desk, sent)).answer, "two");
});

Deno.test("answer() brings a person's word to the agent, and its absence is a no", async () => {
  await using bench = await openThreadBench("safe");
  const desk = await bench.desk();
  const other = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const text = says({ ask: "rm -rf build" }, { say: "Removed." });
  const sent = await desk.send(id, { text, by: "test" });
  await untilEvent(desk, id, (event) => event.type === "approval");
  const [item] = other.inbox(bench.home);
  assert.ok(item);
  assert.equal(item.title, "command: rm -rf build");
  assert.throws(() => other.answer(item.id, "perhaps", "anna"), { code: "usage" });
  assert.ok(other.answer(item.id, "yes", "anna").ok);
  assert.equal((await untilState(desk, sent)).answer, "Removed.");
  assert.deepEqual(other.inbox(), []);
  assert.ok(!other.answer(item.id, "no", "anna").ok);
  assert.throws(() => other.answer("chat-99", "yes", "anna"), { code: "not_found" });
  const answered = desk.events(id).find((it) => it.type === "answered");
  assert.equal(answered?.type === "answered" && answered.body.by, "anna");
});

Deno.test("a request nobody answers is denied at its time, and closed with its answer", async () => {
  await using bench = await openThreadBench("safe");
  await Deno.mkdir(`${bench.home}/.codex-autorunner`);
  await Deno.writeTextFile(
    `${bench.home}/.codex-autorunner/config.yml`,
    "version: 2\nmode: repo\napprovals:\n  timeout_seconds: 0.1\n",
  );
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const sent = await desk.send(id, { text: says({ ask: "x" }, { say: "never" }), by: "test" });
  const done = await untilState(desk, sent);
  assert.equal(done.answer, "");
  const answered = desk.events(id).find((it) => it.type === "answered");
  assert.match(JSON.stringify(answered?.body), /say in your answer what you need/);
});

Deno.test("two desks share a thread: one drives, nothing is sent twice, both see all of it", async () => {
  await using bench = await openThreadBench();
  const [one, two] = [await bench.desk(), await bench.desk()];
  const { id } = newThread(one, bench.home);
  const held = await one.send(id, { text: says({ hang: true }), by: "one" });
  await untilState(two, held, RUNNING);
  const sent = await Promise.all(
    Array.from({ length: 12 }, (_, at) =>
      (at % 2 === 0 ? one : two).send(id, {
        text: says({ append: "said.txt", line: String(at) }),
        by: "test",
      })),
  );
  two.interrupt(id, "two");
  for (const message of sent) await untilState(message.number % 2 === 0 ? one : two, message);
  const lines = (await Deno.readTextFile(`${bench.home}/said.txt`)).trim().split("\n");
  assert.equal(lines.length, 12);
  assert.equal(new Set(lines).size, 12);
  const order = one.messages(id).slice(1);
  assert.deepEqual(order.map((it) => it.state), order.map(() => "done"));
});

Deno.test("close() ends the answer politely; what waits goes on in the next desk", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const first = await desk.send(id, { text: says({ say: "begun" }, { hang: true }), by: "test" });
  await untilEvent(desk, id, (event) => event.type === "text");
  const second = await desk.send(id, { text: says({ say: "later" }), by: "test" });
  await desk.close();
  const next = await bench.desk();
  next.takeUp();
  assert.equal((await untilState(next, second)).answer, "later");
  const left = next.message(id, first.id);
  assert.deepEqual([left.state, left.error], ["interrupted", "CAR was ended during the answer"]);
});

Deno.test("a run at work in the same folder makes the answer read-only, and the thread says so", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const paths = repoPaths(bench.home);
  const identity = { pid: Deno.pid, start: "", boot: "", owner: "o", url: null, version: "0" };
  const lock = await acquireLock(paths.lock, {
    ...identity,
    command: "car run",
    startedAt: "now",
  });
  assert.equal(lock.type, "held");
  const { id } = newThread(desk, bench.home);
  const sent = await desk.send(id, { text: says({ say: "looked" }), by: "test" });
  assert.equal((await untilState(desk, sent)).posture, "read-only");
  const told = desk.events(id).find((it) => it.type === "car");
  assert.match(JSON.stringify(told?.body), /may only read/);
  if (lock.type === "held") lock.lock.release();
  const after = await desk.send(id, { text: says({ say: "wrote" }), by: "test" });
  assert.equal((await untilState(desk, after)).posture, "yolo");
});

Deno.test("no more answers at once than chat.max_parallel says; the others wait for a place", async () => {
  await using bench = await openThreadBench();
  await Deno.mkdir(`${bench.home}/.codex-autorunner`);
  await Deno.writeTextFile(
    `${bench.home}/.codex-autorunner/config.yml`,
    "version: 2\nmode: repo\nchat:\n  max_parallel: 2\n",
  );
  const desk = await bench.desk();
  const hanging = () => {
    const { id } = newThread(desk, bench.home);
    return desk.send(id, { text: says({ hang: true }), by: "test" });
  };
  const sent = [await hanging(), await hanging(), await hanging()];
  const first = await Promise.race(sent.map((it) => untilState(desk, it, RUNNING)));
  const rest = sent.filter(({ id }) => id !== first.id);
  const second = await Promise.race(rest.map((it) => untilState(desk, it, RUNNING)));
  const third = rest.find(({ id }) => id !== second.id);
  assert.ok(third);
  assert.equal(desk.get(third.thread).status, "waiting");
  desk.interrupt(first.thread, "test");
  await untilState(desk, third, RUNNING);
  assert.throws(() => desk.interrupt(first.thread, "test"), { code: "conflict" });
});

Deno.test("attachments are saved under safe names and named in the prompt; large ones are refused", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const bytes = new TextEncoder().encode("picture");
  const sent = await desk.send(id, {
    text: says({ say: "seen" }),
    by: "test",
    files: [{ name: "../../a/b.png", bytes }, { name: "message.md", bytes }],
  });
  const [first, second] = sent.files;
  assert.ok(first && second);
  assert.match(first.path, new RegExp(`threads/${id}/${sent.id}/[^/]+\\.png$`));
  assert.equal(second.name, "message (2).md");
  assert.equal(await Deno.readTextFile(first.path), "picture");
  await untilState(desk, sent);
  const large = { name: "large", bytes: new Uint8Array(21 * 1024 * 1024) };
  await assert.rejects(desk.send(id, { text: "x", by: "test", files: [large] }), /allowed/);
});

Deno.test("a transcript of 10,000 events is read in pages, and from any number on", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const paths = orchestrationPaths(repoPaths(bench.home).state);
  const store = Orchestration.open(paths.database);
  const events = Array.from({ length: 10_000 }, (_, at): NewThreadEvent => ({
    type: "notice",
    body: { text: `n${at}` },
    message: null,
    atMs: at,
  }));
  store.write(() => appendEvents(store, id, events));
  store.close();
  let after = 0;
  let count = 0;
  for (;;) {
    const page = desk.events(id, { after });
    if (page.length === 0) break;
    assert.ok(page.length <= 1_000);
    assert.deepEqual(page.map((it) => it.seq), page.map((_, at) => after + 1 + at));
    count += page.length;
    after += page.length;
  }
  assert.equal(count, 10_001);
  const over = new AbortController();
  let seen = 0;
  for await (const update of desk.follow(id, { after: 500, signal: over.signal })) {
    if (update.type === "event") assert.equal(update.event.seq, 501 + seen++);
    if (seen === 10_001 - 500) over.abort();
  }
  assert.deepEqual(desk.events(id, { last: 2 }).map((it) => it.seq), [10_000, 10_001]);
});

Deno.test("follow() brings a slow reader the stored text where live pieces were left out", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const sent = await desk.send(id, { text: says({ flood: 50_000 }, { say: "end" }), by: "test" });
  await untilState(desk, sent);
  const texts = desk.events(id).filter((it) => it.type === "text");
  assert.equal(texts.length, 2);
  assert.equal(desk.events(id).filter((it) => it.type === "text_part").length, 0);
  assert.ok(texts.some((it) => it.type === "text" && it.body.text.length === 50_000));
});

Deno.test("an agent that throws, vanishes or goes deaf fails its message alone", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const bad = await desk.send(id, { text: says({ throw: "ouch" }), by: "test" });
  assert.equal((await untilState(desk, bad)).state, "failed");
  const gone = await desk.send(id, { text: says({ vanish: true }), by: "test" });
  assert.equal((await untilState(desk, gone)).state, "failed");
  const good = await desk.send(id, { text: says({ say: "still here" }), by: "test" });
  assert.equal((await untilState(desk, good)).answer, "still here");
  assert.deepEqual(bench.remarks, []);
});

Deno.test("openThreadDesk() sets a damaged store aside under its name and begins anew", async () => {
  await using bench = await openThreadBench();
  const paths = orchestrationPaths(repoPaths(bench.home).state);
  await Deno.mkdir(paths.state, { recursive: true });
  await Deno.writeTextFile(paths.database, "no database ".repeat(1_000));
  const desk = await bench.desk();
  assert.match(bench.remarks.join(), /set aside in .*archive\/damaged/);
  assert.deepEqual(desk.list(), []);
});

Deno.test("an answer is ended at chat.answer_tokens, and the next goes on", async () => {
  await using bench = await openThreadBench();
  const config = `${bench.home}/.codex-autorunner/config.yml`;
  await Deno.mkdir(`${bench.home}/.codex-autorunner`);
  await Deno.writeTextFile(config, "version: 2\nmode: repo\nchat:\n  answer_tokens: 5\n");
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const text = says({ tokens: 7 }, { hang: true });
  const ended = await untilState(desk, await desk.send(id, { text, by: "test" }));
  assert.deepEqual([ended.state, ended.errorKind], ["interrupted", "limit"]);
  assert.match(ended.error ?? "", /7 tokens/);
  const next = await desk.send(id, { text: says({ say: "fine" }), by: "test" });
  assert.equal((await untilState(desk, next)).answer, "fine");
});

Deno.test("a config that broke meanwhile fails the message with the reason, until it is mended", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const config = `${bench.home}/.codex-autorunner/config.yml`;
  await Deno.writeTextFile(config, "version: 2\nmode: repo\nchat:\n  idle_seconds: never\n");
  const sent = await desk.send(id, { text: says({ say: "?" }), by: "test" });
  const failed = await untilState(desk, sent);
  assert.equal(failed.state, "failed");
  assert.match(failed.error ?? "", /chat.idle_seconds/);
  await Deno.remove(config);
  assert.equal((await untilState(desk, desk.retry(id, sent.id, "test"))).answer, "?");
});

Deno.test("saveDraft() keeps what was begun until the next message", async () => {
  await using bench = await openThreadBench();
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  desk.saveDraft(id, "Could you");
  assert.equal((await bench.desk()).get(id).draft, "Could you");
  await untilState(desk, await desk.send(id, { text: says({ say: "Yes." }), by: "test" }));
  assert.equal(desk.get(id).draft, "");
});
