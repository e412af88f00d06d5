import assert from "node:assert/strict";
import { systemClock } from "../../lib/base/clock.ts";
import { openThreadDesk } from "../../lib/hub/threads/desk.ts";
import { mayRunAgent } from "../support/agents.ts";
import { openQueueBench, type QueueBench, scripted } from "../support/queue_bench.ts";
import { newThread, untilState } from "../support/thread_bench.ts";

const deskOf = (bench: QueueBench) =>
  openThreadDesk({
    home: bench.repo,
    mode: "repo",
    clock: systemClock,
    environment: {
      PATH: `${bench.repo}/../bin:/usr/bin:/bin`,
      HOME: bench.home,
      CODEX_HOME: bench.home,
    },
    safe: false,
    command: "a test",
    remark: (text) => assert.fail(text),
  });

Deno.test({
  name: "two owners talk in one thread with Codex, which lets only one of its processes write it",
  ignore: !mayRunAgent("codex"),
}, async () => {
  await using bench = await openQueueBench("source");
  const [one, two] = [await deskOf(bench), await deskOf(bench)];
  try {
    const { id } = newThread(one, bench.repo, "codex");
    const steps = ["First.", "Second.", "Third.", "Fork."].map((say) => ({ items: [{ say }] }));
    const first = await one.send(id, { text: scripted({ turns: [{ steps }] }), by: "one" });
    assert.equal((await untilState(one, first)).answer, "First.");
    // Its agent still has the conversation open: the first owner sends it.
    const second = await two.send(id, { text: "Go on.", by: "two" });
    assert.equal((await untilState(two, second)).answer, "Second.");
    await assert.rejects(two.fork(id, "two"), { code: "locked" });
    const copy = await one.fork(id, "one");
    await one.close();
    const third = await two.send(id, { text: "Go on.", by: "two" });
    assert.equal((await untilState(two, third)).answer, "Third.");
    const fork = await two.send(copy.id, { text: "Go on.", by: "two" });
    assert.equal((await untilState(two, fork)).answer, "Third.");
    assert.deepEqual(bench.model.problems, []);
  } finally {
    await one.close();
    await two.close();
  }
});

Deno.test({
  name: "a thread with OpenCode is forked, and one whose session is gone says so and begins anew",
  ignore: !mayRunAgent("opencode"),
}, async () => {
  await using bench = await openQueueBench("source");
  const desk = await deskOf(bench);
  try {
    const { id } = newThread(desk, bench.repo, "opencode");
    const steps = ["First.", "Second."].map((say) => ({ items: [{ say }] }));
    const text = scripted({ turns: [{ steps }] });
    await untilState(desk, await desk.send(id, { text, by: "test" }));
    const copy = await desk.fork(id, "test");
    assert.notEqual(copy.agentThread, desk.get(id).agentThread);
    const forked = await desk.send(copy.id, { text: "Go on.", by: "test" });
    assert.equal((await untilState(desk, forked)).answer, "Second.");
    await desk.close();
    // Its sessions, as a person would clear them away.
    await Deno.remove(`${bench.home}/.local`, { recursive: true });
    const later = await deskOf(bench);
    try {
      const again = await later.send(id, { text, by: "test" });
      assert.equal((await untilState(later, again)).answer, "First.");
      const told = later.events(id).filter((it) => it.type === "car");
      assert.match(JSON.stringify(told), /no record of this conversation/);
    } finally {
      await later.close();
    }
  } finally {
    await desk.close();
  }
});
