import assert from "node:assert/strict";
import { REVIEW_HEAD } from "../../lib/engine/review.ts";
import { formUnderTest } from "../support/car.ts";
import { mayRunAgent } from "../support/agents.ts";
import { scriptBlock, type ScriptReply } from "../support/model_script.ts";
import {
  commands,
  markDone,
  openQueueBench,
  type QueueBench,
  scripted,
} from "../support/queue_bench.ts";

const ignore = !mayRunAgent("codex");

const say = (text: string): ScriptReply => ({ items: [{ say: text }] });
const exec = (command: string): ScriptReply => ({ items: [{ exec: command }] });
const opinion = (word: string, ...reasons: string[]) =>
  say(JSON.stringify({ opinion: word, reasons }));

/** What the model answers when it is asked to review: one reply a round, the last one repeats. */
const reviewed = (...rounds: ScriptReply[]) => [{
  phrase: REVIEW_HEAD,
  turns: [{ steps: [{ attempts: rounds }] }],
}];
const NOT_ASKED = { id: "reviewed", turns: [{ steps: [say("Not asked to work.")] }] };

/** A ticket that the shell agent works and Codex reviews. */
function shellTicket(bench: QueueBench, line: string, ...rounds: ScriptReply[]): Promise<void> {
  const script = scriptBlock({ ...NOT_ASKED, when: reviewed(...rounds) });
  const keys = { agent: "shell", review: "codex", verify: "test -s out.txt", title: "Reviewed" };
  return bench.ticket(1, keys, `Write it.\n\n${commands(line)}\n\n${script}`);
}

const reviewPrompts = (bench: QueueBench) =>
  bench.model.requests.filter((it) => it.script === `reviewed (${REVIEW_HEAD})`).map((it) =>
    JSON.stringify(it.body.input)
  );

/** A story with the real Codex as reviewer. */
function story(name: string, tell: (bench: QueueBench) => Promise<void>): void {
  Deno.test({
    name: `a review by the real Codex: ${name}`,
    ignore,
    fn: async () => {
      await using bench = await openQueueBench(formUnderTest());
      await tell(bench);
      assert.deepEqual(await bench.leftovers(), []);
    },
  });
}

story(
  "pass accepts the claim, and the reviewer has seen ticket, diff and checks",
  async (bench) => {
    await shellTicket(bench, "echo made-by-shell > out.txt", opinion("pass", "All there"));
    const ran = await bench.car("run");
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /codex reviews TICKET-001 Reviewed \(round 1 of 2\)/);
    assert.match(ran.stdout, /accepted \(1 check passed; codex finds the ticket done\)/);
    const [prompt = "", ...more] = reviewPrompts(bench);
    assert.equal(more.length, 0, "one review, in one request");
    for (const part of ["+made-by-shell", "test -s out.txt", "Write it.", "cannot_tell"]) {
      assert.ok(prompt.includes(part), part);
    }
    const shown = await bench.car("ticket", "show", "1", "--evidence");
    assert.match(shown.stdout, /codex finds the ticket done/);
  },
);

story("fail reopens the ticket with the reasons, and the second round passes", async (bench) => {
  const keys = { review: "codex", verify: "test -s out.txt", title: "Twice" };
  const work = (text: string) => exec(`echo ${text} > out.txt; ${markDone(1)}`);
  await bench.ticket(
    1,
    keys,
    scripted({
      id: "reviewed",
      turns: [{ steps: [work("bad"), say("Done.")] }, { steps: [work("good"), say("Mended.")] }],
      when: reviewed(opinion("fail", "out.txt says bad"), opinion("pass")),
    }),
  );
  const ran = await bench.car("run");
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /rejected \(codex finds the ticket not done: out\.txt says bad\)/);
  assert.match(ran.stdout, /round 2 of 2/);
  const told = bench.model.requests.filter((it) =>
    JSON.stringify(it.body.input).includes("codex finds the ticket not done: out.txt says bad")
  );
  assert.ok(told.length > 0, "the agent was told why");
  assert.equal(reviewPrompts(bench).length, 2);
  assert.equal(await Deno.readTextFile(`${bench.repo}/out.txt`), "good\n");
});

story("cannot tell holds the claim until a person accepts it", async (bench) => {
  await shellTicket(bench, "echo x > out.txt", say("It is fine, I think."));
  const ran = await bench.car("run");
  assert.equal(ran.code, 3, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /cannot tell whether the ticket is done: .*no JSON object: It is fine/);
  const accepted = await bench.car("gate", "accept", "1");
  assert.equal(accepted.code, 0, accepted.stdout + accepted.stderr);
  const resumed = await bench.car("resume");
  assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr);
  assert.match(await bench.readTicket(1), /^done: true$/m);
  assert.match(await bench.sh("git log --format=%s -1"), /Reviewed/);
});

story("two rounds at most: then a person decides", async (bench) => {
  await shellTicket(bench, "echo $(date +%N) > out.txt", opinion("fail", "Not good enough"));
  const ran = await bench.car("run");
  assert.equal(ran.code, 3, ran.stdout + ran.stderr);
  assert.match(
    ran.stdout,
    /2 rounds of review are used up .* the last one said fail: Not good enough/,
  );
  assert.equal(reviewPrompts(bench).length, 2);
});

story("what the reviewer tries to write is not written", async (bench) => {
  const turns = [{ steps: [exec("echo sly > sly.txt"), opinion("pass")] }];
  await bench.ticket(
    1,
    { agent: "shell", review: "codex" },
    commands("true") + `\n${scriptBlock({ ...NOT_ASKED, when: [{ phrase: REVIEW_HEAD, turns }] })}`,
  );
  const ran = await bench.car("run");
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /unverified .*codex finds the ticket done/);
  await assert.rejects(Deno.stat(`${bench.repo}/sly.txt`), Deno.errors.NotFound);
});

story("a tree that changes meanwhile voids the opinion", async (bench) => {
  await shellTicket(bench, "echo x > out.txt", { ...opinion("pass"), hold: "review" });
  await using car = bench.start("run");
  await bench.model.arrived((it) => it.script.includes(REVIEW_HEAD));
  await Deno.writeTextFile(`${bench.repo}/sly.txt`, "sly");
  bench.model.release("review");
  const ran = await car.ended;
  assert.equal(ran.code, 3, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /cannot tell .*changed files.*: sly\.txt/);
});

story("a stop ends it, and the next start asks again", async (bench) => {
  await shellTicket(bench, "echo x > out.txt", { ...opinion("pass"), hold: "review" });
  await using car = bench.start("run");
  await bench.model.arrived((it) => it.script.includes(REVIEW_HEAD));
  car.signal("SIGTERM");
  assert.equal((await car.ended).code, 143);
  bench.model.release("review");
  const again = await bench.car("run");
  assert.equal(again.code, 0, again.stdout + again.stderr);
  assert.match(again.stdout, /round 1 of 2/);
});

Deno.test("a reviewer that cannot work read-only holds the claim with the reason", async () => {
  await using bench = await openQueueBench(formUnderTest());
  const keys = { agent: "shell", review: "shell", verify: "test -s out.txt" };
  await bench.ticket(1, keys, commands("echo x > out.txt"));
  const ran = await bench.car("run");
  assert.equal(ran.code, 3, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /shell cannot tell .*cannot work read-only/);
});
