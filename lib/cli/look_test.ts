import assert from "node:assert/strict";
import { utcZone } from "../base/local_time.ts";
import { ensureDir } from "../control/files.ts";
import { Journal } from "../control/journal.ts";
import { acquireLock } from "../control/lock.ts";
import { type RepoPaths, repoPaths } from "../control/roots.ts";
import { readUsage, readVerdicts } from "../control/views_read.ts";
import { explainRunOf, explainTicketOf } from "../hub/explain.ts";
import { findRun, type Reading, withReading } from "../hub/reading.ts";
import { readStatus } from "../hub/status.ts";
import type { Queue } from "../engine/ticket.ts";
import { assertGolden } from "../../tests/support/golden.ts";
import { type Scene, SCENES, TICKETS } from "../../tests/support/scenes.ts";
import { SCENE_START_MS } from "../../tests/support/synthetic_run.ts";
import { replayRun } from "../hub/replay.ts";
import { evidenceLines } from "./evidence_view.ts";
import { explanationLines } from "./explain_view.ts";
import { textRenderer } from "./log_renderer.ts";
import type { Now } from "./moment.ts";
import { statusLines } from "./status_view.ts";
import { usageLines } from "./usage_view.ts";

const NOW: Now = { ms: SCENE_START_MS + 900_000, zone: utcZone };

const holder = {
  pid: 4242,
  start: "1",
  boot: "boot",
  owner: "owner",
  url: "http://127.0.0.1:4173",
  version: "0",
  command: "car run",
  startedAt: new Date(SCENE_START_MS).toISOString(),
};

/** Plays a scene in a folder of its own and reads it as any other process would. */
async function inScene(
  scene: Scene,
  body: (reading: Reading, queue: Queue, paths: RepoPaths) => void | Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "car-look-" });
  const paths = repoPaths(root);
  await ensureDir(paths.state);
  const journal = Journal.open(paths.journal);
  const taken = scene.owned ? await acquireLock(paths.lock, holder) : null;
  try {
    scene.play(journal);
    const tickets = TICKETS.map((it) => ({ ...it, done: scene.done.includes(it.number) }));
    await withReading(paths, (reading) => body(reading, { tickets, problems: [] }, paths));
  } finally {
    if (taken?.type === "held") taken.lock.release();
    journal.close();
    await Deno.remove(root, { recursive: true });
  }
}

function logText({ past }: Reading): readonly string[] {
  const run = past?.journal.lastRun();
  const first = run ? past?.journal.firstState(run.id) : null;
  if (!past || !run || !first) return [];
  const render = textRenderer(first, () => NOW);
  return render(past.journal.events({ run: run.id }), () => true).map((it) => it.text);
}

function page(reading: Reading, queue: Queue): string {
  // The holder in the text is made up, so it is not alive; the status is told as if it were.
  const status = readStatus(reading, queue, NOW.ms);
  const { pid, command, startedAt, url } = holder;
  const owner = status.locked ? { pid, command, startedAt, url } : null;
  const verdicts = reading.past === null
    ? []
    : readVerdicts(reading.past.views, { ticket: TICKETS[0].id });
  const parts = {
    status: statusLines({ ...status, owner }, NOW),
    explain: explanationLines(explainRunOf(reading), NOW),
    ...Object.fromEntries(
      queue.tickets.map((it) => [
        `explain ${it.number}`,
        explanationLines(explainTicketOf(reading, queue, it), NOW),
      ]),
    ),
    log: logText(reading),
    "ticket show 1 --evidence": evidenceLines(
      { label: "TICKET-001 Parse the config", verdicts, treeId: "a1".repeat(20) },
      NOW,
    ),
  };
  return Object.entries(parts)
    .map(([name, lines]) => `$ car ${name}\n${lines.join("\n")}\n`).join("\n");
}

for (const [name, scene] of Object.entries(SCENES)) {
  Deno.test(`status, explain, log and evidence tell what is so: ${name}`, async () => {
    await inScene(scene, (reading, queue) => {
      assertGolden(`look/${name}.txt`, page(reading, queue));
    });
  });
}

Deno.test("replayRun() leads to the recorded state in every scene, and names a difference", async () => {
  for (const [name, scene] of Object.entries(SCENES)) {
    await inScene(scene, ({ past }) => {
      const run = past?.journal.lastRun();
      if (!past || !run) return;
      assert.equal(replayRun(past.journal, run.id).difference, null, name);
      if (name !== "completed") return;
      past.journal.db.prepare("update runs set state = replace(state, '\"turns\":', '\"turnz\":')")
        .run();
      assert.match(replayRun(past.journal, run.id).difference ?? "", /turns|turnz/);
    });
  }
});

Deno.test("readStatus() drops quota windows that are over, and keeps times as numbers", async () => {
  await inScene(SCENES.running, (reading, queue) => {
    const status = readStatus(reading, queue, NOW.ms);
    assert.deepEqual(status.quota.map((it) => it.name), ["5h"]);
    assert.equal(status.turn?.tokens, 2_150);
    assert.equal(findRun(reading)?.status, "running");
  });
});

Deno.test("usageLines() adds up by day, agent and ticket", async () => {
  await inScene(SCENES.completed, ({ past }) => {
    const range = { sinceMs: 0, offsetMs: 0 };
    const by = (key: "day" | "agent" | "ticket") =>
      past === null ? [] : readUsage(past.views, key, range);
    const text = usageLines({ day: by("day"), agent: by("agent"), ticket: by("ticket") });
    assertGolden("look/usage.txt", text.join("\n"));
  });
});

Deno.test("openReading() names a journal that lost its events, and mends nothing", async () => {
  await inScene(SCENES.completed, async (_reading, _queue, paths) => {
    const witness = { uuid: "u", schema: 1, seq: 5_000, at: "" };
    await Deno.writeTextFile(paths.witness, JSON.stringify(witness));
    await assert.rejects(
      withReading(paths, () => {}),
      (thrown: { code?: string; message: string }) => {
        assert.equal(thrown.code, "damaged");
        assert.ok(thrown.message.includes(paths.journal));
        return true;
      },
    );
  });
});
