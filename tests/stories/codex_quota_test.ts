import assert from "node:assert/strict";
import { mayRunAgent } from "../support/agents.ts";
import { formUnderTest } from "../support/car.ts";
import { scriptBlock, type ScriptReply } from "../support/model_script.ts";
import {
  commands,
  markDone,
  openQueueBench,
  type QueueBench,
  scripted,
} from "../support/queue_bench.ts";

/** Far enough ahead that no test sees it pass. */
const HOUR_SECONDS = 3_600;
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** A story about the quota of the real Codex's account. */
function story(name: string, tell: (bench: QueueBench) => Promise<void>): void {
  Deno.test({
    name: `the quota of the real Codex: ${name}`,
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

const windowHeaders = (usedPercent: number, resetAt: number) => ({
  "x-codex-primary-used-percent": String(usedPercent),
  "x-codex-primary-window-minutes": "300",
  "x-codex-primary-reset-at": String(resetAt),
});

const usedUp = (resetAt: number): ScriptReply => ({
  http: 429,
  headers: windowHeaders(100, resetAt),
  body: { error: { type: "usage_limit_reached", message: "limit", resets_at: resetAt } },
});

const work = (number: number): ScriptReply => ({
  items: [{ exec: `echo x > ${number}.txt; ${markDone(number)}` }],
});
const done: ScriptReply = { items: [{ say: "Done." }] };

const statusOf = async (bench: QueueBench) =>
  JSON.parse((await bench.car("status", "--json")).stdout);

story(
  "parks until the reset, and status tells it while CAR waits and after its end",
  async (bench) => {
    const resetAt = nowSeconds() + HOUR_SECONDS;
    await bench.ticket(1, { title: "Parked" }, scripted({ turns: [{ steps: [usedUp(resetAt)] }] }));
    await using car = bench.start("run");
    await car.line(/Paused \(parked until/);
    const isParked = async (until: RegExp) => {
      const { pause } = await statusOf(bench);
      assert.equal(pause.reason, "parked");
      assert.equal(Date.parse(pause.resumesAt), resetAt * 1000);
      const shown = await bench.car("status");
      assert.match(shown.stdout, until);
      assert.match(shown.stdout, /^quota +codex primary: 100 % used, resets at /m);
    };
    await isParked(/^until +[\d:]+$/m);
    car.signal("SIGKILL");
    await car.ended;
    await isParked(/^until .*no CAR is running that would go on then$/m);
    await using again = bench.start("resume");
    await again.line(/Paused \(parked until/);
    again.signal("SIGTERM");
    await again.ended;
    assert.equal(bench.model.requests.length, 1, "a parked account is asked nothing");
  },
);

story("goes on by itself after the reset, in the same run", async (bench) => {
  await set(bench, "quota.grace_seconds", "0.1");
  await set(bench, "quota.stagger_seconds", "0.1");
  // Codex must have asked before, also on a busy machine.
  const resetAt = nowSeconds() + 10;
  const turns = [{ steps: [usedUp(resetAt)] }, { steps: [work(1), done] }];
  await bench.ticket(1, { verify: "test -s 1.txt" }, scripted({ turns }));
  const ran = await bench.car("run");
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /Paused \(parked until[^]*goes on/);
  assert.ok(Date.now() >= resetAt * 1000, "not before the reset");
  assert.match((await bench.car("log")).stdout, /CAR went on by itself \(quota\)/);
});

for (const where of ["the ticket's fallback", "quota.fallback"] as const) {
  story(`${where} takes over, and later tickets of the account do not ask it`, async (bench) => {
    const resetAt = nowSeconds() + HOUR_SECONDS;
    const own: Record<string, string> = where === "quota.fallback" ? {} : { fallback: "shell" };
    if (where === "quota.fallback") await set(bench, "quota.fallback", "shell");
    for (const number of [1, 2]) {
      const script = scriptBlock({ id: `t${number}`, turns: [{ steps: [usedUp(resetAt)] }] });
      const body = `${commands(`echo shell > ${number}.txt`)}\n\n${script}`;
      await bench.ticket(number, { ...own, verify: `grep -q shell ${number}.txt` }, body);
    }
    const ran = await bench.car("run");
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /shell, turn 2/);
    assert.equal(bench.model.requests.length, 1, "the account was asked once");
  });
}

story("what the service tells of its window outlives the process", async (bench) => {
  const resetAt = nowSeconds() + HOUR_SECONDS;
  const headers = windowHeaders(42, resetAt);
  const steps = [{ ...work(1), headers }, { ...done, headers }];
  await bench.ticket(1, { verify: "test -s 1.txt" }, scripted({ turns: [{ steps }] }));
  const ran = await bench.car("run");
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  for (const view of ["status", "usage"]) {
    assert.match((await bench.car(view)).stdout, /codex primary: 42 % used, resets at /, view);
  }
  const [window] = (await statusOf(bench)).quota;
  assert.equal(window.usedPercent, 42);
  assert.equal(Date.parse(window.resetsAt), resetAt * 1000);
});
