import assert from "node:assert/strict";
import { systemClock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { exists } from "../../control/files.ts";
import { acquireLock } from "../../control/lock.ts";
import { repoPaths } from "../../control/roots.ts";
import { withHub, type WorktreeHub } from "../../../tests/support/worktree_hub.ts";
import { holderOf } from "../holder.ts";
import { Worktrees } from "./worktrees.ts";

const refusal = (words: RegExp) => (thrown: unknown) =>
  thrown instanceof CarError && thrown.code === "conflict" && words.test(thrown.message);

/** A worktree of branch `x` with changed, untracked and ignored files, a commit and a ticket. */
async function worked({ worktrees, sh }: WorktreeHub): Promise<string> {
  const { record } = await worktrees.create("base", "x");
  await sh(`cd '${record.path}'; echo '*.log' > .gitignore; git add .gitignore; git commit -qm mine
    echo changed > a; echo new > 'größe neu'; echo i > i.log`);
  await Deno.writeTextFile(
    `${repoPaths(record.path).tickets}/TICKET-001.md`,
    "---\nagent: shell\ndone: false\n---\n",
  );
  return record.id;
}

Deno.test("list() tells what is in a worktree that is nowhere else", () =>
  withHub(async (it) => {
    const id = await worked(it);
    await it.sh("git commit -q --allow-empty -m later");
    const [look] = await it.worktrees.list();
    assert.equal(look?.id, id);
    assert.equal(look.branch, "x");
    assert.deepEqual([look.changed, look.untracked, look.ahead, look.behind], [1, 1, 1, 1]);
    assert.equal(look.loose?.count, 1);
    assert.match(look.loose.subjects.join(), /mine/);
    assert.deepEqual(look.tickets, { done: 0, total: 1 });
    assert.equal(look.run?.status, "none");
    assert.equal(look.trouble, null);
    assert.equal(look.madeBy, "car");
  }));

Deno.test("cleanup() saves the work to a ref, keeps tickets and branch, and removes the rest", () =>
  withHub(async (it) => {
    const id = await worked(it);
    const path = (await it.worktrees.show(id)).path;
    const removed = await it.worktrees.cleanup(id);
    assert.ok(!await exists(path));
    assert.deepEqual(await it.listed(), ["base"]);
    assert.ok(removed.branchKept);
    assert.equal((await it.sh("git log -1 --format=%s x")).trim(), "mine");
    assert.equal(removed.saved?.files, 2);
    await it.sh(
      `git worktree add -q ../again x; cd ../again; git stash apply -q ${removed.saved?.ref}`,
    );
    assert.equal(await it.sh("cd ../again; cat a 'größe neu'"), "changed\nnew\n");
    const archive = removed.archive ?? "";
    assert.ok(archive.startsWith(`${it.base.archivedWorktrees}/${id}/`));
    assert.ok(await exists(`${archive}/state/tickets/TICKET-001.md`));
    assert.ok(!await exists(`${archive}/state/lock`));
    const meta = JSON.parse(await Deno.readTextFile(`${archive}/META.json`));
    assert.equal(meta.branch, "x");
    assert.equal(meta.saved, removed.saved?.ref);
    assert.deepEqual(meta.tickets, { done: 0, total: 1 });
    assert.deepEqual(await it.worktrees.list(), []);
    // The name is free again, and what was kept is counted.
    await it.sh("git worktree remove --force ../again");
    const { record } = await it.worktrees.create("base", "x");
    assert.equal(record.id, id);
    const look = await it.worktrees.show(id);
    assert.equal(look.archives.count, 1);
    assert.ok(look.archives.bytes > 0);
    assert.deepEqual(look.saved, [removed.saved?.ref]);
  }));

Deno.test("cleanup() refuses to delete a branch whose commits are nowhere else", () =>
  withHub(async (it) => {
    const id = await worked(it);
    await assert.rejects(
      () => it.worktrees.cleanup(id, { deleteBranch: true }),
      refusal(/1 commit of x would lose the branch.*mine/),
    );
    assert.deepEqual(await it.listed(), ["base", id]);
    const removed = await it.worktrees.cleanup(id, { deleteBranch: true, force: true });
    assert.ok(!removed.branchKept);
    assert.equal((await it.sh(`git log -1 --format=%s ${removed.savedBranch}`)).trim(), "mine");
    assert.equal(await it.sh("git branch --format='%(refname:short)'"), "main\n");
  }));

const SAFE_TO_DELETE: Readonly<Record<string, string>> = {
  merged: "git merge -q x",
  pushed: "git init -q --bare ../far; git remote add origin ../far; git push -q origin x",
};

for (const [name, script] of Object.entries(SAFE_TO_DELETE)) {
  Deno.test(`cleanup() deletes a ${name} branch when asked`, () =>
    withHub(async (it) => {
      const id = await worked(it);
      await it.sh(script);
      const removed = await it.worktrees.cleanup(id, { deleteBranch: true });
      assert.ok(!removed.branchKept);
      assert.equal(removed.savedBranch, null);
    }));
}

Deno.test("cleanup() refuses while somebody works in it, also with force", () =>
  withHub(async (it) => {
    const id = await worked(it);
    const { path } = await it.worktrees.show(id);
    const taken = await acquireLock(repoPaths(path).lock, holderOf("car run", systemClock));
    assert.ok(taken.type === "held");
    try {
      await assert.rejects(
        () => it.worktrees.cleanup(id, { force: true }),
        (thrown) => thrown instanceof CarError && thrown.code === "locked",
      );
      assert.ok((await it.worktrees.show(id)).locked);
    } finally {
      taken.lock.release();
    }
    await it.worktrees.cleanup(id);
  }));

/** Each makes a worktree that is not removed without force; `$W` is its path. */
const OBSTACLES: readonly [name: string, script: string, words: RegExp][] = [
  [
    "a rebase under way",
    "cd $W; git checkout -q -- a; git rebase -q -x false HEAD~1 || true",
    /a rebase is under way/,
  ],
  [
    "a lock of git",
    "git worktree lock --reason 'on a stick' $W",
    /git has it locked \(on a stick\)/,
  ],
  [
    "a repo inside",
    "git init -q $W/inner; git -C $W/inner commit -q --allow-empty -m i",
    /repos inside: inner/,
  ],
  [
    "a submodule",
    `git init -q ../sub; git -C ../sub commit -q --allow-empty -m s; cd $W
     git -c protocol.file.allow=always submodule --quiet add "$PWD/../../base/../sub" sub`,
    /submodules may be nowhere else/,
  ],
];

for (const [name, script, words] of OBSTACLES) {
  Deno.test(`cleanup() refuses a worktree with ${name} unless forced`, () =>
    withHub(async (it) => {
      const id = await worked(it);
      const { path } = await it.worktrees.show(id);
      await it.sh(script.replaceAll("$W", `'${path}'`));
      await assert.rejects(() => it.worktrees.cleanup(id), refusal(words));
      assert.ok(await exists(`${path}/größe neu`));
      await it.worktrees.cleanup(id, { force: true });
      assert.ok(!await exists(path));
    }));
}

Deno.test("cleanup() never takes a worktree along that lies inside", () =>
  withHub(async (it) => {
    const id = await worked(it);
    const { path } = await it.worktrees.show(id);
    await it.sh(`git worktree add -q '${path}/.codex-autorunner/worktrees/y'`);
    await assert.rejects(
      () => it.worktrees.cleanup(id, { force: true }),
      refusal(/Other worktrees lie inside/),
    );
  }));

Deno.test("cleanup() leaves a person's own worktree alone unless forced", () =>
  withHub(async (it) => {
    await it.sh("git worktree add -q ../worktrees/base--own -b own");
    const { editManifest } = await import("../../control/manifest_file.ts");
    const place = { hubRoot: it.hub.root, file: it.hub.manifest };
    await editManifest(place, () => [{
      type: "add",
      repo: {
        id: "base--own",
        path: "worktrees/base--own",
        kind: "worktree",
        worktreeOf: "base",
        branch: "own",
      },
    }]);
    await assert.rejects(() => it.worktrees.cleanup("base--own"), refusal(/CAR did not make it/));
    const removed = await it.worktrees.cleanup("base--own", { force: true });
    // CAR was never set up there.
    assert.equal(removed.archive, null);
    assert.deepEqual(await it.listed(), ["base"]);
  }));

Deno.test("cleanup() forgets a worktree whose folder a person removed", () =>
  withHub(async (it) => {
    const id = await worked(it);
    const { path } = await it.worktrees.show(id);
    await Deno.remove(path, { recursive: true });
    assert.match((await it.worktrees.show(id)).trouble ?? "", /is gone.*cleanup base--x/);
    const removed = await it.worktrees.cleanup(id);
    assert.deepEqual([removed.saved, removed.archive, removed.branchKept], [null, null, true]);
    assert.deepEqual(await it.listed(), ["base"]);
    assert.equal((await it.sh("git worktree list | wc -l")).trim(), "1");
  }));

Deno.test("cleanup() keeps commits that no branch leads to", () =>
  withHub(async (it) => {
    const { record } = await it.worktrees.create("base", "x");
    await it.sh(
      `cd '${record.path}'; git checkout -q --detach; git commit -q --allow-empty -m loose`,
    );
    const removed = await it.worktrees.cleanup(record.id);
    assert.equal((await it.sh(`git log -1 --format=%s ${removed.saved?.ref}`)).trim(), "loose");
  }));

Deno.test("cleanup() leaves all as it was when the work cannot be saved", () =>
  withHub(async (it) => {
    const id = await worked(it);
    const { path } = await it.worktrees.show(id);
    await it.sh(`cd '${path}'; echo 'a working-tree-encoding=UTF-16' > .gitattributes`);
    await assert.rejects(() => it.worktrees.cleanup(id), /git add failed/);
    assert.ok(await exists(`${path}/größe neu`));
    assert.ok(await exists(repoPaths(path).config));
    assert.deepEqual(await it.listed(), ["base", id]);
  }));

Deno.test("delete() says what would be lost, and with force keeps only the work", () =>
  withHub(async (it) => {
    const id = await worked(it);
    await assert.rejects(
      () => it.worktrees.delete(id),
      refusal(/1 ticket \(1 open\) and its runs would be lost/),
    );
    const { record } = await it.worktrees.create("base", "empty");
    await assert.rejects(
      () => it.worktrees.delete(record.id),
      refusal(/its contextspace and its runs would be lost/),
    );
    const removed = await it.worktrees.delete(id, { force: true });
    assert.equal(removed.archive, null);
    assert.equal(removed.saved?.files, 2);
    assert.ok(!await exists(it.base.archivedWorktrees));
  }));

Deno.test("ofRepo() in a worktree means the worktrees of its repo, itself among them", () =>
  withHub(async (it) => {
    const { record } = await it.worktrees.create("base", "inside");
    const { worktrees, repo } = await Worktrees.ofRepo(repoPaths(record.path), {
      clock: systemClock,
      environment: it.environment,
      safe: false,
    });
    try {
      assert.equal(repo, "base");
      assert.deepEqual((await worktrees.list(repo)).map((look) => look.id), [record.id]);
    } finally {
      await worktrees.close();
    }
  }));

Deno.test("a repo of the hub and an unknown name are no worktrees", () =>
  withHub(async ({ worktrees }) => {
    await assert.rejects(() => worktrees.cleanup("base"), refusal(/is a repo of the hub/));
    await assert.rejects(
      () => worktrees.show("base--nothing"),
      (thrown) => thrown instanceof CarError && thrown.code === "not_found",
    );
  }));
