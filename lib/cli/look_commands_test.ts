import assert from "node:assert/strict";
import { type Clock, systemClock } from "../base/clock.ts";
import { writeFileAtomic } from "../control/files.ts";
import { fileDispatch } from "../control/dispatches.ts";
import { Journal } from "../control/journal.ts";
import { acquireLock } from "../control/lock.ts";
import { type RepoPaths, repoPaths } from "../control/roots.ts";
import { type Scene, SCENES, TICKETS } from "../../tests/support/scenes.ts";
import { memoryIo, type MemoryIoOptions } from "../../tests/support/memory_io.ts";
import {
  SCENE_START_MS,
  SyntheticRun,
  syntheticTicket,
} from "../../tests/support/synthetic_run.ts";
import { DISPATCH_COMMANDS } from "./rows/dispatch.ts";
import { LOOK_COMMANDS } from "./rows/look.ts";
import { TICKET_COMMANDS } from "./rows/tickets.ts";
import { run } from "./run.ts";

const TABLE = [...DISPATCH_COMMANDS, ...LOOK_COMMANDS, ...TICKET_COMMANDS];
const CLOCK: Clock = { ...systemClock, now: () => SCENE_START_MS + 900_000 };
const ENV = { TZ: "UTC", PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin", HOME: "/nonexistent" };

interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Place {
  readonly paths: RepoPaths;
  readonly journal: Journal;
  readonly car: (argv: readonly string[], options?: MemoryIoOptions) => Promise<Called>;
}

/** A repo with three tickets and a journal that a scene has written; the commands are the real ones. */
async function inRepo(scene: Scene | null, body: (place: Place) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-look-" }));
  const paths = repoPaths(root);
  await Deno.mkdir(paths.tickets, { recursive: true });
  await Deno.mkdir(paths.contextspace.folder);
  await writeFileAtomic(paths.config, "version: 2\nmode: repo\n");
  await writeFileAtomic(paths.contextspace.spec, "# The spec\n\nIt *works*.\n");
  for (const { number, id, title, name } of TICKETS) {
    const done = scene?.done.includes(number) ?? false;
    await writeFileAtomic(
      `${paths.tickets}/${name}`,
      `---\nticket_id: ${id}\nagent: codex\ndone: ${done}\ntitle: ${title}\n---\nDo it.\n`,
    );
  }
  const journal = Journal.open(paths.journal);
  const car = async (argv: readonly string[], options: MemoryIoOptions = {}) => {
    const io = memoryIo({ cwd: root, env: ENV, clock: CLOCK, ...options });
    const code = await run(argv, io, TABLE);
    return { code, out: io.out(), err: io.err() };
  };
  try {
    scene?.play(journal);
    await body({ paths, journal, car });
  } finally {
    journal.close();
    await Deno.remove(root, { recursive: true });
  }
}

const HOLDER = {
  pid: Deno.pid,
  start: "1",
  boot: "b",
  owner: "o",
  url: null,
  version: "0",
  command: "car run",
  startedAt: "2026-03-04T09:30:00Z",
};

const lines = (text: string): readonly string[] => text.trimEnd().split("\n");

Deno.test("car status tells times in ISO 8601 with --json, and never `running` without an owner", async () => {
  await inRepo(SCENES.cut_off, async ({ car }) => {
    const { code, out } = await car(["status", "--json"]);
    const status = JSON.parse(out);
    assert.equal(code, 0);
    assert.deepEqual([status.status, status.run, status.locked], ["cut_off", "run-0001", false]);
    assert.equal(status.startedAt, "2026-03-04T09:30:00.000Z");
    assert.deepEqual(status.queue.total, 3);
    assert.doesNotMatch(out, /AtMs/);
    assert.match((await car(["status"])).out, /cut off, its last sign of life was at 09:31:40/);
  });
});

Deno.test("car status works where no run was, and when a ticket is broken", async () => {
  await inRepo(null, async ({ car, paths }) => {
    assert.match((await car(["status"])).out, /no run yet[^]*0 of 3 done/);
    await writeFileAtomic(`${paths.tickets}/TICKET-002.md`, "---\nagent: codex\n");
    const { code, out } = await car(["status"]);
    assert.equal(code, 0);
    assert.match(out, /problem/);
  });
});

Deno.test("every looking command names a damaged flows.db, without a stack", async () => {
  const commands = [["status"], ["log"], ["explain"], ["snapshot"], ["usage"], [
    "run",
    "replay",
    "1",
  ]];
  await inRepo(SCENES.completed, async ({ car, paths }) => {
    await Deno.remove(`${paths.journal}-wal`).catch(() => {});
    await Deno.remove(`${paths.journal}-shm`).catch(() => {});
    const garbage = "no database at all, but long enough to be looked at as one. ".repeat(100);
    await writeFileAtomic(paths.journal, garbage);
    for (const argv of [...commands, ["ticket", "show", "1", "--evidence"], ["dispatch", "list"]]) {
      const { code, err } = await car(argv);
      assert.equal(code, 1, argv.join(" "));
      assert.ok(err.includes(`${paths.journal} is damaged`), err);
      assert.match(err, /car doctor --fix/);
      assert.doesNotMatch(err, /\bat .*\.ts:\d/);
    }
  });
});

Deno.test("car status --watch tells each change once, until nobody reads", async () => {
  await inRepo(SCENES.running, async ({ journal, paths }) => {
    const run1 = journal.lastRun();
    assert.ok(run1);
    let looks = 0;
    const clock: Clock = {
      ...CLOCK,
      sleep: () => {
        looks++;
        const of = { run: run1.id, turn: null, ticket: null, atMs: SCENE_START_MS + 800_000 };
        if (looks === 2) journal.note([{ ...of, type: "car", body: { text: "still here" } }]);
        if (looks === 4) io.hangUp();
        return Promise.resolve();
      },
    };
    const io = memoryIo({ cwd: paths.root, env: ENV, clock });
    assert.equal(await run(["status", "--watch", "--json"], io, TABLE), 0);
    const told = lines(io.out()).map((line) => JSON.parse(line).sinceAt);
    assert.deepEqual(told, ["2026-03-04T09:31:40.000Z", "2026-03-04T09:43:20.000Z"]);
  });
});

Deno.test("car log prints the last lines, one turn, or one JSON object a line", async () => {
  await inRepo(SCENES.running, async ({ car }) => {
    const all = lines((await car(["log"])).out);
    assert.equal(all.length, 12);
    assert.deepEqual(lines((await car(["log", "--tail", "3"])).out), all.slice(-3));
    const first = lines((await car(["log", "--turn", "1"])).out);
    assert.ok(
      first.length > 0 && first.every((line) => line.includes("turn 1 ")),
      first.join("\n"),
    );
    const events = lines((await car(["log", "--json", "--tail", "2"])).out).map((it) =>
      JSON.parse(it)
    );
    assert.deepEqual(events.map((it) => it.type), ["rate_limit", "text"]);
    assert.match(events[0].at, /^2026-03-04T/);
    const { code, err } = await car(["log", "--turn", "9"]);
    assert.equal(code, 1);
    assert.match(err, /has no turn 9; it has had 2/);
    assert.match((await car(["log", "--run", "8"])).err, /There is no run run-0008[^]*run-0001/);
    assert.equal((await car(["log", "--run", "x"])).code, 2);
  });
});

Deno.test("car log --runs lists every run, the newest first", async () => {
  await inRepo(SCENES.completed, async ({ car, journal }) => {
    new SyntheticRun(journal, { number: 2 }).start().read(null);
    const { out } = await car(["log", "--runs"]);
    assert.deepEqual(lines(out).map((line) => line.split("\t").slice(0, 2)), [
      ["run-0002", "completed"],
      ["run-0001", "completed"],
    ]);
  });
});

Deno.test("car log -f follows what another connection writes, until the run rests", async () => {
  await inRepo(null, async ({ car, paths, journal }) => {
    const taken = await acquireLock(paths.lock, HOLDER);
    const ticket = syntheticTicket(1);
    const writing = new SyntheticRun(journal).start().read(ticket);
    const following = car(["log", "-f"]);
    writing.note("text", { text: "still here" }).ended().look({ ...ticket, done: true });
    writing.checked([]).settled().read(null);
    const { code, out } = await following;
    if (taken.type === "held") taken.lock.release();
    assert.equal(code, 0);
    assert.match(out, /still here/);
    assert.match(lines(out).at(-1) ?? "", /The run is completed/);
    assert.equal(lines(out).filter((line) => line.includes("was started")).length, 1);
  });
});

Deno.test("car log -f says that the owner is gone instead of waiting for ever", async () => {
  await inRepo(SCENES.cut_off, async ({ car }) => {
    const quick: Clock = { ...CLOCK, sleep: (_ms, signal) => systemClock.sleep(1, signal) };
    const { code, err } = await car(["log", "-f", "--tail", "1"], { clock: quick });
    assert.equal(code, 0);
    assert.match(err, /CAR ended without saying so/);
  });
});

Deno.test("car explain knows runs, tickets by number, name and id, and what it does not know", async () => {
  await inRepo(SCENES.held, async ({ car }) => {
    assert.match((await car(["explain"])).out, /run-0001 is paused \(held\)/);
    assert.match((await car(["explain", "run-1"])).out, /run-0001 is paused/);
    for (const name of ["1", "TICKET-001.md", TICKETS[0].id]) {
      assert.match(
        (await car(["explain", name])).out,
        /^TICKET-001 Parse the config: It is in hand/,
      );
    }
    assert.equal((await car(["explain", "77"])).code, 1);
    assert.match((await car(["explain", "run-9"])).err, /There is no run run-0009/);
    const told = JSON.parse((await car(["explain", "--json"])).out);
    assert.equal(told.facts[0].at, "2026-03-04T09:31:04.000Z");
  });
});

Deno.test("car explain tells of a ticket that is gone, and of one that cannot be read", async () => {
  await inRepo(SCENES.completed, async ({ car, paths }) => {
    await Deno.remove(`${paths.tickets}/${TICKETS[1].name}`);
    assert.match((await car(["explain", TICKETS[1].id])).out, /not in the queue any more/);
    await writeFileAtomic(`${paths.tickets}/${TICKETS[2].name}`, "---\nagent: codex\n");
    const { out } = await car(["explain", "3"]);
    assert.match(out, /TICKET-003/);
    assert.match(out, /car ticket lint/);
  });
});

Deno.test("car run replay says that a run leads to the same state, with 1 when it does not", async () => {
  await inRepo(SCENES.completed, async ({ car, journal }) => {
    const { code, out } = await car(["run", "replay", "1", "--steps"]);
    assert.equal(code, 0);
    assert.match(lines(out).at(-1) ?? "", /^run-0001: 27 steps lead to the same state$/);
    assert.equal(lines(out).length, 28);
    journal.db.prepare("update runs set state = json_set(state, '$.tokens', 1)").run();
    const differs = await car(["run", "replay", "run-0001", "--json"]);
    assert.equal(differs.code, 1);
    assert.deepEqual(JSON.parse(differs.out).difference, "tokens");
  });
});

Deno.test("car ticket show --evidence works without git, and says so", async () => {
  await inRepo(SCENES.completed, async ({ car }) => {
    const { code, out, err } = await car(["ticket", "show", "1", "--evidence"]);
    assert.equal(code, 0);
    assert.match(err, /The tree cannot be compared/);
    assert.match(out, /1 of 3 {2}09:31:04 {2}rejected by the gate/);
    assert.match(out, /3 of 3 {2}09:32:27 {2}accepted by the gate/);
    const told = JSON.parse((await car(["ticket", "show", "1", "--evidence", "--json"])).out);
    assert.deepEqual(told.verdicts.map((it: { isVoid: boolean }) => it.isVoid), [true, true, true]);
  });
});

Deno.test("car snapshot puts queue, contextspace and runs on one page", async () => {
  await inRepo(SCENES.completed, async ({ car }) => {
    const { code, out } = await car(["snapshot"]);
    assert.equal(code, 0);
    assert.match(out, /\| x \| TICKET-002 Read the tickets \| codex \| unverified \|/);
    assert.match(out, /### spec\.md\n\n```+markdown\n# The spec/);
    assert.match(out, /### run-0001: completed/);
    assert.match(out, /- 09:31:04 TICKET-001 Parse the config: rejected by gate/);
  });
});

Deno.test("car usage counts by day, agent and ticket, and leaves out earlier days", async () => {
  await inRepo(SCENES.completed, async ({ car }) => {
    const told = JSON.parse((await car(["usage", "--json"])).out);
    assert.deepEqual(told.agent.map((it: { key: string; turns: number }) => [it.key, it.turns]), [
      ["codex", 5],
    ]);
    const later: Clock = { ...CLOCK, now: () => SCENE_START_MS + 3 * 86_400_000 };
    const few = await car(["usage", "--days", "2"], { clock: later });
    assert.equal(few.out, "No turn has been recorded yet\n");
  });
});

Deno.test("car dispatch lists, shows and answers, from a flag, stdin and with a file", async () => {
  await inRepo(SCENES.handoff, async ({ car, paths }) => {
    const files = paths.run("run-0001");
    await Deno.mkdir(files.dispatchFiles, { recursive: true });
    await writeFileAtomic(`${files.dispatchFiles}/plan.txt`, "plan");
    await writeFileAtomic(
      files.dispatch,
      "---\nmode: pause\ntitle: Which port?\n---\n80 or 4173?\n",
    );
    await fileDispatch(files, { key: "k", atMs: SCENE_START_MS });
    assert.match(
      (await car(["dispatch", "list"])).out,
      /^1\t09:30:00\tasks\topen\t1\tWhich port\?\n$/,
    );
    assert.match((await car(["dispatch", "show"])).out, /80 or 4173\?[^]*attached: .*plan\.txt/);
    const answered = await car(["dispatch", "reply", "-m", "4173"]);
    assert.equal(answered.code, 0, answered.err);
    assert.match(answered.out, /Reply 1 is filed/);
    await writeFileAtomic(`${paths.root}/note.txt`, "a note");
    const second = await car(
      ["dispatch", "reply", "1", "--attach", "note.txt", "--json"],
      { stdin: "And http.\n" },
    );
    assert.deepEqual(JSON.parse(second.out), { run: "run-0001", reply: 2, answers: 1 });
    assert.match(
      (await car(["dispatch", "show", "1"])).out,
      /Reply 1[^]*4173[^]*Reply 2[^]*And http/,
    );
    assert.match((await car(["dispatch", "list", "--open"])).out, /No question is open/);
    assert.match((await car(["dispatch", "reply", "7", "-m", "x"])).err, /has no dispatch 7/);
    assert.equal((await car(["dispatch", "reply", "one", "-m", "x"])).code, 2);
    assert.match(
      (await car(["dispatch", "reply"], { stdin: new Uint8Array([0xff]) })).err,
      /UTF-8/,
    );
    assert.equal((await car(["dispatch", "reply", "--attach", "missing", "-m", "x"])).code, 1);
  });
});

Deno.test("car prompt show tells the parts, and the text alone with --text", async () => {
  await inRepo(SCENES.held, async ({ car }) => {
    const { code, out, err } = await car(["prompt", "show"]);
    assert.equal(code, 0, err);
    assert.match(
      lines(out)[0] ?? "",
      /^TICKET-001 Parse the config, to codex in run-0001, first turn$/,
    );
    assert.match(out, /^ticket +\d/m);
    assert.match(out, /ended with exit code 1/);
    const second = JSON.parse((await car(["prompt", "show", "2", "--json"])).out);
    assert.equal(second.ticket, "TICKET-002.md");
    const text = (await car(["prompt", "show", "2", "--text"])).out;
    assert.equal(text.trimEnd(), second.text.trimEnd());
    assert.equal(new TextEncoder().encode(second.text).length, second.bytes);
  });
  await inRepo(SCENES.completed, async ({ car }) => {
    const { code, err } = await car(["prompt", "show"]);
    assert.equal(code, 1);
    assert.match(err, /No ticket is open/);
  });
});

Deno.test("looking takes no lock and is not stopped by one", async () => {
  await inRepo(SCENES.running, async ({ car, paths }) => {
    const taken = await acquireLock(paths.lock, HOLDER);
    try {
      for (const argv of [["status"], ["log"], ["explain"], ["snapshot"], ["usage"]]) {
        assert.equal((await car(argv)).code, 0, argv.join(" "));
      }
      assert.match((await car(["status"])).out, /run-0001 running/);
    } finally {
      if (taken.type === "held") taken.lock.release();
    }
  });
});
