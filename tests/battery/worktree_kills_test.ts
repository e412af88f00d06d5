/** CAR killed at each durable act of making and clearing up a worktree: the next one finishes it or takes it back. */

import { denoDir } from "../support/deno_dir.ts";
import assert from "node:assert/strict";
import { exists } from "../../lib/control/files.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import { withHub, type WorktreeHub } from "../support/worktree_hub.ts";

const PROGRAM = new URL("../support/worktree_program.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/**
 * Runs the program with CAR killed at its n-th durable act; 0: it only counts. Where folders are there
 * from the round before it has fewer acts, and may come to its end. @returns Their names.
 */
async function killedAt(
  it: WorktreeHub,
  at: number,
  ...words: readonly string[]
): Promise<readonly string[]> {
  const log = `${it.hub.root}/../places-${crypto.randomUUID()}`;
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      `--config=${CONFIG}`,
      PROGRAM,
      it.hub.root,
      ...words,
    ],
    clearEnv: true,
    env: {
      ...it.environment,
      DENO_DIR: denoDir(),
      CAR_TEST: "1",
      CAR_FAILPOINT: at === 0 ? "0:count" : `${at}:kill`,
      CAR_FAILPOINT_LOG: log,
    },
  }).output();
  const said = new TextDecoder().decode(output.stderr);
  assert.ok(at > 0 && output.signal === "SIGKILL" || output.code === 0, said);
  return (await Deno.readTextFile(log)).trimEnd().split("\n");
}

/** The acts after which something is there that was not before, or the other way round. */
const telling = (places: readonly string[]): readonly number[] =>
  places.flatMap((place, at) =>
    place === "worktree.step" || place === "file.rename" || place === "file.unlink" ? [at + 1] : []
  );

const TICKET = "---\nticket_id: tkt_0123456789abcdef\nagent: shell\ndone: false\n---\n";

Deno.test("a worktree whose making was killed anywhere is finished or taken back", () =>
  withHub(async (it) => {
    await Deno.writeTextFile(`${it.base.tickets}/TICKET-001.md`, TICKET);
    const moments = telling(await killedAt(it, 0, "create", "x"));
    assert.ok(moments.length >= 10, String(moments));
    await it.worktrees.cleanup("base--x", { deleteBranch: true });
    for (const [round, at] of moments.entries()) {
      await killedAt(it, at, "create", "x");
      // A scan or the next call, whichever comes first.
      if (round % 2 === 0) await it.worktrees.mend();
      const { record } = await it.worktrees.create("base", "x", {
        seeds: { tickets: "open", contextspace: true },
      });
      assert.equal(record.state, "ready", `killed at ${at}`);
      assert.deepEqual(await it.listed(), ["base", "base--x"], `killed at ${at}`);
      assert.equal((await it.sh("git worktree list | wc -l")).trim(), "2", `killed at ${at}`);
      const own = repoPaths(record.path);
      assert.equal(await Deno.readTextFile(`${own.tickets}/TICKET-001.md`), TICKET);
      assert.equal(await Deno.readTextFile(`${record.path}/a`), "x\n");
      await it.worktrees.cleanup("base--x", { deleteBranch: true });
    }
  }));

Deno.test("a clean-up that was killed anywhere is finished, and loses nothing", () =>
  withHub(async (it) => {
    const prepare = async () => {
      const { record } = await it.worktrees.create("base", "x");
      await Deno.writeTextFile(`${record.path}/new`, "precious");
      await Deno.writeTextFile(`${repoPaths(record.path).tickets}/TICKET-001.md`, TICKET);
      return record;
    };
    await prepare();
    const moments = telling(await killedAt(it, 0, "cleanup", "base--x"));
    assert.ok(moments.length > 5, String(moments));
    for (const [round, at] of moments.entries()) {
      const { path } = await prepare();
      const before = await archives(it);
      await killedAt(it, at, "cleanup", "base--x");
      if (round % 2 === 0) await it.worktrees.mend();
      if ((await it.listed()).includes("base--x")) await it.worktrees.cleanup("base--x");
      await it.worktrees.mend();
      assert.ok(!await exists(path), `killed at ${at}`);
      assert.deepEqual(await it.listed(), ["base"], `killed at ${at}`);
      assert.deepEqual(await it.worktrees.list(), [], `killed at ${at}`);
      assert.equal((await it.sh("git worktree list | wc -l")).trim(), "1", `killed at ${at}`);
      const made = (await archives(it)).filter((name) => !before.includes(name));
      assert.equal(made.length, 1, `killed at ${at}`);
      assert.ok(await exists(`${made[0]}/state/tickets/TICKET-001.md`), `killed at ${at}`);
      const refs = (await it.sh("git for-each-ref --format='%(refname)' refs/car")).trim();
      const newest = refs.split("\n").at(-1) ?? "";
      assert.equal(await it.sh(`git show ${newest}:new`), "precious", `killed at ${at}`);
      await it.sh(
        "git for-each-ref --format='delete %(refname)' refs/car | git update-ref --stdin",
      );
    }
  }));

async function archives({ base }: WorktreeHub): Promise<readonly string[]> {
  const folder = `${base.archivedWorktrees}/base--x`;
  if (!await exists(folder)) return [];
  return [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
}
