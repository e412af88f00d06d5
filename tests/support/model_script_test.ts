import assert from "node:assert/strict";
import { findScript, locate, oneTurn, replyOf, scriptBlock } from "./model_script.ts";

const say = (text: string) => ({ items: [{ say: text }] });
const user = (text: string) => ({ type: "message", role: "user", content: [{ text }] });
const model = { type: "message", role: "assistant", content: [{ text: "hm" }] };
const call = { type: "function_call", name: "exec_command" };
const output = { type: "function_call_output" };
const script = { turns: [{ steps: [say("1a"), say("1b")] }, { steps: [say("2a")] }] };
const prompt = `rules\n${scriptBlock(script)}\nprior output`;

const firstSay = (input: unknown): unknown => locate(input)?.reply.items?.[0];

Deno.test("locate() takes the turns for prompts that hold a phrase", () => {
  const when = [{ phrase: "Review", turns: [{ steps: [say("fine")] }] }];
  const block = scriptBlock({ id: "a", turns: [{ steps: [say("work")] }], when });
  for (const [word, key, said] of [["Do", "a", "work"], ["Please Review", "a (Review)", "fine"]]) {
    const input = [user(`${word} it.\n${block}`)];
    assert.equal(locate(input)?.key, key);
    assert.deepEqual(firstSay(input), { say: said });
  }
});

Deno.test("locate() derives turn and step from the history alone when asked", () => {
  const rows: [name: string, input: unknown[], turn: number, step: number, say: string][] = [
    ["first", [user(prompt)], 0, 0, "1a"],
    ["after a call", [user(prompt), call, output], 0, 1, "1b"],
    ["two calls at once", [user(prompt), call, call, output, output], 0, 1, "1b"],
    ["past the end", [user(prompt), call, output, call, output, model], 0, 3, "1b"],
    ["second prompt", [user(prompt), call, output, model, user(prompt)], 1, 0, "2a"],
    ["third prompt", [user(prompt), model, user(prompt), model, user(prompt)], 2, 0, "2a"],
    ["go on", [user(prompt), call, output, user("go on")], 0, 1, "1b"],
    ["agent's own context", [user("<environment_context/>"), user(prompt)], 0, 0, "1a"],
  ];
  for (const [name, input, turn, step, text] of rows) {
    const position = locate(input);
    assert.deepEqual([position?.turn, position?.step], [turn, step], name);
    assert.deepEqual(firstSay(input), { say: text }, name);
  }
});

Deno.test("locate() counts another ticket's prompts apart when a thread holds both", () => {
  const other = scriptBlock(oneTurn(say("other")));
  assert.deepEqual(firstSay([user(prompt), model, user(other)]), { say: "other" });
  assert.deepEqual(locate([user(other), model, user(prompt)])?.turn, 0);
});

Deno.test("locate() takes the last script when a prompt quotes an earlier one", () => {
  const quoted = `${scriptBlock(oneTurn(say("quoted")))}${prompt}`;
  assert.deepEqual(firstSay([user(quoted)]), { say: "1a" });
});

Deno.test("locate() finds nothing when the thread has no script, and answers a summary request", () => {
  assert.equal(locate([user("hello")]), undefined);
  assert.equal(locate("nonsense"), undefined);
  const summary = user("You are performing a CONTEXT CHECKPOINT COMPACTION. Do it.");
  assert.equal(locate([user(prompt), summary])?.key, "(summary)");
});

Deno.test("findScript() refuses a misspelt key when reading a block", () => {
  assert.throws(() => findScript('@@script {"turns":[{"steps":[{"itmes":[]}]}]} @@end'), /itmes/);
});

Deno.test("replyOf() lays the attempt's fields over the reply when it has attempts", () => {
  const reply = { items: [{ say: "x" }], attempts: [{ http: 500 }, {}] };
  const position = { key: "k", turn: 0, step: 0, reply };
  assert.equal(replyOf(position, 0).http, 500);
  assert.equal(replyOf(position, 1).http, undefined);
  assert.equal(replyOf(position, 9).http, undefined);
});
