import assert from "node:assert/strict";
import { mayRunAgent } from "../support/agents.ts";
import { oneTurn, type Script, scriptBlock } from "../support/model_script.ts";
import { openQueueBench, type QueueBench } from "../support/queue_bench.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const STATE = ".codex-autorunner";
const TODO = `${STATE}/TODO.md`;
const say = (text: string) => ({ items: [{ say: text }] });
const exec = (command: string) => ({ items: [{ exec: command }] });
/** Checks a box as an agent would from its shell. */
const check = (words: string) => `sed -i 's/\\[ \\] ${words}/[x] ${words}/' ${TODO}`;

/** A box with the model's script below it. */
const box = (words: string, script: Script) =>
  `- [ ] ${words}\n${scriptBlock(script).trimEnd().replace(/^/gm, "  ")}\n`;

const FIRST = oneTurn(exec(`echo 1 > one.txt; ${check("First")}`), say("One is there."));
const LYING: Script = {
  turns: [
    { steps: [exec(check("Second")), say("Two is there, I say.")] },
    { steps: [exec(`echo 2 > two.txt; ${check("Second")}`), say("Now it is.")] },
  ],
};
/** More boxes are checked than files were made, the one that was checked before aside. */
const VERIFY = `test $(grep -c '^- \\[x\\]' ${TODO}) -le $(($(ls | grep -c txt) + 1))`;

async function openTodoBench(form: Parameters<typeof openQueueBench>[0]): Promise<QueueBench> {
  const bench = await openQueueBench(form);
  await bench.car("config", "set", "queue", "todo");
  await bench.car("config", "set", "gate.verify", JSON.stringify([VERIFY]));
  return bench;
}

const write = (bench: QueueBench, name: string, text: string) =>
  Deno.writeTextFile(`${bench.repo}/${STATE}/${name}`, text);

if (mayRunAgent("codex")) {
  forSourceAndBinary(
    "a list of boxes is worked in order, and a false claim unchecked",
    async (form) => {
      await using bench = await openTodoBench(form);
      const list = `\uFEFF# Plan\n\n- [x] Old\n${box("First", FIRST)}\n* prose\n${
        box("Second", LYING)
      }`
        .replaceAll("\n", "\r\n");
      await write(bench, "TODO.md", list);
      await write(bench, "PROGRESS.md", "We stand at the beginning.\n");
      await write(bench, "OPINIONS.md", "Short names please.\n");
      await write(bench, "SPEC.md", "Two files.\n");
      const { code, stdout, stderr } = await bench.car("run");
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /TODO-002 First[^]*accepted[^]*TODO-003 Second: rejected[^]*accepted/);
      const done = list.replaceAll("- [ ] ", "- [x] ");
      assert.equal(await Deno.readTextFile(`${bench.repo}/${TODO}`), done);
      const log = await bench.sh("git log --format='%s %(trailers:key=CAR-Ticket,valueonly)'");
      assert.match(log, /^TODO-003 Second todo_[0-9a-f]{16}\n+TODO-002 First todo_[0-9a-f]{16}\n/);
      const prompt = JSON.stringify(bench.model.requests[0]?.body.input);
      for (
        const words of ["We stand at", "Short names", "Two files", "- [x] Old", "check its box"]
      ) {
        assert.ok(prompt.includes(words), words);
      }
      assert.deepEqual(bench.model.problems, []);
      assert.match((await bench.car("status")).stdout, /3 of 3 done/);
      const evidence = await bench.car("ticket", "show", "2", "--evidence");
      assert.match(evidence.stdout, /accepted/, evidence.stderr);
      assert.match((await bench.car("explain", "todo-003")).stdout, /TODO-003 Second/);
      const again = await bench.car("run");
      assert.equal(again.code, 0, again.stderr);
      assert.match(again.stdout, /completed|nothing/i);
    },
  );

  forSourceAndBinary(
    "a box reworded while it is checked does not get past the gate",
    async (form) => {
      await using bench = await openTodoBench(form);
      const sly = exec(`sed -i 's/\\[ \\] Hard task/[x] Easy task/' ${TODO}`);
      await write(bench, "TODO.md", `- [x] Old\n${box("Hard task", oneTurn(sly, say("Easy.")))}`);
      const { code, stdout } = await bench.car("run");
      assert.notEqual(code, 0, stdout);
      assert.match(stdout, /Easy task: rejected/);
      assert.match(await Deno.readTextFile(`${bench.repo}/${TODO}`), /- \[ \] Easy task/);
    },
  );
}

forSourceAndBinary(
  "a list that cannot be used is named, and the tickets are not worked instead",
  async (form) => {
    await using bench = await openTodoBench(form);
    await bench.ticket(1, { agent: "shell" }, "```sh\ntouch wrong\n```");
    const missing = await bench.car("run");
    assert.equal(missing.code, 3, missing.stdout + missing.stderr);
    assert.match(missing.stdout, /TODO\.md:1: It does not exist; with queue: todo/);
    await write(bench, "TODO.md", "- [ ] Work\n");
    await bench.car("config", "set", "runner.default_agent", "shell");
    const shell = await bench.car("run");
    assert.match(shell.stdout, /set runner\.default_agent to another/);
    await bench.car("config", "set", "runner.default_agent", "user");
    const person = await bench.car("run");
    assert.equal(person.code, 3);
    assert.match(person.stdout, /TODO-001 Work/);
    await write(bench, "TODO.md", "- [x] Work\n");
    const done = await bench.car("resume");
    assert.equal(done.code, 0, done.stdout + done.stderr);
    assert.equal(await bench.sh("ls"), "README.md\n");
  },
);
