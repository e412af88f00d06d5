import assert from "node:assert/strict";
import { type TestRepo, withRepo } from "../../../tests/support/temp_repo.ts";
import {
  aheadBehind,
  branchCommit,
  commitOf,
  createBranch,
  deleteBranch,
  diffStat,
  fetchRemote,
  isBranchName,
  isNamed,
  looseCommits,
  remoteFor,
  upstreamOf,
} from "./branches.ts";

const commit = (words: string) => `git commit -q --allow-empty -m '${words}'`;
const id = async (repo: TestRepo, revision: string) =>
  (await repo.sh(`git rev-parse '${revision}'`)).trim();

const NAMES = {
  "feature/größe": true,
  "日本": true,
  "a.b-c_d": true,
  "-x": false,
  "": false,
  "@{-1}": false,
  "a..b": false,
  "a b": false,
  "x.lock": false,
  "a\nb": false,
  "HEAD": false,
} as const;

Deno.test("isBranchName() says what git says", () =>
  withRepo(async (repo) => {
    await repo.sh(`${commit("one")}; git checkout -q -b other; git checkout -q main`);
    const repository = await repo.repository();
    for (const [name, expected] of Object.entries(NAMES)) {
      assert.equal(await isBranchName(repo.git, repository, name), expected, name);
    }
  }));

Deno.test("commitOf() answers null for what is no commit", () =>
  withRepo(async (repo) => {
    const repository = await repo.repository();
    assert.equal(await commitOf(repo.git, repository, "HEAD"), null);
    await repo.sh(commit("one"));
    assert.equal(await commitOf(repo.git, repository, "HEAD"), await id(repo, "HEAD"));
    for (const bad of ["", "--all", "none", "a\nb", "HEAD:"]) {
      assert.equal(await commitOf(repo.git, repository, bad), null, bad);
    }
  }));

Deno.test("createBranch() and deleteBranch() leave no configuration behind", () =>
  withRepo(async (repo) => {
    await repo.sh(commit("one"));
    const repository = await repo.repository();
    await createBranch(repo.git, repository, "x/y", "HEAD");
    assert.equal(await branchCommit(repo.git, repository, "x/y"), await id(repo, "HEAD"));
    await assert.rejects(() => createBranch(repo.git, repository, "x/y", "HEAD"), /already exists/);
    await deleteBranch(repo.git, repository, "x/y");
    await deleteBranch(repo.git, repository, "x/y");
    assert.equal(await branchCommit(repo.git, repository, "x/y"), null);
  }));

Deno.test("looseCommits() counts what neither a remote nor the base has", () =>
  withRepo(async (repo) => {
    await repo.sh(`${commit("one")}; git init -q --bare -b main ../far; git remote add origin ../far
      git push -q origin main; git checkout -q -b work; ${commit("two")}; ${commit("three")}`);
    const repository = await repo.repository();
    const loose = () => looseCommits(repo.git, repository, "refs/heads/work", ["refs/heads/main"]);
    assert.equal((await loose()).count, 2);
    assert.match((await loose()).subjects.join("\n"), /^\w+ three\n\w+ two$/);
    await repo.sh("git push -q origin work~1:refs/heads/elsewhere");
    assert.equal((await loose()).count, 1);
    await repo.sh("git checkout -q main; git merge -q work");
    assert.deepEqual(await loose(), { count: 0, subjects: [] });
    assert.ok(await isNamed(repo.git, repository, await id(repo, "work")));
  }));

Deno.test("aheadBehind() and diffStat() compare two branches", () =>
  withRepo(async (repo) => {
    await repo.sh(`echo 1 > a; git add a; ${commit("one")}; git checkout -q -b work
      echo 2 > b; git add b; ${commit("two")}; git checkout -q main; ${commit("three")}; ${
      commit("four")
    }`);
    const repository = await repo.repository();
    assert.deepEqual(await aheadBehind(repo.git, repository, "work", "main"), {
      ahead: 1,
      behind: 2,
    });
    assert.match(
      await diffStat(repo.git, repository, "main", "work"),
      /b \| 1 \+\n 1 file changed/,
    );
  }));

Deno.test("fetchRemote() brings what is new, and tells of a remote that is gone", () =>
  withRepo(async (repo) => {
    await repo.sh(`${commit("one")}; git init -q --bare -b main ../far; git remote add origin ../far
      git push -q -u origin main; git clone -q ../far ../other
      cd ../other; ${commit("two")}; git push -q origin HEAD:main HEAD:refs/heads/new`);
    const repository = await repo.repository();
    assert.equal(await remoteFor(repo.git, repository, "main"), "origin");
    assert.equal(await upstreamOf(repo.git, repository, "main"), "refs/remotes/origin/main");
    const options = { trusted: false };
    assert.equal(await fetchRemote(repo.git, repository, "origin", options), null);
    assert.ok(await commitOf(repo.git, repository, "refs/remotes/origin/new"));
    await repo.sh("rm -r ../far");
    assert.match(await fetchRemote(repo.git, repository, "origin", options) ?? "", /far/);
  }));

Deno.test("fetchRemote() does not wait for a remote for ever", () =>
  withRepo(async (repo) => {
    await repo.sh(`${commit("one")}; git remote add origin 'ext::sleep 1000'
      git config protocol.ext.allow always`);
    const problem = await fetchRemote(repo.git, await repo.repository(), "origin", {
      trusted: true,
      timeoutMs: 100,
    });
    assert.match(problem ?? "", /longer than 0.1 s/);
  }));

Deno.test("remoteFor() takes the branch's own remote, then origin, then the only one", () =>
  withRepo(async (repo) => {
    await repo.sh(commit("one"));
    const repository = await repo.repository();
    assert.equal(await remoteFor(repo.git, repository, "main"), null);
    await repo.sh("git remote add fork x");
    assert.equal(await remoteFor(repo.git, repository, "main"), "fork");
    await repo.sh("git remote add other x");
    assert.equal(await remoteFor(repo.git, repository, "main"), null);
    await repo.sh("git remote add origin x");
    assert.equal(await remoteFor(repo.git, repository, "main"), "origin");
    await repo.sh("git config branch.main.remote fork");
    assert.equal(await remoteFor(repo.git, repository, "main"), "fork");
  }));
