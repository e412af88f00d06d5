/** What must be true of a queue once it is through, whatever CAR went through: asked from outside. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Journal } from "../../lib/control/journal.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { openViews } from "../../lib/control/views.ts";
import type { Arena } from "../support/arena.ts";

/** How often a run may have to be set going again before the queue must be through. */
const STARTS_MAX = 30;

/**
 * Starts `car run` until the queue is through; after a death at the very end that is a new run, which
 * finds nothing to do. @returns How many starts it took.
 */
export async function untilCompleted(arena: Arena): Promise<number> {
  for (let starts = 1;; starts++) {
    const { code, stdout, stderr } = await arena.run(["run"]);
    if (code === 0 && /^run-\d+ completed/m.test(stdout)) return starts;
    if (starts >= STARTS_MAX) {
      throw new Error(
        `not through after ${starts} starts:\n${await whyStuck(arena, stdout + stderr)}`,
      );
    }
    // 3: three deaths in one ticket ask for a person; the next start is his word.
    assert.equal(code, 3, stdout + stderr);
  }
}

/** Lines of the run's log that show its last two or three turns. */
const LOG_LINES = 25;
const REQUESTS = 10;

/** What says why a queue does not get through; the pause comes last, since CIs cut off what came first. */
async function whyStuck(arena: Arena, lastSaid: string): Promise<string> {
  const asked = ["log", "--tail", String(LOG_LINES)];
  const [log, status, explained] = await Promise.all([
    arena.run(asked),
    arena.run(["status"]),
    arena.run(["explain"]),
  ]);
  const requests = arena.model.requests.slice(-REQUESTS).map((it) =>
    `${it.script} turn ${it.turn} step ${it.step} attempt ${it.attempt} thread ${it.threadId}`
  );
  const witnessed = (await arena.witnessed()).map((it) => `${it.what} ${it.ticket} ${it.turn}`);
  const parts: readonly (readonly [string, string])[] = [
    ["what the tickets' commands wrote", witnessed.join("\n")],
    ["the model's last requests", requests.join("\n")],
    ["the model's problems", arena.model.problems.join("\n")],
    ["car status", status.stdout + status.stderr],
    ["the last car run", lastSaid],
    [`car ${asked.join(" ")}`, log.stdout + log.stderr],
    ["car explain", explained.stdout + explained.stderr],
  ];
  return parts.map(([title, text]) => `--- ${title}\n${text.trimEnd()}`).join("\n");
}

/** Every ticket done, committed once, in a journal and views that hold together, and nobody left. */
export async function assertWhole(arena: Arena, tickets: number): Promise<void> {
  const { repo } = arena;
  for (let number = 1; number <= tickets; number++) {
    assert.match(await Deno.readTextFile(repo.ticketPath(number)), /^done: true$/m);
    assert.equal(await repo.read(`${number}.txt`), `${number}\n`);
  }
  const trailers = await repo.git(
    "log",
    "--format=%(trailers:key=CAR-Ticket,valueonly,separator=)",
  );
  const committed = trailers.split("\n").filter((line) => line !== "");
  assert.equal(committed.length, tickets, `one commit a ticket: ${committed}`);
  assert.equal(new Set(committed).size, tickets, `one commit a ticket: ${committed}`);
  assert.equal(await repo.git("status", "--porcelain", "--", ".", ":!.codex-autorunner"), "");
  await repo.git("fsck", "--strict");
  assertJournal(repo.cwd);
  const replay = await arena.run(["run", "replay", "1"]);
  assert.equal(replay.code, 0, replay.stdout + replay.stderr);
  assert.deepEqual(await arena.leftovers(), []);
  assert.deepEqual(halfFiles(repo.cwd), []);
}

/** The database is sound, its runs are at rest, and the views are what a rebuild makes of it. */
function assertJournal(root: string): void {
  const paths = repoPaths(root);
  const db = new DatabaseSync(paths.journal, { readOnly: true });
  assert.equal(db.prepare("pragma integrity_check").get()?.["integrity_check"], "ok");
  const open = db.prepare("select count(*) as n from effects where done_seq is null").get();
  assert.equal(open?.["n"], 0, "effects without an outcome");
  db.close();
  const journal = Journal.open(paths.journal);
  const { views } = openViews(paths.views, journal);
  const before = dump(views.db);
  views.rebuild();
  assert.deepEqual(before, dump(views.db), "the views are not what a rebuild makes");
  views.close();
  journal.close();
}

function dump(db: DatabaseSync): unknown {
  const tables = db.prepare("select name from sqlite_schema where type = 'table' order by name")
    .all();
  return tables.map(({ name }) => ({
    name,
    rows: db.prepare(`select * from "${name}"`).all().map((row) => JSON.stringify(row)).sort(),
  }));
}

/** Half-written files are worth nothing, but they may not stay for ever. */
function halfFiles(root: string): readonly string[] {
  const { state, tickets } = repoPaths(root);
  return [state, tickets].flatMap((folder) =>
    [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".tmp"))
  );
}

/**
 * No ticket was begun again but the one in hand at a death, and then as the same turn.
 * @param deaths Kills that hit CAR.
 */
export async function assertTurnsOnce(arena: Arena, deaths: number): Promise<void> {
  const starts = (await arena.witnessed()).filter((it) => it.what === "start");
  const byTicket = Map.groupBy(starts, (it) => it.ticket);
  for (const [ticket, all] of byTicket) {
    const turns = new Set(all.map((it) => it.turn));
    assert.equal(turns.size, 1, `ticket ${ticket} was worked as ${[...turns]}`);
  }
  const extra = starts.length - byTicket.size;
  assert.ok(extra <= deaths, `${extra} turns begun again after ${deaths} deaths`);
}
