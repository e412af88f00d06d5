import assert from "node:assert/strict";
import { CarError } from "../../base/errors.ts";
import { repositoryOf, type TestRepo, withRepo } from "../../../tests/support/temp_repo.ts";
import { addWorktree, listWorktrees, parseWorktrees, removeWorktree } from "./worktrees.ts";

const START = "echo x > a; git add a; git commit -qm start";

const add = async (repo: TestRepo, name: string, branch: string, trusted = true) =>
  await addWorktree(repo.git, await repo.repository(), {
    path: `${repo.base}/${name}`,
    branch,
    trusted,
  });

Deno.test("parseWorktrees() reads what git says of each", () => {
  const text = [
    "worktree /a b\nHEAD 1111\nbranch refs/heads/main\n",
    "worktree /c\nHEAD 0000\nbranch refs/heads/größe/x\nlocked on a stick\n",
    "worktree /d\nHEAD 2222\ndetached\nlocked\nprunable gitdir file points to nothing\n",
    "worktree /e\nbare\n",
  ].join("\n");
  const expected = [
    { path: "/a b", head: "1111", branch: "main", isMain: true, locked: null, prunable: null },
    {
      path: "/c",
      head: null,
      branch: "größe/x",
      isMain: false,
      locked: "on a stick",
      prunable: null,
    },
    {
      path: "/d",
      head: "2222",
      branch: null,
      isMain: false,
      locked: "",
      prunable: "gitdir file points to nothing",
    },
    { path: "/e", head: null, branch: null, isMain: false, locked: null, prunable: null },
  ];
  assert.deepEqual(parseWorktrees(`${text}\n`, "\n"), expected);
  assert.deepEqual(parseWorktrees(`${text}\n`.replaceAll("\n", "\0"), "\0"), expected);
});

Deno.test("addWorktree() checks a branch out, removeWorktree() takes it away, dirt and lock and all", () =>
  withRepo(async (repo) => {
    await repo.sh(`${START}; git branch größe/日本`);
    assert.equal(await add(repo, "w 1", "größe/日本"), null);
    const path = `${repo.base}/w 1`;
    assert.equal(await Deno.readTextFile(`${path}/a`), "x\n");
    await Deno.writeTextFile(`${path}/a`, "dirty");
    await repo.sh("git worktree lock --reason 'mine' '../w 1'");
    const repository = await repo.repository();
    const found = (await listWorktrees(repo.git, repository)).at(1);
    assert.equal(found?.branch, "größe/日本");
    assert.equal(found?.locked, "mine");
    await removeWorktree(repo.git, repository, path);
    await assert.rejects(() => Deno.stat(path), Deno.errors.NotFound);
    assert.equal((await listWorktrees(repo.git, repository)).length, 1);
    // Twice is as once.
    await removeWorktree(repo.git, repository, path);
  }));

Deno.test("removeWorktree() forgets one whose folder is gone", () =>
  withRepo(async (repo) => {
    await repo.sh(`${START}; git worktree add -q ../w; rm -r ../w`);
    const repository = await repo.repository();
    await removeWorktree(repo.git, repository, `${repo.base}/w`);
    assert.equal((await listWorktrees(repo.git, repository)).length, 1);
  }));

Deno.test("addWorktree() says what git said, and where a branch is checked out already", () =>
  withRepo(async (repo) => {
    await repo.sh(START);
    await assert.rejects(
      () => add(repo, "w", "main"),
      (thrown) => thrown instanceof CarError && /already checked out/.test(thrown.message),
    );
  }));

Deno.test("addWorktree() runs the person's hook only when trusted, and a failing hook is a remark", () =>
  withRepo(async (repo) => {
    await repo.sh(`${START}; git branch one; git branch two
      printf '#!/bin/sh\\necho no such luck >&2; exit 3\\n' > .git/hooks/post-checkout
      chmod +x .git/hooks/post-checkout`);
    assert.equal(await add(repo, "one", "one"), "no such luck");
    assert.equal(await add(repo, "two", "two", !repo), null);
    assert.equal((await repositoryOf(`${repo.base}/one`)).root, `${repo.base}/one`);
  }));

Deno.test("addWorktree() waits for another git's lock of the config", () =>
  withRepo(async (repo) => {
    await repo.sh(
      `${START}; touch .git/config.lock; (sleep 0.2; rm .git/config.lock) >/dev/null 2>&1 &`,
    );
    const repository = await repo.repository();
    const output = await repo.git.call(repository, { args: ["config", "a.b", "c"] });
    assert.equal(output.code, 0, output.stderr);
  }));
