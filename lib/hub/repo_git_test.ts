import assert from "node:assert/strict";
import { withRepo } from "../../tests/support/temp_repo.ts";
import { RepoGit } from "./repo_git.ts";

const COMMITTED = "echo one > a; mkdir d; echo two > d/b; git add -A; git commit -qm start";

/** What may lie in a work tree, each from the same beginning. */
const STATES: Readonly<Record<string, string>> = {
  "clean": ":",
  "committed since": "echo x > c; git add c; git commit -qm more",
  "an empty commit since": "git commit -q --allow-empty -m empty",
  "a commit taken back": "echo x > c; git add c; git commit -qm more; git reset -q --hard HEAD^",
  "an edit": "echo x > a",
  "an edit of the same size": "echo eno > a",
  "an untracked file": "echo x > new",
  "staged": "echo x > a; git add a",
  "staged and taken back": "echo x > a; git add a; echo one > a",
  "deleted": "rm a",
  "touched": "touch a d/b",
  "an x-bit": "chmod +x a",
  "an ignored file": "echo i > .git/info/exclude; echo i > i",
  "an empty folder": "mkdir empty",
  "a nested repository": "git init -q n; git -C n commit -q --allow-empty -m n",
  "an unborn nested repository": "git init -q n",
  "the state folder": "mkdir .codex-autorunner; echo x > .codex-autorunner/token",
  "the state folder tracked":
    "mkdir .codex-autorunner; echo x > .codex-autorunner/t; git add -f .; git commit -qm state",
  "packed": "git gc -q",
  "detached": "git checkout -q --detach",
  "a file git is told not to look at": "git update-index --assume-unchanged a; echo x > a",
};

Deno.test("look() gives the status and the id of the tree, whatever lies in it", async (t) => {
  for (const [name, script] of Object.entries(STATES)) {
    await t.step(name, () =>
      withRepo(async (repo) => {
        await repo.sh(COMMITTED);
        const git = await RepoGit.open(repo.git, repo.root, `${repo.base}/scratch`);
        const before = await git.look("committed");
        assert.equal(before.treeId, await git.treeId());
        await repo.sh(script);
        const { treeId, head, ...status } = await git.look("committed");
        assert.deepEqual(await git.look("changed"), { treeId, head, ...status });
        assert.equal(treeId, await git.treeId());
        assert.equal(head, (await repo.sh("git rev-parse HEAD")).trim());
        assert.deepEqual(status, await git.status());
        assert.equal(
          (await git.changedPaths(before.treeId, treeId)).length > 0,
          treeId !== before.treeId,
        );
      }));
  }
});

Deno.test("look() works before the first commit", () =>
  withRepo(async (repo) => {
    const git = await RepoGit.open(repo.git, repo.root, `${repo.base}/scratch`);
    const empty = await git.look("committed");
    assert.equal(empty.head, null);
    await repo.write("a", "1");
    assert.notEqual((await git.look("committed")).treeId, empty.treeId);
  }));

Deno.test("commitAll() makes the commit of a turn once, in this process and in the next", () =>
  withRepo(async (repo) => {
    await repo.sh(COMMITTED);
    const open = () => RepoGit.open(repo.git, repo.root, `${repo.base}/scratch`);
    const git = await open();
    const order = { message: "Done", trailers: {}, turnId: "turn_1", trusted: 1 < 2 };
    git.turnBegins("turn_1", await git.look("committed"));
    await repo.write("a", "1");
    const made = await git.commitAll(order);
    await repo.write("a", "2");
    assert.deepEqual(await git.commitAll(order), made);
    assert.deepEqual(await (await open()).commitAll(order), made);
    assert.equal((await repo.sh("git rev-list --count HEAD")).trim(), "2");
  }));
