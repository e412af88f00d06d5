import assert from "node:assert/strict";
import { withRepo } from "../../../tests/support/temp_repo.ts";
import { parseStatus, statusOf } from "./status.ts";

Deno.test("statusOf() counts and names what changed, CAR's own folder aside", () =>
  withRepo(async (repo) => {
    await repo.sh(`for f in a b c 'd d' e; do echo $f > "$f"; done; git add .; git commit -qm x
      mkdir .codex-autorunner; echo t > .codex-autorunner/token
      echo x >> a; git add a; echo x >> b; rm c; git mv 'd d' 'd
d'; echo x >> e; git add e; echo x >> e
      mkdir new; touch new/1 new/2; git init -q nested; git -C nested commit -q --allow-empty -m n`);
    const repository = await repo.repository();
    const status = await statusOf(repo.git, repository, { everyFile: true });
    assert.deepEqual(status.counts, {
      staged: 3,
      changed: 3,
      unmerged: 0,
      untracked: 2,
      nested: 1,
    });
    assert.deepEqual(
      status.changes.map((it) => `${it.kind} ${it.path}`),
      [
        "staged a",
        "changed b",
        "changed c",
        "staged d\nd",
        "staged d d",
        "changed e",
        "nested nested",
        "untracked new/1",
        "untracked new/2",
      ].toSorted((x, y) => order(x) - order(y)),
    );
    assert.ok(!status.clean);
    const short = await statusOf(repo.git, repository, { changesMax: 1 });
    assert.equal(short.changes.length, 1);
    assert.equal(short.counts.untracked, 2);

    function order(line: string): number {
      return status.changes.findIndex((it) => `${it.kind} ${it.path}` === line);
    }
  }));

Deno.test("statusOf() of a clean repo with a state folder is clean", () =>
  withRepo(async (repo) => {
    await repo.sh("mkdir .codex-autorunner; echo t > .codex-autorunner/token");
    assert.ok((await statusOf(repo.git, await repo.repository())).clean);
  }));

Deno.test("statusOf() tells what is ahead of and behind the upstream", () =>
  withRepo(async (repo) => {
    await repo.sh(`git commit -q --allow-empty -m 1; git branch up; git commit -q --allow-empty -m 2
      git branch -q -u up; git checkout -q up; git commit -q --allow-empty -m 3
      git commit -q --allow-empty -m 4; git checkout -q main`);
    const status = await statusOf(repo.git, await repo.repository());
    assert.deepEqual([status.upstream, status.ahead, status.behind], ["up", 1, 2]);
  }));

Deno.test("statusOf() tells merge conflicts", () =>
  withRepo(async (repo) => {
    await repo.sh(`echo x > a; git add a; git commit -qm x; git checkout -q -b o; echo o > a
      git commit -qam o; git checkout -q main; echo m > a; git commit -qam m; git merge o || true`);
    const status = await statusOf(repo.git, await repo.repository());
    assert.deepEqual(status.changes, [{ path: "a", kind: "unmerged" }]);
  }));

Deno.test("parseStatus() leaves out a record that was cut off", () => {
  const status = parseStatus("? a\0? b\0? c", {});
  assert.equal(status.counts.untracked, 2);
});
