import assert from "node:assert/strict";
import { mayRunAgent } from "../support/agents.ts";
import { oneTurn, scriptBlock } from "../support/model_script.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";
import { markDone, openQueueBench, type QueueBench, scripted } from "../support/queue_bench.ts";

const CONFIG = ".codex-autorunner/config.yml";
const say = (text: string) => ({ items: [{ say: text }] });
const exec = (command: string) => ({ items: [{ exec: command }] });

/** What the model answers to a prompt that scripts nothing: agents read it from their home. */
const answers = (bench: QueueBench, text: string) =>
  Deno.writeTextFile(`${bench.home}/AGENTS.md`, scriptBlock(oneTurn(say(text))));

/** Takes the private provider away: from then on the agent's own list of models holds. */
async function listModels(bench: QueueBench): Promise<void> {
  const path = `${bench.home}/config.toml`;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace('model_provider = "scripted"\n', ""));
}

const lastLine = (text: string) => text.trimEnd().split("\n").at(-1) ?? "";

if (mayRunAgent("codex")) {
  forSourceAndBinary("car agents test lets Codex take one turn beside a run", async (form) => {
    await using bench = await openQueueBench(form);
    await answers(bench, "I am ready.");
    await bench.ticket(1, { agent: "shell" }, "```sh\nread _ < hold\n```");
    await bench.sh("mkfifo hold && echo hold > .git/info/exclude");
    await using running = bench.start("run");
    await running.line(/TICKET-001/);
    const tried = await bench.car("agents", "test", "codex");
    assert.equal(tried.code, 0, tried.stdout + tried.stderr);
    assert.match(tried.stdout, /^I am ready\.$/m);
    assert.match(lastLine(tried.stdout), /^codex works: it answered "ready" after /);
    running.signal("SIGTERM");
    await running.ended;
    assert.deepEqual(await bench.leftovers(), []);
  });

  forSourceAndBinary("car agents test tells a wrong answer, as text and as JSON", async (form) => {
    await using bench = await openQueueBench(form);
    await answers(bench, "Please buy credits.");
    const before = await bench.sh("ls -A . .codex-autorunner; git status --porcelain");
    const tried = await bench.car("agents", "test", "codex", "--json");
    assert.equal(tried.code, 1, tried.stdout + tried.stderr);
    const verdict = JSON.parse(lastLine(tried.stdout));
    assert.deepEqual([verdict.type, verdict.works, verdict.agent], ["verdict", false, "codex"]);
    assert.match(verdict.verdict, /answered "Please buy credits\."/);
    assert.equal(await bench.sh("ls -A . .codex-autorunner; git status --porcelain"), before);
  });

  forSourceAndBinary(
    "car agents test ends at its time limit and says that nobody is logged in",
    async (form) => {
      await using bench = await openQueueBench(form);
      const silent = scriptBlock(oneTurn({ hang: "headers" }));
      await Deno.writeTextFile(`${bench.home}/AGENTS.md`, silent);
      const late = await bench.car("agents", "test", "codex", "--seconds", "2");
      assert.equal(late.code, 1, late.stderr);
      assert.match(late.stdout, /^codex does not work: It did not answer within 2(\.0)? s\.$/m);
      const path = `${bench.home}/config.toml`;
      const text = await Deno.readTextFile(path);
      const needsLogin = text.replace(
        "requires_openai_auth = false",
        "requires_openai_auth = true",
      );
      await Deno.writeTextFile(path, needsLogin);
      const tried = await bench.car("agents", "test", "codex", "--seconds", "2");
      assert.equal(tried.code, 1, tried.stderr);
      assert.match(tried.stdout, /codex does not work: .*\nRun `codex login`\.$/m);
      assert.deepEqual(await bench.leftovers(), []);
    },
  );

  forSourceAndBinary("car agents tells of Codex what it is and what it may do", async (form) => {
    await using bench = await openQueueBench(form);
    await bench.car("config", "set", "agents.codex.posture", "read-only");
    const { stdout } = await bench.car("agents", "--json");
    const codex = JSON.parse(stdout).find((it: { name: string }) => it.name === "codex");
    const { found, version, protocol, login, posture, postures, quota } = codex;
    assert.deepEqual([found, version, protocol, login, posture, quota], [
      true,
      "0.169.0",
      "app-server",
      "needs none",
      "read-only",
      [],
    ]);
    assert.match(postures["read-only"], /sandbox read-only, approval policy never/);
  });

  forSourceAndBinary(
    "a model the agent does not have pauses the run and names those it has",
    async (form) => {
      await using bench = await openQueueBench(form);
      await listModels(bench);
      await bench.ticket(1, { model: "scriptd" }, scripted(oneTurn(say("Never."))));
      const { code, stdout } = await bench.car("run");
      assert.equal(code, 3, stdout);
      assert.match(
        stdout,
        /codex has no model "scriptd"; it has scripted\. Did you mean "scripted"\?/,
      );
      assert.deepEqual(bench.model.requests, []);
    },
  );

  forSourceAndBinary("a ticket's model, reasoning and profile reach the agent", async (form) => {
    await using bench = await openQueueBench(form);
    await Deno.writeTextFile(`${bench.home}/other.config.toml`, 'model = "of-profile"\n');
    const script = (number: number) => scripted(oneTurn(exec(markDone(number)), say("Done.")));
    await bench.ticket(1, { model: "of-ticket", reasoning: "high" }, script(1));
    await bench.ticket(2, { profile: "other" }, script(2));
    const { code, stdout, stderr } = await bench.car("run");
    assert.equal(code, 0, stdout + stderr);
    const asked = bench.model.requests.map(({ body }) => body.model);
    assert.deepEqual([...new Set(asked)], ["of-ticket", "of-profile"]);
    assert.match(JSON.stringify(bench.model.requests[0]?.body.reasoning), /"effort":"high"/);
  });
}

forSourceAndBinary(
  "car agents test runs the shell's own echo, and says who is not there",
  async (form) => {
    await using bench = await openQueueBench(form);
    const tried = await bench.car("agents", "test", "shell");
    assert.equal(tried.code, 0, tried.stderr);
    assert.match(tried.stdout, /command: echo ready\nready\n/);
    const wrong = await bench.car("agents", "test", "shel");
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /no agent "shel"[^]*Did you mean "shell"\?/);
    await bench.car("agents", "add", "gone", "--command", "/nowhere/agent acp");
    const gone = await bench.car("agents", "test", "gone");
    assert.equal(gone.code, 1);
    assert.match(gone.stdout, /^gone does not work: /m);
  },
);

forSourceAndBinary("car agents add writes its lines and leaves every other byte", async (form) => {
  await using bench = await openQueueBench(form);
  const path = `${bench.repo}/${CONFIG}`;
  const own =
    "# mine\r\nversion: 2\r\nmode: repo\r\nagents:   # who\r\n  codex: {posture: safe}\r\n";
  await Deno.writeTextFile(path, `${own}queue: tickets\r\n`);
  const added = await bench.car("agents", "add", "goose", "--command", "goose acp");
  assert.equal(added.code, 0, added.stderr);
  const expected = "  goose:\r\n    kind: acp\r\n    command: goose acp\r\n";
  assert.equal(await Deno.readTextFile(path), `${own}${expected}queue: tickets\r\n`);
  const { stdout } = await bench.car("config", "get", "agents.goose.command", "--json");
  assert.match(stdout, /\["goose","acp"\]/);
  const refused: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["goose", "--command", "x"], 1, /is an agent "goose" already/],
    [["Goose", "--command", "x"], 1, /small letters/],
    [["user", "--command", "x"], 1, /reserved/],
    [["bare"], 2, /needs a command[^]*CAR knows that of .*gemini/],
    [["odd", "--kind", "telepathy"], 2, /telepathy/],
  ];
  for (const [args, code, words] of refused) {
    const answer = await bench.car("agents", "add", ...args);
    assert.equal(answer.code, code, args.join(" "));
    assert.match(answer.stderr, words);
  }
  assert.equal(await Deno.readTextFile(path), `${own}${expected}queue: tickets\r\n`);
  assert.equal((await bench.car("agents", "add", "gemini", "--posture", "safe")).code, 0);
  const { stdout: command } = await bench.car("config", "get", "agents.gemini.command", "--json");
  assert.match(command, /\["gemini","--acp"\]/);
});
