import assert from "node:assert/strict";
import { readEach, untilGone } from "../support/processes.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";
import { openQueueBench, type QueueBench, scripted } from "../support/queue_bench.ts";
import { soon } from "../support/soon.ts";

/** Command lines of what a chat of this repo started and that still lives. */
async function chatLeftovers(repo: string): Promise<readonly string[]> {
  const mark = `CAR_ROOT=${repo}/.codex-autorunner/threads/`;
  const left: string[] = [];
  for await (const { environment, command } of readEach()) {
    if (environment.some((it) => it.startsWith(mark))) left.push(command);
  }
  return left;
}

interface ShownMessage {
  readonly message: string;
  readonly state: string;
  readonly words?: string;
}

/** The last state of each message of the newest thread, in order. */
async function lastStates(bench: QueueBench): Promise<readonly ShownMessage[]> {
  const { stdout } = await bench.car("chat", "show", "last", "--json");
  const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const states = new Map<string, ShownMessage>();
  for (const event of events) if (event.event === "message") states.set(event.message, event);
  return [...states.values()];
}

forSourceAndBinary(
  "car chat goes on in OpenCode's own session in a new process",
  async (form) => {
    await using bench = await openQueueBench(form);
    const steps = ["First.", "Second."].map((say) => ({ items: [{ say }] }));
    const first = await bench.car("chat", "--agent", "opencode", scripted({ turns: [{ steps }] }));
    assert.equal(first.stdout, "First.\n", first.stderr);
    const second = await bench.car("chat", "--thread", "last", "Go on.");
    assert.equal(second.stdout, "Second.\n", second.stderr);
    assert.deepEqual(await chatLeftovers(bench.repo), []);
  },
  ["opencode"],
);

forSourceAndBinary(
  "car chat goes on in Codex's own thread in a new process",
  async (form) => {
    await using bench = await openQueueBench(form);
    const script = scripted({
      turns: [{ steps: [{ items: [{ say: "First." }] }, { items: [{ say: "Second." }] }] }],
    });
    const first = await bench.car("chat", script);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout, "First.\n");
    const id = /car chat --thread (thr_[0-9a-f]{16})/.exec(first.stderr)?.[1] ?? "";
    const second = await bench.car("chat", "--thread", id, "Go on.");
    assert.equal(second.stdout, "Second.\n", second.stderr);
    const asJson = await bench.car("chat", "--json", "--thread", "last", "And on.");
    const answer = JSON.parse(asJson.stdout.trim().split("\n").at(-1) ?? "");
    assert.equal(answer.state, "done");
    assert.equal(answer.thread, id);
    const list = await bench.car("chat", "list");
    assert.match(list.stdout, new RegExp(`^${id}\tcodex\tidle\t`));
    assert.deepEqual(bench.model.problems, []);
    assert.deepEqual(await chatLeftovers(bench.repo), []);
  },
  ["codex"],
);

forSourceAndBinary(
  "Ctrl-C interrupts Codex's answer, and the thread goes on",
  async (form) => {
    await using bench = await openQueueBench(form);
    const script = scripted({
      turns: [{ steps: [{ hold: "never", items: [{ say: "?" }] }, { items: [{ say: "Here." }] }] }],
    });
    await using car = bench.start("chat", script);
    await bench.model.arrived(() => true);
    car.signal("SIGINT");
    const ended = await car.ended;
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, /interrupted: Interrupted by cli:tester/);
    bench.model.release("never");
    const next = await bench.car(
      "chat",
      "--thread",
      "last",
      scripted({ id: "next", turns: [{ steps: [{ items: [{ say: "Here." }] }] }] }),
    );
    assert.equal(next.stdout, "Here.\n", next.stderr);
    assert.deepEqual((await lastStates(bench)).map((it) => it.state), ["interrupted", "done"]);
  },
  ["codex"],
);

forSourceAndBinary(
  "kill -9 in the middle of an answer: it is shown as interrupted, what waits goes on, nothing twice",
  async (form) => {
    await using bench = await openQueueBench(form);
    const held = scripted({
      id: "held",
      turns: [{
        steps: [
          { items: [{ exec: "(setsid sleep 600 &) ; echo $CAR_TURN_ID >> turns.log; sleep 600" }] },
          { items: [{ say: "Never." }] },
        ],
      }],
    });
    const later = scripted({ id: "later", turns: [{ steps: [{ items: [{ say: "Later." }] }] }] });
    await using first = bench.start("chat", held);
    await soon(
      "the command of the first answer",
      () => Deno.readTextFile(`${bench.repo}/turns.log`).then((it) => it !== "", () => false),
    );
    // Another process queues in the same thread, and waits for its turn.
    await using second = bench.start("chat", "--thread", "last", later);
    await soon("the second message", async () => (await lastStates(bench)).length === 2);
    assert.deepEqual((await lastStates(bench)).map((it) => it.state), ["running", "queued"]);
    first.signal("SIGKILL");
    await first.ended;
    const ended = await second.ended;
    assert.equal(ended.stdout, "Later.\n", ended.stderr);
    const [left, done] = await lastStates(bench);
    assert.equal(left?.state, "interrupted");
    assert.match(left?.words ?? "", /CAR died during the answer/);
    assert.equal(done?.state, "done");
    for (const [turn, count] of bench.model.finishedTurns()) {
      assert.equal(count, 1, `${turn} was answered ${count} times`);
    }
    await untilGone(() => chatLeftovers(bench.repo));
  },
  ["codex"],
);

forSourceAndBinary("car chat asks in the safe posture; another terminal answers", async (form) => {
  await using bench = await openQueueBench(form);
  await using car = bench.start(
    "chat",
    "--agent",
    "shell",
    "--posture",
    "safe",
    "echo ok > ok.txt",
  );
  const id = await soon("the request in the inbox", async () => {
    const { stdout } = await bench.car("inbox");
    return /^chat-\d+/m.exec(stdout)?.[0] ?? null;
  });
  const answered = await bench.car("inbox", "answer", id, "yes");
  assert.equal(answered.code, 0, answered.stderr);
  const ended = await car.ended;
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(await Deno.readTextFile(`${bench.repo}/ok.txt`), "ok\n");
  const again = await bench.car("inbox", "answer", id, "yes");
  assert.equal(again.code, 1);
});
