import assert from "node:assert/strict";
import { systemClock } from "../base/clock.ts";
import type { LintProblem, Queue } from "../engine/ticket.ts";
import { type CheckRow, type DoctorContext, runDoctor } from "./doctor.ts";
import { type CheckId, DOCTOR_CHECKS } from "./doctor_checks.ts";
import { ensureDir, exists, writeFileAtomic } from "./files.ts";
import { initRepo } from "./init.ts";
import { repoPaths } from "./roots.ts";

const FOUND = { found: true, path: "/x", version: "1.0", login: "needs none", hint: "" };
const BUSY = true;
const IDLE = false;
const EMPTY: Queue = { tickets: [], problems: [] };

async function git(root: string, args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", root, "-c", "user.name=t", "-c", "user.email=t@t", ...args],
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", LC_ALL: "C", HOME: root },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** A world in which all is well; each test spoils one thing. */
function context(root: string, changes: Partial<DoctorContext> = {}): DoctorContext {
  return {
    repo: repoPaths(root),
    env: {},
    clock: systemClock,
    git: (args) => git(root, args),
    gitBusy: () => Promise.resolve(IDLE),
    countNames: async (folder) => {
      const script = 'find "$1" -mindepth 1 -maxdepth 1 -exec printf x ";" | wc -c';
      const args = ["-c", script, "sh", folder];
      const { stdout } = await new Deno.Command("sh", { args }).output();
      return Number(new TextDecoder().decode(stdout));
    },
    agents: () => Promise.resolve([{ name: "shell", facts: FOUND }]),
    destination: () => Promise.resolve({ found: "On this machine.", unseen: [] }),
    queue: () => Promise.resolve(EMPTY),
    fixQueue: () => Promise.resolve([]),
    journal: () => Promise.resolve({ type: "absent" }),
    views: () => Promise.resolve({ type: "ok", detail: "Up to date." }),
    rebuildViews: () => Promise.resolve(),
    leftovers: () => Promise.resolve([]),
    sweepLeftovers: () => Promise.resolve(),
    ...changes,
  };
}

async function inRepo(then: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await git(root, ["init", "-q", "-b", "main"]);
    await git(root, ["commit", "-q", "--allow-empty", "-m", "start"]);
    await initRepo(root);
    await then(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const look = async (context: DoctorContext, fix?: "fix"): Promise<ReadonlyMap<string, CheckRow>> =>
  new Map(
    (await runDoctor(context, DOCTOR_CHECKS, { fix: fix === "fix" })).rows.map((
      row,
    ) => [row.id, row]),
  );

const mended = (context: DoctorContext) => look(context, "fix");

Deno.test("runDoctor() finds nothing in a sound repo", () =>
  inRepo(async (root) => {
    const report = await runDoctor(context(root), DOCTOR_CHECKS, { fix: false });
    const spoiled = report.rows.filter((row) => row.status !== "ok" && row.id !== "disk");
    assert.deepEqual(spoiled, []);
    assert.equal(report.rows.length, Object.keys(DOCTOR_CHECKS).length);
    assert.match(report.rows.find((row) => row.id === "git_repo")?.found ?? "", /On branch main/);
  }));

Deno.test("runDoctor() says what to do in a folder that is nothing yet", async () => {
  const root = await Deno.makeTempDir();
  const rows = await look(context(root));
  assert.equal(rows.get("git_repo")?.status, "error");
  assert.match(rows.get("git_repo")?.cure ?? "", /git init/);
  assert.match(rows.get("initialised")?.cure ?? "", /car init/);
  const others = [
    "config",
    "tickets",
    "state_writable",
    "state_ignored",
    "lock",
    "damaged",
  ] as const;
  for (const id of others) assert.equal(rows.get(id)?.status, "ok", id);
  await Deno.remove(root, { recursive: true });
});

const PROBLEM: LintProblem = {
  code: "x",
  file: "TICKET-001.md",
  line: 3,
  key: "done",
  message: "found yes",
  fixable: true,
};

interface Case {
  readonly id: CheckId;
  readonly status: CheckRow["status"];
  readonly found: RegExp;
  readonly spoil?: (root: string) => Promise<unknown>;
  readonly world?: Partial<DoctorContext>;
}

const CASES: readonly Case[] = [
  {
    id: "git",
    status: "error",
    found: /no git program/,
    world: { git: () => Promise.resolve(null) },
  },
  {
    id: "git",
    status: "error",
    found: /too old/,
    world: {
      git: () => Promise.resolve({ code: 0, stdout: "git version 1.8.3\n", stderr: "" }),
    },
  },
  {
    id: "git_repo",
    status: "warning",
    found: /detached HEAD/,
    spoil: (root) => git(root, ["checkout", "-q", "--detach"]),
  },
  {
    id: "git_repo",
    status: "warning",
    found: /no commit yet/,
    spoil: (root) => git(root, ["checkout", "-q", "--orphan", "new"]),
  },
  {
    id: "config",
    status: "error",
    found: /config.yml:1: limit: /,
    spoil: (root) => writeFileAtomic(repoPaths(root).config, "limit: {}\n"),
  },
  {
    id: "tickets",
    status: "error",
    found: /TICKET-001.md:3/,
    world: { queue: () => Promise.resolve({ tickets: [], problems: [PROBLEM] }) },
  },
  {
    id: "journal",
    status: "error",
    found: /half a page/,
    world: { journal: () => Promise.resolve({ type: "damaged", detail: "half a page" }) },
  },
  {
    id: "agents",
    status: "error",
    found: /codex: not found. Install it/,
    world: {
      agents: () =>
        Promise.resolve([{ name: "codex", facts: { ...FOUND, found: false, hint: "Install it" } }]),
    },
  },
  {
    id: "state_ignored",
    status: "warning",
    found: /missing/,
    spoil: (root) => Deno.remove(repoPaths(root).gitignore),
  },
  {
    id: "file_names",
    status: "warning",
    found: /tickets: 1 name not in UTF-8/,
    spoil: (root) =>
      new Deno.Command("sh", {
        args: ["-c", `: > "$1/$(printf 'TICKET-001-\\351.md')"`, "sh", repoPaths(root).tickets],
      }).output(),
  },
  {
    id: "damaged",
    status: "warning",
    found: /2026-11-21/,
    spoil: (root) => ensureDir(`${repoPaths(root).damaged}/2026-11-21T00`),
  },
  {
    id: "leftovers",
    status: "warning",
    found: /agent 4711/,
    world: { leftovers: () => Promise.resolve(["agent 4711"]) },
  },
  {
    id: "lock",
    status: "warning",
    found: /lock/,
    spoil: (root) => ensureDir(repoPaths(root).lock),
  },
];

Deno.test("runDoctor() names each thing that is spoiled, with a cure", async () => {
  for (const { id, status, found, spoil, world } of CASES) {
    await inRepo(async (root) => {
      await spoil?.(root);
      const row = (await look(context(root, world))).get(id);
      assert.equal(row?.status, status, `${id}: ${row?.found}`);
      assert.match(row?.found ?? "", found, id);
      assert.notEqual(row?.cure, null, id);
    });
  }
});

Deno.test("runDoctor() mends what may be mended and looks again", () =>
  inRepo(async (root) => {
    const { gitignore, damaged } = repoPaths(root);
    const lock = `${root}/.git/index.lock`;
    await Deno.remove(gitignore);
    await ensureDir(`${damaged}/old`);
    await writeFileAtomic(lock, "");
    const hourAgo = new Date(Date.now() - 3_600_000);
    await Deno.utime(lock, hourAgo, hourAgo);
    const left = ["agent 4711"];
    let broken = true;
    const world = context(root, {
      leftovers: () => Promise.resolve([...left]),
      sweepLeftovers: () => Promise.resolve(void left.pop()),
      views: () =>
        Promise.resolve(broken ? { type: "damaged", detail: "old" } : { type: "absent" }),
      rebuildViews: () => Promise.resolve(void (broken = false)),
    });
    const before = await look(world);
    const fixed = ["state_ignored", "damaged", "index_lock", "leftovers", "views"];
    for (const id of fixed) assert.ok(before.get(id)?.fixable, id);
    assert.ok(await exists(lock));
    const after = await mended(world);
    for (const id of fixed) {
      assert.equal(after.get(id)?.status, "ok", id);
      assert.notEqual(after.get(id)?.fixed, null, id);
    }
    assert.ok(!(await exists(lock)));
    assert.equal([...(await mended(world)).values()].filter((row) => row.fixed !== null).length, 0);
  }));

Deno.test("runDoctor() leaves an index lock alone while git works or it is young", () =>
  inRepo(async (root) => {
    await writeFileAtomic(`${root}/.git/index.lock`, "");
    assert.equal((await mended(context(root))).get("index_lock")?.status, "ok");
    const hourAgo = new Date(Date.now() - 3_600_000);
    await Deno.utime(`${root}/.git/index.lock`, hourAgo, hourAgo);
    const busy = context(root, { gitBusy: () => Promise.resolve(BUSY) });
    assert.equal((await mended(busy)).get("index_lock")?.status, "ok");
    assert.ok(await exists(`${root}/.git/index.lock`));
  }));

Deno.test("runDoctor() turns a check that throws or hangs into a finding", async () => {
  const world = context("/nowhere", {
    journal: () => Promise.reject(new Error("went wrong")),
    agents: () => new Promise(() => {}),
    clock: { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(50, signal) },
  });
  // These two alone: one that starts a process would outlive its short patience, and the test.
  const { journal, agents } = DOCTOR_CHECKS;
  const { rows } = await runDoctor(world, { journal, agents }, { fix: false });
  assert.equal(rows[0]?.found, "went wrong");
  assert.match(rows[1]?.found ?? "", /No answer in 20 seconds/);
});
