import assert from "node:assert/strict";
import { CarError } from "../../base/errors.ts";
import { repositoryOf, type TestRepo, withRepo } from "../../../tests/support/temp_repo.ts";
import { Trees } from "./trees.ts";

async function treesOf(repo: TestRepo): Promise<Trees> {
  return new Trees(repo.git, await repo.repository(), `${repo.base}/scratch`);
}

const COMMITTED = "echo one > a; mkdir d; echo two > d/b; git add -A; git commit -qm start";

Deno.test("id() of a clean tree is the tree of HEAD", () =>
  withRepo(async (repo) => {
    await repo.sh(COMMITTED);
    assert.equal(
      await (await treesOf(repo)).id(),
      (await repo.sh("git rev-parse HEAD^{tree}")).trim(),
    );
  }));

Deno.test("id() sees every kind of change and nothing else", async (t) => {
  const table: readonly [string, string, boolean][] = [
    ["edit of the same size", "echo eno > a", true],
    ["edit", "echo more >> a", true],
    ["untracked file", "echo new > new", true],
    ["deleted file", "rm a", true],
    ["x-bit", "chmod +x a", true],
    ["file becomes link", "rm a; ln -s d a", true],
    ["new nested repository", "git init -q n; git -C n commit -q --allow-empty -m n", true],
    ["edit beside an unborn nested repository", "git init -q 0; echo x > a", true],
    ["staged only, then taken back", "echo x > a; git add a; echo one > a", false],
    ["touched", "touch a d/b", false],
    ["ignored file", "echo x > .git/info/exclude; echo i > x", false],
    ["empty folder", "mkdir empty", false],
    ["fifo", "mkfifo pipe", false],
    ["unborn nested repository", "git init -q n", false],
    ["the state folder", "mkdir .codex-autorunner; echo x > .codex-autorunner/token", false],
    ["committing", "git commit -q --allow-empty -m x", false],
    [
      "the state folder tracked",
      "mkdir .codex-autorunner; echo x > .codex-autorunner/t; git add -f .",
      false,
    ],
  ];
  for (const [name, script, changes] of table) {
    await t.step(name, () =>
      withRepo(async (repo) => {
        await repo.sh(COMMITTED);
        const trees = await treesOf(repo);
        const before = await trees.id();
        await repo.sh(script);
        const after = await trees.id();
        assert.equal(after !== before, changes);
      }));
  }
});

Deno.test("id() changes nothing of the person's", () =>
  withRepo(async (repo) => {
    await repo.sh(`${COMMITTED}; echo staged > a; git add a; echo changed > a; echo new > new`);
    const look =
      "git status --porcelain; git ls-files -s; find .git -type f | sort | xargs sha256sum";
    const before = await repo.sh(look);
    const id = await (await treesOf(repo)).id();
    assert.equal(await repo.sh(look), before);
    await assert.rejects(() => repo.sh(`git cat-file -e ${id}`));
    const left = [...Deno.readDirSync(`${repo.base}/scratch`)].map((entry) => entry.name);
    assert.deepEqual(left, ["objects"]);
  }));

Deno.test("id() works where a repository is in an unusual state", async (t) => {
  const table: readonly [string, string][] = [
    ["unborn", "echo one > a"],
    ["detached", `${COMMITTED}; git checkout -q --detach; echo x > x`],
    [
      "merge conflict",
      `${COMMITTED}; git checkout -q -b o; echo o > a; git commit -qam o;
      git checkout -q main; echo m > a; git commit -qam m; git merge o || true`,
    ],
    ["split index", `${COMMITTED}; git update-index --split-index; echo x > a`],
    ["index version 4", `${COMMITTED}; git update-index --index-version 4; echo x > a`],
    ["file that cannot be read", `${COMMITTED}; echo x > secret; chmod 0 secret`],
  ];
  for (const [name, script] of table) {
    await t.step(name, () =>
      withRepo(async (repo) => {
        await repo.sh(script);
        const trees = await treesOf(repo);
        const before = await trees.id();
        await repo.sh("echo more > more");
        assert.notEqual(await trees.id(), before);
      }));
  }
});

Deno.test("id() in a linked worktree is its own", () =>
  withRepo(async (repo) => {
    await repo.sh(`${COMMITTED}; git worktree add -q ../linked; echo x > ../linked/x`);
    const linked = await repositoryOf(`${repo.base}/linked`);
    const main = await repo.repository();
    assert.equal(linked.commonDir, main.gitDir);
    const scratch = `${repo.base}/scratch`;
    const id = await new Trees(repo.git, linked, scratch).id();
    assert.notEqual(id, await new Trees(repo.git, main, scratch).id());
  }));

Deno.test("diff() tells files, counts and text", () =>
  withRepo(async (repo) => {
    await repo.sh(
      `${COMMITTED}; seq 50 > long; printf '\\0\\1' > bin; git add .; git commit -qm x`,
    );
    const trees = await treesOf(repo);
    const before = await trees.id();
    assert.deepEqual(await trees.diff(before, before), { patch: "", truncated: false, files: [] });
    await repo.sh(
      "git mv long 'ren\tamed'; printf '\\0\\2' > bin; echo three >> a; rm d/b; echo ü > ü",
    );
    const diff = await trees.diff(before, await trees.id());
    assert.deepEqual(diff.files, [
      { path: "a", from: null, added: 1, deleted: 0 },
      { path: "bin", from: null, added: null, deleted: null },
      { path: "d/b", from: null, added: 0, deleted: 1 },
      { path: "ren\tamed", from: "long", added: 0, deleted: 0 },
      { path: "ü", from: null, added: 1, deleted: 0 },
    ]);
    assert.match(diff.patch, /^\+three$/m);
    assert.match(diff.patch, /^\+\+\+ b\/ü$/m);
    const cut = await trees.diff(before, await trees.id(), { bytesMax: 20 });
    assert.deepEqual([cut.truncated, cut.patch.length], [true, 20]);
  }));

Deno.test("read() gives a file of a tree, bounded", () =>
  withRepo(async (repo) => {
    await repo.sh(`${COMMITTED}; echo 'sp ace' > 'sp ace'; : > empty`);
    const trees = await treesOf(repo);
    const id = await trees.id();
    const text = async (path: string, bytesMax?: number) => {
      const blob = await trees.read(id, path, bytesMax === undefined ? {} : { bytesMax });
      return blob === undefined ? undefined : [new TextDecoder().decode(blob.bytes), blob.size];
    };
    assert.deepEqual(await text("d/b"), ["two\n", 4]);
    assert.deepEqual(await text("sp ace"), ["sp ace\n", 7]);
    assert.deepEqual(await text("d/b", 2), ["tw", 4]);
    assert.deepEqual(await text("empty"), ["", 0]);
    for (const path of ["none", "d", "d/none", "a\nb"]) assert.equal(await text(path), undefined);
  }));

Deno.test("clear() forgets the ids", () =>
  withRepo(async (repo) => {
    await repo.sh(COMMITTED);
    const trees = await treesOf(repo);
    await repo.write("new", "x");
    const id = await trees.id();
    await trees.clear();
    await trees.clear();
    await Deno.mkdir(`${repo.base}/scratch/objects`, { recursive: true });
    await assert.rejects(() => trees.diff(id, id), CarError);
  }));
