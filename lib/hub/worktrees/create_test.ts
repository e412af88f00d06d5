import assert from "node:assert/strict";
import { CarError } from "../../base/errors.ts";
import { exists } from "../../control/files.ts";
import { repoPaths } from "../../control/roots.ts";
import { withHub } from "../../../tests/support/worktree_hub.ts";

const failsWith = (code: string, words: RegExp) => (thrown: unknown) =>
  thrown instanceof CarError && thrown.code === code && words.test(thrown.message);

Deno.test("create() makes a worktree without any remote, lists it, and answers the same one again", () =>
  withHub(async ({ worktrees, hub, base, sh, listed }) => {
    await Deno.writeTextFile(base.config, "version: 2\nmode: repo\ngate:\n  verify: [make]\n");
    await Deno.writeTextFile(
      `${base.tickets}/TICKET-001.md`,
      "---\nagent: shell\ndone: false\n---\n",
    );
    const { record, existed } = await worktrees.create("base", "feature/größe");
    assert.ok(!existed);
    assert.equal(record.state, "ready");
    assert.equal(record.path, `${hub.root}/worktrees/base--feature-gro-e`);
    assert.equal(
      (await sh(`git -C '${record.path}' branch --show-current`)).trim(),
      "feature/größe",
    );
    const own = repoPaths(record.path);
    assert.match(await Deno.readTextFile(own.config), /verify: \[make\]/);
    assert.deepEqual([...Deno.readDirSync(own.tickets)], []);
    assert.deepEqual(await listed(), ["base", record.id]);
    // As `car init` leaves it: its .gitignore may be committed.
    assert.equal(
      await sh(`git -C '${record.path}' status --porcelain`),
      "?? .codex-autorunner/\n",
    );
    const again = await worktrees.create("base", "feature/größe");
    assert.deepEqual(again, { record, existed: true });
    // Named by one of its worktrees, the repo is meant.
    assert.equal((await worktrees.create(record.id, "other")).record.id, "base--other");
  }));

Deno.test("create() copies the open tickets and the contextspace when asked", () =>
  withHub(async ({ worktrees, base }) => {
    const write = (name: string, done: "true" | "false") =>
      Deno.writeTextFile(`${base.tickets}/${name}`, `---\nagent: shell\ndone: ${done}\n---\n`);
    await write("TICKET-001.md", "true");
    await write("TICKET-002.md", "false");
    await Deno.writeTextFile(base.contextspace.spec, "# Ours\n");
    const { record } = await worktrees.create("base", "x", {
      seeds: { tickets: "open", contextspace: true },
    });
    const own = repoPaths(record.path);
    assert.deepEqual([...Deno.readDirSync(own.tickets)].map((it) => it.name), ["TICKET-002.md"]);
    assert.equal(await Deno.readTextFile(own.contextspace.spec), "# Ours\n");
  }));

Deno.test("create() begins where the remote is ahead, follows its branch, and goes on without it", () =>
  withHub(async ({ worktrees, sh, said }) => {
    await sh(`git init -q --bare -b main ../far; git remote add origin ../far
      git push -qu origin main; git clone -q ../far ../other; cd ../other
      git commit -q --allow-empty -m ahead; git push -q origin main main:theirs`);
    const ahead = (await sh("git -C ../other rev-parse HEAD")).trim();
    const mine = await worktrees.create("base", "mine");
    assert.equal(mine.record.from, ahead);
    assert.match(said.join(), /origin\/main is ahead of main/);
    const theirs = await worktrees.create("base", "theirs");
    assert.equal(theirs.record.from, ahead);
    assert.equal((await sh("git rev-parse --abbrev-ref theirs@{u}")).trim(), "origin/theirs");
    await sh("rm -r ../far");
    const late = await worktrees.create("base", "late", { from: "main" });
    assert.equal(late.record.from, (await sh("git rev-parse main")).trim());
    assert.match(said.join(), /Could not fetch from origin/);
  }));

Deno.test("create() begins at the repo's own branch when that and the remote's have parted", () =>
  withHub(async ({ worktrees, sh, said }) => {
    await sh(`git init -q --bare -b main ../far; git remote add origin ../far
      git push -qu origin main; git clone -q ../far ../other; cd ../other
      git commit -q --allow-empty -m theirs; git push -q origin main
      cd ../base; git commit -q --allow-empty -m ours`);
    const { record } = await worktrees.create("base", "x");
    assert.equal(record.from, (await sh("git rev-parse main")).trim());
    assert.match(said.join(), /have parted/);
  }));

Deno.test("create() takes a branch as it is, and refuses another beginning", () =>
  withHub(async ({ worktrees, sh }) => {
    await sh("git branch old; git commit -q --allow-empty -m later");
    await assert.rejects(
      () => worktrees.create("base", "old", { from: "main" }),
      failsWith("conflict", /is there already/),
    );
    const { record } = await worktrees.create("base", "old");
    assert.ok(!record.newBranch);
    assert.equal(record.from, (await sh("git rev-parse old")).trim());
  }));

const REFUSED: readonly [branch: string, code: string, words: RegExp][] = [
  ["-f", "invalid", /No git branch/],
  ["a b", "invalid", /No git branch/],
  ["@{-1}", "invalid", /No git branch/],
  ["../x", "invalid", /No git branch/],
  ["main", "conflict", /is checked out in .*base/],
];

Deno.test("create() refuses what cannot be, and leaves nothing behind", () =>
  withHub(async ({ worktrees, sh, listed, base, hub }) => {
    for (const [branch, code, words] of REFUSED) {
      await assert.rejects(() => worktrees.create("base", branch), failsWith(code, words), branch);
    }
    await assert.rejects(
      () => worktrees.create("base", "x", { from: "no such" }),
      failsWith("not_found", /There is no commit "no such"/),
    );
    await assert.rejects(
      () => worktrees.create("bas", "x"),
      failsWith("not_found", /nothing called/),
    );
    // A file where the folder of worktrees has to be.
    await Deno.writeTextFile(`${hub.root}/worktrees`, "");
    await assert.rejects(() => worktrees.create("base", "x"), CarError);
    assert.deepEqual(await listed(), ["base"]);
    assert.equal(await sh("git branch --format='%(refname:short)'"), "main\n");
    assert.deepEqual(await worktrees.list(), []);
    assert.ok(!await exists(`${base.worktreeRecords}/base--x.json`));
  }));

Deno.test("create() refuses a repo without a commit", () =>
  withHub(async ({ worktrees, sh }) => {
    await sh("rm -r .git; git init -q -b main .");
    await assert.rejects(
      () => worktrees.create("base", "x"),
      failsWith("conflict", /no commit yet/),
    );
  }));

Deno.test("create() gives branches whose names become one a folder each", () =>
  withHub(async ({ worktrees, hub }) => {
    await Deno.mkdir(`${hub.root}/worktrees/base--a-b`, { recursive: true });
    const ids = [];
    for (const branch of ["a/b", "a-b", "A/b"]) {
      ids.push((await worktrees.create("base", branch)).record.id);
    }
    assert.deepEqual(ids, ["base--a-b-2", "base--a-b-3", "base--A-b-4"]);
  }));

Deno.test("create() by two at once makes one worktree", () =>
  withHub(async ({ worktrees, open, listed }) => {
    const other = await open();
    const made = await Promise.allSettled([
      worktrees.create("base", "x"),
      other.create("base", "x"),
    ]);
    const good = made.flatMap((it) => it.status === "fulfilled" ? [it.value] : []);
    assert.ok(good.length >= 1);
    assert.equal(good.filter((it) => !it.existed).length, 1);
    assert.deepEqual(await listed(), ["base", "base--x"]);
  }));

Deno.test("setup commands run in the worktree and are logged; a failure keeps it, and is repeated", () =>
  withHub(async ({ worktrees, base }) => {
    const { record } = await worktrees.create("base", "x");
    assert.equal(record.state, "setup_failed");
    assert.match(record.reason ?? "", /"test -e .*go"" failed: exit code 1/);
    const log = () => Deno.readTextFile(repoPaths(record.path).setupLog);
    assert.match(
      await log(),
      /\$ echo made for \$CAR_WORKTREE_BRANCH\n?[^]*made for x\n--- exit code 0/,
    );
    assert.match(
      (await worktrees.show(record.id)).trouble ?? "",
      /repeats it.*failed: exit code 1/,
    );
    await Deno.writeTextFile(`${base.root}/go`, "");
    const again = await worktrees.create("base", "x");
    assert.equal(again.record.state, "ready");
    assert.ok(again.existed);
    assert.equal((await worktrees.show(record.id)).trouble, null);
  }, { setup: ["echo made for $CAR_WORKTREE_BRANCH >&2", 'test -e "$CAR_BASE_ROOT/go"'] }));

Deno.test("a setup command that does not end is ended, and a flood of output is bounded", () =>
  withHub(async ({ worktrees, base }) => {
    await Deno.writeTextFile(
      base.config,
      "version: 2\nmode: repo\ngit:\n  worktree_setup: ['yes | head -c 3000000', sleep 1000]\n" +
        "  worktree_setup_seconds: 2\n",
    );
    const { record } = await worktrees.create("base", "x");
    assert.match(record.reason ?? "", /"sleep 1000" failed: not done after 2 s/);
    const { size } = await Deno.stat(repoPaths(record.path).setupLog);
    assert.ok(size < 100_000, String(size));
  }));

Deno.test("setup commands wait for an approval in the safe posture", () =>
  withHub(async ({ open, sh }) => {
    const safe = await open({ safe: true });
    await assert.rejects(
      () => safe.create("base", "x"),
      failsWith("waiting", /Nobody has approved the setup command touch ran/),
    );
    assert.equal((await safe.create("base", "x", { setup: false })).record.state, "ready");
    assert.equal(await sh("git branch --format='%(refname:short)'"), "main\nx\n");
  }, { setup: ["touch ran"] }));
