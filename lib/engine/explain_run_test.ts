import assert from "node:assert/strict";
import { SETTINGS, ticket } from "../../tests/support/run_fixtures.ts";
import { doingWords, explainRun, type RunPast } from "./explain_run.ts";
import { runId } from "./ids.ts";
import { PAUSE_REASONS, type PauseReason, type Phase, type Run, RUN_STATUSES } from "./run.ts";
import { newRun } from "./step.ts";
import { workFor } from "./decision.ts";

const fresh = newRun(runId(7), SETTINGS, 0);
const run = (change: Partial<Run>): Run => ({ ...fresh, ...change });

const past = (it: Run, ownerAlive: boolean): RunPast => ({
  run: it,
  moments: [],
  ownerAlive,
  lastSign: { seq: 3, atMs: 5_000 },
});

const explain = (it: Run, owner: "owned" | "free") => explainRun(past(it, owner === "owned"));

Deno.test("explainRun() has words and a next step for every status, owned or not", () => {
  for (const status of RUN_STATUSES) {
    for (const owner of ["owned", "free"] as const) {
      const told = explain(run({ status, ended: "Because" }), owner);
      assert.ok(told.headline !== "" && told.next.includes("car "), `${status} ${owner}`);
    }
  }
});

Deno.test("explainRun() says of a live run without an owner that CAR ended without saying so", () => {
  for (const status of ["running", "stopping"] as const) {
    const told = explain(run({ status }), "free");
    assert.match(told.headline, /CAR ended without saying so while reading the queue/);
    assert.deepEqual(told.facts.map((it) => it.seq), [3]);
    assert.match(told.next, /car resume/);
  }
});

Deno.test("explainRun() names every reason of a pause, and what ends it", () => {
  for (const reason of Object.keys(PAUSE_REASONS) as PauseReason[]) {
    const pause = { reason, detail: "Why", next: "Then this.", atMs: 1, resumesAtMs: null };
    const told = explain(run({ status: "paused", pause }), "free");
    assert.equal(told.headline, `run-0007 is paused (${reason}): Why`);
    assert.equal(told.next, "Then this.");
    const timed = { ...pause, resumesAtMs: 9_000 };
    assert.match(
      explain(run({ status: "paused", pause: timed }), "free").next,
      /No CAR is running/,
    );
    assert.equal(explain(run({ status: "paused", pause: timed }), "owned").next, "Then this.");
  }
});

Deno.test("doingWords() has words for every phase", () => {
  const work = workFor(fresh, ticket(1, { title: "Parse" }), 0);
  const verdict = { type: "accepted", reasons: [], by: "gate" } as const;
  const table: readonly [Phase, RegExp][] = [
    [{ type: "reading" }, /reading the queue/],
    [{ type: "turn" }, /working on TICKET-001 Parse with codex, turn 1/],
    [{ type: "looking" }, /what the turn on TICKET-001 Parse changed/],
    [{ type: "checking" }, /checking TICKET-001 Parse at the gate/],
    [{ type: "settling", verdict }, /verdict on TICKET-001 Parse: accepted/],
    [{ type: "saving" }, /committing/],
    [{ type: "publishing", then: "pause" }, /dispatch/],
    [{ type: "waiting", delayMs: 5, why: "503" }, /try again: 503/],
  ];
  for (const [phase, words] of table) assert.match(doingWords(run({ phase, work })), words);
});
