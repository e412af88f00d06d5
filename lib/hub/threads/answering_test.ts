import assert from "node:assert/strict";
import {
  newThread,
  openThreadBench,
  says,
  untilEvent,
  untilState,
} from "../../../tests/support/thread_bench.ts";

Deno.test("a secret that an agent says, prints or asks with is told to nobody and kept nowhere", async () => {
  await using bench = await openThreadBench("safe");
  const secret = "canary-5f2c9b7a41d84e6f";
  bench.secrets.add("KEY", secret);
  const desk = await bench.desk();
  const { id } = newThread(desk, bench.home);
  const heard: string[] = [];
  const over = new AbortController();
  const hearing = (async () => {
    for await (const update of desk.follow(id, { after: 0, signal: over.signal })) {
      // What a person says is theirs.
      if (update.type === "event" && update.event.type === "message") continue;
      heard.push(JSON.stringify(update));
    }
  })();
  const acts = [{ say: `It is ${secret}.` }, { tool: "ls", output: secret }, { ask: secret }];
  const sent = await desk.send(id, { text: says(...acts), by: "test" });
  await untilEvent(desk, id, (event) => event.type === "approval");
  const [item] = desk.inbox(bench.home);
  assert.equal(item?.title, "command: [redacted KEY]");
  assert.ok(desk.answer(item.id, "yes", "anna").ok);
  const { answer } = await untilState(desk, sent);
  over.abort();
  await hearing;
  assert.equal(answer, "It is [redacted KEY].");
  assert.ok(heard.filter((it) => it.includes("[redacted KEY]")).length > 3);
  assert.deepEqual(heard.filter((it) => it.includes(secret)), []);
});
