import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { pick, randoms } from "../../tests/support/random.ts";
import {
  syntheticEvidence,
  SyntheticRun,
  syntheticTicket,
} from "../../tests/support/synthetic_run.ts";
import type { Command, Outcome } from "../engine/events.ts";
import { runId } from "../engine/ids.ts";
import { Journal } from "./journal.ts";
import { openViews, rebuildViews, type Views } from "./views.ts";
import { readAccounts, readTickets, readTurns, readUsage, readVerdicts } from "./views_read.ts";
import { VIEW_TABLE_NAMES } from "./views_schema.ts";
import { rounds } from "../../tests/support/rounds.ts";

function inFolder(body: (folder: string, journal: Journal) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "car-views-" });
  const journal = Journal.open(`${folder}/flows.db`);
  try {
    journal.setMeta("uuid", "journal-1");
    body(folder, journal);
  } finally {
    journal.close();
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Every row of every view, in an order that does not depend on how it got there. */
function dump(views: Views): Record<string, unknown> {
  return Object.fromEntries(
    VIEW_TABLE_NAMES.map((name) => [
      name,
      views.db.prepare(`select * from ${name}`).all().map((row) => JSON.stringify(row)).sort(),
    ]),
  );
}

const FAILED = { exitCode: 1, outputTail: "1 failed\n" };

function twoTickets(run: SyntheticRun): SyntheticRun {
  const [first, second] = [syntheticTicket(1), syntheticTicket(2)];
  run.start().read(first).pass(10);
  run.note("tool", {
    id: "t1",
    kind: "command",
    title: "ls",
    status: "ok",
    exitCode: 0,
    output: "",
    durationMs: 12,
  });
  run.note("file_change", { path: "a.ts", change: "add", diff: "" });
  run.note("file_change", { path: "a.ts", change: "update", diff: "" });
  run.note("rate_limit", {
    account: "codex",
    windows: [{ name: "5h", usedPercent: 12, windowMinutes: 300, resetsAtMs: run.nowMs + 60_000 }],
  });
  run.ended().look({ ...first, done: true }).checked([syntheticEvidence(FAILED)]).settled(null);
  run.finish(first);
  return run.finish(second, []);
}

Deno.test("openViews() folds turns, verdicts, tickets and accounts from the journal", () => {
  inFolder((folder, journal) => {
    twoTickets(new SyntheticRun(journal)).read(null);
    const { views, findings } = openViews(`${folder}/state.sqlite3`, journal);
    try {
      assert.deepEqual(findings, []);
      const verdicts = readVerdicts(views, {});
      assert.deepEqual(verdicts.map((it) => it.type), ["rejected", "accepted", "unverified"]);
      assert.equal(verdicts[0]?.evidence[0]?.exitCode, 1);
      assert.equal(verdicts[0]?.commit, null);
      assert.equal(verdicts[1]?.commit?.slice(0, 6), "c0ffee");
      const turns = readTurns(views, { run: runId(1) });
      assert.deepEqual(turns.map((it) => [it.ordinal, it.ticketName, it.result, it.toolCalls]), [
        [1, "TICKET-001.md", "completed", 1],
        [2, "TICKET-001.md", "completed", 0],
        [3, "TICKET-002.md", "completed", 0],
      ]);
      assert.equal(turns[0]?.filesChanged, 1);
      assert.equal(turns[0]?.usage.input, 1_200);
      assert.deepEqual(readTickets(views).map((it) => it.state), ["accepted", "unverified"]);
      assert.equal(readAccounts(views)[0]?.usedPercent, 12);
      const usage = readUsage(views, "agent", { sinceMs: 0, offsetMs: 0 });
      assert.deepEqual(usage.map((it) => [it.key, it.turns, it.usage.input]), [[
        "codex",
        3,
        3_600,
      ]]);
      assert.equal(readUsage(views, "day", { sinceMs: 0, offsetMs: 0 })[0]?.key, "2026-03-04");
    } finally {
      views.close();
    }
  });
});

Deno.test("openViews() keeps a person's verdicts and the tree they stand on", () => {
  inFolder((folder, journal) => {
    const ticket = syntheticTicket(1);
    const run = new SyntheticRun(journal, { settings: { gateAttempts: 1 } });
    run.start().read(ticket).ended().look({ ...ticket, done: true })
      .checked([syntheticEvidence(FAILED)]).settled(null);
    assert.equal(run.run.pause?.reason, "held");
    run.send({ type: "decide", by: "cli", answer: "accept" }).resume().settled();
    const { views } = openViews(`${folder}/state.sqlite3`, journal);
    try {
      const [held, accepted] = readVerdicts(views, {});
      assert.equal(held?.type, "held");
      assert.deepEqual([accepted?.type, accepted?.by], ["accepted", "person"]);
      assert.equal(accepted?.treeId, held?.treeId);
      assert.ok(accepted?.commit);
    } finally {
      views.close();
    }
  });
});

/** Any event in any state: most are refused, and refusals are part of the journal too. */
function anyEvent(run: SyntheticRun, random: () => number): void {
  const ticket = syntheticTicket(pick(random, [1, 2, 3]), { done: random() < 0.3 });
  const evidence = random() < 0.5 ? [syntheticEvidence()] : [syntheticEvidence(FAILED)];
  const told: readonly (Command | Outcome)[] = [
    { type: "pause", by: "cli" },
    { type: "stop", by: "cli" },
    { type: "kill", by: "cli" },
    { type: "decide", by: "cli", answer: random() < 0.5 ? "accept" : "reject" },
    { type: "waited" },
    { type: "saved", commit: null, problem: null },
    { type: "published", sequence: 1, title: "May I?" },
    { type: "effect_failed", effect: "look", message: "The disk is full", passing: true },
    { type: "recovered", record: { prompt: "arrived", ended: false }, ticketDone: random() < 0.3 },
  ];
  const acts: readonly (() => unknown)[] = [
    () => run.start(),
    () => run.resume(),
    () => run.read(random() < 0.1 ? null : ticket),
    () => run.read({ ...ticket, done: false }),
    () => run.ended(random() < 0.8 ? "completed" : "failed"),
    () => run.ended(),
    () => run.look({ ...ticket, done: random() < 0.6 }),
    () => run.look(null),
    () => run.checked(evidence),
    () => run.settled(null, random() < 0.2 ? "the hook said no" : null),
    () =>
      run.note("usage", {
        usage: { input: 5, cached: 1, output: 2, reasoning: 0 },
        contextWindow: 9,
      }),
    () => run.note("file_change", { path: pick(random, ["a", "b"]), change: "update", diff: "" }),
    () => run.send(pick(random, told)),
  ];
  run.pass(1);
  pick(random, acts)();
}

Deno.test("openViews() equals a rebuild after any sequence of events, however it was cut", () => {
  for (let seed = 1; seed <= rounds(12); seed++) {
    inFolder((folder, journal) => {
      const random = randoms(seed);
      const path = `${folder}/state.sqlite3`;
      for (let number = 1; number <= 2; number++) {
        const run = new SyntheticRun(journal, { number });
        run.start();
        for (let n = 0; n < 60; n++) {
          anyEvent(run, random);
          if (random() < 0.1) openViews(path, journal).views.close();
        }
      }
      const { views, findings } = openViews(path, journal);
      const grown = dump(views);
      views.close();
      assert.deepEqual(findings, [], `seed ${seed}`);
      assert.equal(rebuildViews(path, journal), journal.highSeq());
      const again = openViews(path, journal);
      assert.deepEqual(dump(again.views), grown, `seed ${seed}`);
      again.views.close();
    });
  }
});

Deno.test("openViews() builds anew what is damaged, foreign, of another schema or ahead", () => {
  const harms: readonly [string, RegExp, (path: string) => void][] = [
    ["damaged", /damaged/, (path) => Deno.writeFileSync(path, new Uint8Array(5_000).fill(65))],
    ["foreign", /another journal/, (path) => alter(path, "update meta set value = 'journal-2'")],
    ["schema", /schema 77/, (path) => alter(path, "pragma user_version = 77")],
    ["ahead", /ahead/, (path) => alter(path, "update applied set seq = 100000")],
    ["torn", /damaged/, (path) => alter(path, "drop table turns; update applied set seq = 1")],
  ];
  for (const [name, reason, harm] of harms) {
    inFolder((folder, journal) => {
      twoTickets(new SyntheticRun(journal));
      const path = `${folder}/state.sqlite3`;
      const first = openViews(path, journal);
      const before = dump(first.views);
      first.views.close();
      harm(path);
      const { views, findings } = openViews(path, journal);
      try {
        assert.deepEqual(findings.map((it) => it.type), ["rebuilt"], name);
        assert.match(findings[0]?.type === "rebuilt" ? findings[0].reason : "", reason);
        assert.deepEqual(dump(views), before, name);
      } finally {
        views.close();
      }
    });
  }
});

function alter(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

Deno.test("openViews() works from memory where no file can be made", () => {
  inFolder((folder, journal) => {
    twoTickets(new SyntheticRun(journal));
    const { views, findings } = openViews(`${folder}/missing/state.sqlite3`, journal);
    try {
      assert.deepEqual(findings.map((it) => it.type), ["in_memory"]);
      assert.equal(readVerdicts(views, {}).length, 3);
    } finally {
      views.close();
    }
  });
});

Deno.test("openViews() is whole after kill -9 in the middle of catching up", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "car-views-" });
  const journal = Journal.open(`${folder}/flows.db`);
  try {
    const run = new SyntheticRun(journal);
    run.start().read(syntheticTicket(1));
    const note = { usage: { input: 5, cached: 1, output: 2, reasoning: 0 }, contextWindow: 9 };
    for (let n = 0; n < 6; n++) {
      const of = { run: run.id, turn: run.turn, ticket: null, atMs: run.nowMs };
      journal.note(
        Array.from({ length: 1_000 }, () => ({ ...of, type: "usage", body: note })),
      );
    }
    for (let round = 0; round < 3; round++) await killWhileFolding(folder);
    const { views } = openViews(`${folder}/state.sqlite3`, journal);
    const grown = dump(views);
    views.rebuild();
    assert.deepEqual(dump(views), grown);
    views.close();
  } finally {
    journal.close();
    Deno.removeSync(folder, { recursive: true });
  }
});

/** Another process folds and empties without end, and is killed once it has said that it works. */
async function killWhileFolding(folder: string): Promise<void> {
  const here = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `
    import { Journal } from ${here("./journal.ts")};
    import { openViews } from ${here("./views.ts")};
    const journal = Journal.open(${JSON.stringify(`${folder}/flows.db`)});
    const { views } = openViews(${JSON.stringify(`${folder}/state.sqlite3`)}, journal);
    Deno.stdout.writeSync(new Uint8Array([46]));
    for (;;) views.rebuild();`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
}
