import assert from "node:assert/strict";
import { mayRunAgent } from "../support/agents.ts";
import { formUnderTest } from "../support/car.ts";
import type { ModelRequest } from "../support/model_server.ts";
import { openQueueBench, type QueueBench, scripted } from "../support/queue_bench.ts";

/** A story about a limit that is met inside a turn of the real Codex. */
function story(name: string, tell: (bench: QueueBench) => Promise<void>): void {
  Deno.test({
    name: `a limit inside a turn of the real Codex: ${name}`,
    ignore: !mayRunAgent("codex"),
    fn: async () => {
      await using bench = await openQueueBench(formUnderTest());
      await tell(bench);
      assert.deepEqual(await bench.leftovers(), []);
    },
  });
}

async function set(bench: QueueBench, key: string, value: string): Promise<void> {
  const { code, stdout, stderr } = await bench.car("config", "set", key, value);
  assert.equal(code, 0, stdout + stderr);
}

/** CAR's notes in what the model was sent last. */
const notesIn = (requests: readonly ModelRequest[]): readonly string[] =>
  JSON.stringify(requests.at(-1)?.body.input).match(/Note from CAR: [^"]*/g) ?? [];

/** A turn of so many commands, each other than the one before unless `command` says otherwise. */
const busyTurn = (steps: number, command: (step: number) => string) => ({
  turns: [{
    steps: [
      ...Array.from({ length: steps }, (_, step) => ({ items: [{ exec: command(step) }] })),
      { items: [{ say: "Out of steps." }] },
    ],
  }],
});

/** The run rests with the limit's reason, in words and in status, and a person's resume gives as much again. */
async function restsAt(bench: QueueBench, words: RegExp): Promise<void> {
  const ran = await bench.car("run");
  assert.equal(ran.code, 3, ran.stdout + ran.stderr);
  assert.match(ran.stdout, words);
  const status = JSON.parse((await bench.car("status", "--json")).stdout);
  assert.equal(status.pause.reason, "limit");
  assert.match(status.pause.detail, words);
}

story("tokens: told once near it, ended at it, with the number reached", async (bench) => {
  // Each answer of the model costs 1,050 tokens.
  await set(bench, "limits.ticket_tokens", "9000");
  await set(bench, "limits.soft_ratio", "0.5");
  await bench.ticket(1, { title: "Thirsty" }, scripted(busyTurn(30, (step) => `echo ${step}`)));
  await restsAt(bench, /(?:9,450|10,500) tokens on this ticket reached \(limit 9,000\)/);
  const notes = notesIn(bench.model.requests);
  assert.equal(notes.length, 1, notes.join("\n"));
  assert.match(notes[0] ?? "", /[56],\d{3} tokens on this ticket; CAR ends the turn at 9,000/);
  assert.ok(bench.model.requests.length <= 11, String(bench.model.requests.length));
});

story("identical calls: told once, ended at the limit", async (bench) => {
  await set(bench, "limits.same_tool_calls", "5");
  await bench.ticket(1, { title: "Stuck" }, scripted(busyTurn(30, () => "echo the same")));
  await restsAt(bench, /5 identical tool calls in a row reached \(limit 5\)/);
  const notes = notesIn(bench.model.requests);
  assert.equal(notes.length, 1, notes.join("\n"));
  assert.match(notes[0] ?? "", /4 identical tool calls in a row; .*Try another way/);
});

story("minutes: a command that does not end is ended with its turn", async (bench) => {
  await set(bench, "limits.ticket_minutes", "0.05");
  await bench.ticket(
    1,
    { title: "Slow" },
    scripted({
      turns: [{
        steps: [
          { items: [{ exec: "sleep 600", args: { yield_time_ms: 30_000 } }] },
          { items: [{ say: "Never said." }] },
        ],
      }],
    }),
  );
  await restsAt(bench, /\d+ s on this ticket reached \(limit 3 s\)/);
});

story("a person's resume gives as much again, and a finished turn counts", async (bench) => {
  await set(bench, "limits.ticket_tokens", "3000");
  await bench.ticket(1, { title: "Twice" }, scripted(busyTurn(30, (step) => `echo ${step}`)));
  await restsAt(bench, /tokens on this ticket reached \(limit 3,000\)/);
  const before = bench.model.requests.length;
  const resumed = await bench.car("resume");
  assert.equal(resumed.code, 3, resumed.stdout + resumed.stderr);
  assert.match(resumed.stdout, /tokens on this ticket reached \(limit 3,000\)/);
  assert.ok(bench.model.requests.length >= before + 2, "it worked again before the limit");
});
