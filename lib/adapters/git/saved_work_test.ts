import assert from "node:assert/strict";
import { type TestRepo, withRepo } from "../../../tests/support/temp_repo.ts";
import { nameIt, savedRefs, saveWork } from "./saved_work.ts";

const START = "echo '*.log' > .gitignore; echo x > a; echo y > b; git add -A; git commit -qm start";

const save = async (repo: TestRepo) =>
  await saveWork(repo.git, await repo.repository(), {
    name: "base--w/20260102T030405Z",
    message: "Work of base--w",
    scratch: `${repo.base}/scratch`,
  });

Deno.test("saveWork() keeps changed, staged, deleted and untracked files, and a stash apply restores them", () =>
  withRepo(async (repo) => {
    await repo.sh(`${START}; echo staged > s; git add s; echo more >> s; echo changed > a; rm b
      mkdir -p 'new dir'; echo new > 'new dir/größe'; echo ignored > i.log
      mkdir -p .codex-autorunner; echo own > .codex-autorunner/x
      printf '#!/bin/sh\\ntouch ran\\n' > .git/hooks/reference-transaction
      cp .git/hooks/reference-transaction .git/hooks/post-index-change; chmod +x .git/hooks/*`);
    const before = await repo.sh(
      "sha256sum .git/index; GIT_OPTIONAL_LOCKS=0 git status --porcelain",
    );
    const { saved, unsaved } = await save(repo);
    assert.deepEqual(unsaved, []);
    assert.equal(saved?.ref, "refs/car/saved/base--w/20260102T030405Z");
    assert.equal(saved?.files, 4);
    assert.equal(
      await repo.sh(
        "sha256sum .git/index; rm -rf .git/hooks/*; GIT_OPTIONAL_LOCKS=0 git status --porcelain",
      ),
      before,
    );
    const kept = await repo.sh(`git ls-tree -r --name-only -z ${saved?.ref}`);
    assert.equal(kept, [".gitignore", "a", "new dir/größe", "s", ""].join("\0"));
    await repo.sh(`git reset -q --hard; git clean -qfd; git stash apply -q --index ${saved?.ref}`);
    assert.equal(
      await repo.sh("cat a s 'new dir/größe'; test ! -e b; git diff --cached --name-only"),
      "changed\nstaged\nmore\nnew\nnew dir/größe\ns\n".replace("new dir/größe\ns", "s"),
    );
  }));

Deno.test("saveWork() finds nothing to keep in a clean tree on a branch", () =>
  withRepo(async (repo) => {
    await repo.sh(START);
    assert.deepEqual(await save(repo), { saved: null, unsaved: [] });
    assert.deepEqual(await savedRefs(repo.git, await repo.repository(), ""), []);
  }));

Deno.test("saveWork() keeps a commit that no branch leads to", () =>
  withRepo(async (repo) => {
    await repo.sh(`${START}; git checkout -q --detach; git commit -q --allow-empty -m loose`);
    const { saved } = await save(repo);
    assert.equal(saved?.commit, (await repo.sh("git rev-parse HEAD")).trim());
    assert.equal(saved?.files, 0);
  }));

Deno.test("saveWork() works before the first commit and in the middle of a conflict", () =>
  withRepo(async (repo) => {
    await repo.write("a", "text");
    const first = await save(repo);
    assert.equal(await repo.sh(`git show ${first.saved?.ref}:a`), "text");
    await repo.sh(`echo one > a; git add a; git commit -qm one; git checkout -q -b x; echo two > a
      git commit -qam two; git checkout -q main; echo three > a; git commit -qam three
      git merge -q x >/dev/null 2>&1 || true; echo stays > c`);
    const second = await save(repo);
    assert.match(
      await repo.sh(`git show ${second.saved?.ref}:a`),
      /<<<<<<<[^]*three[^]*two[^]*>>>>>>>/,
    );
    assert.equal(second.saved?.ref, `${first.saved?.ref}-2`);
    assert.match(await repo.sh("git status --porcelain a"), /^AA|^UU/);
  }));

Deno.test("saveWork() tells of repositories inside, which it cannot keep", () =>
  withRepo(async (repo) => {
    await repo.sh(
      `${START}; echo z > z; git init -q inner; git -C inner commit -q --allow-empty -m i; git init -q void`,
    );
    const { saved, unsaved } = await save(repo);
    assert.deepEqual(unsaved, ["inner", "void"]);
    assert.equal(saved?.files, 1);
    assert.equal(await repo.sh(`git ls-tree --name-only ${saved?.ref}`), ".gitignore\na\nb\nz\n");
  }));

Deno.test("saveWork() does not say it kept what it could not read", () =>
  withRepo(async (repo) => {
    await repo.sh(`${START}; printf x > z; echo 'z working-tree-encoding=UTF-16' > .gitattributes`);
    await assert.rejects(() => save(repo), /failed/);
    assert.deepEqual(await savedRefs(repo.git, await repo.repository(), ""), []);
  }));

Deno.test("nameIt() takes a number when the name is taken; savedRefs() lists them", () =>
  withRepo(async (repo) => {
    await repo.sh(START);
    const repository = await repo.repository();
    const head = (await repo.sh("git rev-parse HEAD")).trim();
    assert.equal(await nameIt(repo.git, repository, "w/t", head), "refs/car/saved/w/t");
    assert.equal(await nameIt(repo.git, repository, "w/t", head), "refs/car/saved/w/t-2");
    assert.deepEqual(
      (await savedRefs(repo.git, repository, "w")).map((it) => it.subject),
      ["start", "start"],
    );
    assert.deepEqual(await savedRefs(repo.git, repository, "other"), []);
  }));
