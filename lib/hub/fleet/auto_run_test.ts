import assert from "node:assert/strict";
import { SETTINGS } from "../../../tests/support/run_fixtures.ts";
import { CarError } from "../../base/errors.ts";
import { LOCAL } from "../../control/destination.ts";
import { runId } from "../../engine/ids.ts";
import type { PauseReason, Run, RunStatus } from "../../engine/run.ts";
import { newRun } from "../../engine/step.ts";
import { decideAutoRun, decideTakeUp } from "./auto_run.ts";
import { HUB_ACTOR } from "./hub_actor.ts";
import { type ListedRepo, type RepoDoing, type RepoFacts, rowOf } from "./row_of.ts";

const runIn = (status: RunStatus, change: Partial<Run> = {}): Run => ({
  ...newRun(runId(7), SETTINGS, 1_000),
  status,
  ...change,
});

const paused = (reason: PauseReason, resumesAtMs: number | null): Run =>
  runIn("paused", {
    pause: { reason, detail: "Because", next: "Do it.", atMs: 1_000, resumesAtMs },
  });

const LISTED: ListedRepo = {
  id: "a",
  path: "a",
  root: "/hub/a",
  displayName: "a",
  enabled: true,
  autoRun: true,
  kind: "base",
  worktreeOf: null,
  branch: null,
  destination: null,
};

const FREE: RepoFacts["lock"] = { type: "free", last: null };
const BUSY: RepoFacts["lock"] = { type: "busy", holder: null, alive: true };

const FACTS: RepoFacts = {
  exists: true,
  initialized: true,
  initError: null,
  lock: FREE,
  run: null,
  lastSign: null,
  tickets: { done: 1, total: 2 },
  destination: LOCAL,
  attention: 0,
  chats: 0,
  setupTrouble: null,
  dirty: null,
  trouble: null,
};

const START = "start";

const AUTO: readonly (readonly [string, Partial<RepoFacts>, Partial<ListedRepo>, string | null])[] =
  [
    ["a repo without a run", {}, {}, START],
    ["one whose run is completed", { run: runIn("completed") }, {}, START],
    ["one that was cut off", { run: runIn("running") }, {}, START],
    ["one without an open ticket", { tickets: { done: 2, total: 2 } }, {}, null],
    ["one whose tickets cannot be read", { tickets: null }, {}, null],
    ["one that nobody asked to start", {}, { autoRun: false }, null],
    ["one that is disabled", {}, { enabled: false }, null],
    ["one that another process works", { lock: BUSY, run: runIn("running") }, {}, null],
    ["one with trouble", { trouble: new CarError("damaged", "flows.db is damaged") }, {}, null],
    ["a worktree whose setup failed", { setupTrouble: "Its setup failed." }, {}, null],
    ["one that is gone", { exists: false }, {}, null],
    ["one that is not initialised", { initialized: false }, {}, null],
    [
      "one whose run is paused",
      { run: paused("handoff", null) },
      {},
      "its run is paused (handoff).",
    ],
    ["one whose run was stopped", { run: runIn("stopped") }, {}, "its run was stopped."],
    ["one whose run failed", { run: runIn("failed") }, {}, "its run failed."],
  ];

for (const [what, facts, listed, expected] of AUTO) {
  Deno.test(`decideAutoRun() answers ${expected ?? "nothing"} for ${what}`, () => {
    const decision = decideAutoRun({ ...LISTED, ...listed }, { ...FACTS, ...facts });
    assert.equal(decision.start ? START : decision.why, expected);
  });
}

const UP = "take_up";
const ENDED = (by: string): Run => runIn("stopped", { ended: `Stopped by ${by}` });

const TAKE_UPS: readonly (readonly [string, Run | null, "free" | "locked" | "asked", string])[] = [
  ["a run that was on", runIn("running"), "free", UP],
  ["one that was about to begin", runIn("pending"), "free", UP],
  ["one that was stopping", runIn("stopping"), "free", UP],
  ["one that the hub's end stopped", ENDED(HUB_ACTOR), "free", UP],
  [
    "one that the hub's end killed",
    runIn("stopped", { ended: `Killed by ${HUB_ACTOR}` }),
    "free",
    UP,
  ],
  ["one that waits for a time", paused("parked", 9_000), "free", UP],
  ["one that waits for a person", paused("handoff", null), "free", "it is paused"],
  ["one that a person stopped", ENDED("cli:anna"), "free", "it is stopped"],
  ["one that a person asked to stop later", ENDED(HUB_ACTOR), "asked", "a person asked to stop it"],
  ["one that is completed", runIn("completed"), "free", "it is completed"],
  ["one that another process works", runIn("running"), "locked", "another process works it"],
  ["one that never was", null, "free", "it had not begun"],
];

for (const [what, run, state, expected] of TAKE_UPS) {
  Deno.test(`decideTakeUp() answers "${expected}" for ${what}`, () => {
    const decision = decideTakeUp(run, state === "locked", state === "asked");
    assert.equal(decision.type === "take_up" ? UP : decision.why, expected);
  });
}

const DOING: RepoDoing = {
  slot: "none",
  slotsMax: 4,
  starting: false,
  ours: false,
  notStarted: null,
};

const STALE: RepoFacts["lock"] = {
  type: "free",
  last: {
    pid: 7,
    start: "1",
    boot: "b",
    owner: "o",
    url: null,
    version: "1",
    command: "car run",
    startedAt: "2026-01-01T00:00:00Z",
    clean: false,
  },
};

const ROWS: readonly (readonly [string, Partial<RepoFacts>, Partial<RepoDoing>, string, RegExp])[] =
  [
    ["no run", {}, {}, "IDLE UNLOCKED", /No run has been started/],
    [
      "a run of another process",
      { run: runIn("running"), lock: BUSY },
      {},
      "RUNNING LOCKED_ALIVE",
      /reading the queue/,
    ],
    [
      "a run that waits for its slot",
      { run: runIn("running"), lock: BUSY },
      { slot: { waiting: 2 }, ours: true },
      "RUNNING LOCKED_ALIVE",
      /number 2 in line \(hub\.max_parallel is 4\)/,
    ],
    [
      "a run that was cut off",
      { run: runIn("running"), lock: STALE },
      {},
      "ERROR LOCKED_STALE",
      /without saying so/,
    ],
    ["a paused run", { run: paused("handoff", null) }, {}, "PAUSED UNLOCKED", /Because/],
    [
      "a failed run",
      { run: runIn("failed", { ended: "It broke" }) },
      {},
      "ERROR UNLOCKED",
      /It broke/,
    ],
    [
      "a completed run",
      { run: runIn("completed", { ended: "All done" }) },
      {},
      "IDLE UNLOCKED",
      /All done/,
    ],
    ["a lock without a run", { lock: BUSY }, {}, "LOCKED LOCKED_ALIVE", /Another process has it/],
    [
      "a lock of our own, about to be freed",
      { lock: BUSY, run: runIn("completed") },
      { ours: true },
      "IDLE LOCKED_ALIVE",
      /completed/,
    ],
    ["a start", {}, { starting: true }, "RUNNING UNLOCKED", /being started/],
    [
      "trouble",
      { trouble: new CarError("damaged", "flows.db is damaged") },
      {},
      "ERROR UNLOCKED",
      /flows\.db is damaged\./,
    ],
    [
      "a setup that failed, before any run and after one",
      { setupTrouble: "Its setup failed; mend it.", run: runIn("completed") },
      {},
      "ERROR UNLOCKED",
      /^Its setup failed; mend it\.$/,
    ],
    [
      "a paused run after a setup that failed",
      { setupTrouble: "Its setup failed; mend it.", run: paused("handoff", null) },
      {},
      "PAUSED UNLOCKED",
      /Because.* Its setup failed; mend it\.$/,
    ],
    ["a folder that is gone", { exists: false }, {}, "MISSING UNLOCKED", /\/hub\/a is not there/],
    [
      "a failed init",
      { initError: "It is a hub already." },
      {},
      "INIT_ERROR UNLOCKED",
      /It is a hub already/,
    ],
    ["no init", { initialized: false }, {}, "UNINITIALIZED UNLOCKED", /no \.codex-autorunner/],
    [
      "why it was not started",
      { run: runIn("stopped") },
      { notStarted: "its run was stopped." },
      "IDLE UNLOCKED",
      /Not started by itself: its run was stopped\./,
    ],
  ];

for (const [what, facts, doing, expected, reason] of ROWS) {
  Deno.test(`rowOf() is ${expected} for ${what}`, () => {
    const row = rowOf(LISTED, { ...FACTS, ...facts }, { ...DOING, ...doing });
    assert.equal(`${row.status} ${row.lock}`, expected);
    assert.match(row.reason, reason);
  });
}
