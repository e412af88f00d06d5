import assert from "node:assert/strict";
import { type TestRepo, withRepo } from "../../../tests/support/temp_repo.ts";
import { commitAll, type CommitOptions, type CommitResult } from "./commit.ts";

async function commit(repo: TestRepo, more: Partial<CommitOptions> = {}): Promise<CommitResult> {
  return await commitAll(repo.git, await repo.repository(), {
    message: "Do the thing\n\n# why",
    trailers: { "CAR-Ticket": "tkt_1\nX: y" },
    turnId: "turn_1",
    beganAt: null,
    onlyIfChanged: true,
    trusted: true,
    ...more,
  });
}

const START = "echo x > a; git add a; git commit -qm start";
const message = (repo: TestRepo) => repo.sh("git log -1 --format=%B");
const files = (repo: TestRepo) => repo.sh("git show --name-only --format= HEAD");

Deno.test("commitAll() commits everything once, with trailers", () =>
  withRepo(async (repo) => {
    await repo.sh(`${START}; echo y > a; echo new > new; rm -f none`);
    const result = await commit(repo);
    assert.ok(result.kind === "committed");
    assert.equal(result.sha, (await repo.sh("git rev-parse HEAD")).trim());
    assert.equal(result.detached, 1 > 2);
    assert.equal(
      (await message(repo)).trim(),
      "Do the thing\n\n# why\n\nCAR-Ticket: tkt_1 X: y\nCAR-Turn: turn_1",
    );
    assert.equal(await files(repo), "a\nnew\n");
    await repo.write("a", "later");
    assert.deepEqual(await commit(repo), { kind: "already", sha: result.sha });
    assert.equal((await commit(repo, { turnId: "turn_11" })).kind, "committed");
  }));

Deno.test("commitAll() finds its commit below later ones", () =>
  withRepo(async (repo) => {
    await repo.sh(`${START}; echo y > a`);
    await commit(repo);
    await repo.sh("git commit -q --allow-empty -m later; echo z > a");
    assert.equal((await commit(repo)).kind, "already");
  }));

Deno.test("commitAll() searches for its commit only when HEAD is not where the turn began", () =>
  withRepo(async (repo) => {
    await repo.sh("git commit -q --allow-empty -m start");
    const head = async () => (await repo.sh("git rev-parse HEAD")).trim();
    const start = await head();
    await repo.write("a", "1");
    const made = await commit(repo, { beganAt: start });
    assert.deepEqual([made.kind, made.kind === "committed" && made.sha], [
      "committed",
      await head(),
    ]);
    assert.equal((await commit(repo, { beganAt: start })).kind, "already");
    await repo.write("a", "2");
    assert.equal((await commit(repo, { beganAt: start })).kind, "already");
    assert.equal((await commit(repo, { beganAt: await head() })).kind, "committed");
  }));

Deno.test("commitAll() names the commit it made wherever HEAD is written", async (t) => {
  const places = {
    branch: ":",
    "branch with packed refs": "git pack-refs --all",
    "branch with a slash": "git checkout -q -b a/b",
    detached: "git checkout -q --detach",
  };
  for (const [name, script] of Object.entries(places)) {
    await t.step(name, () =>
      withRepo(async (repo) => {
        await repo.sh(`git commit -q --allow-empty -m start; ${script}`);
        await repo.write("a", "1");
        const made = await commit(repo);
        assert.ok(made.kind === "committed");
        assert.equal(made.sha, (await repo.sh("git rev-parse HEAD")).trim());
        assert.equal(made.detached, name === "detached");
      }));
  }
});

Deno.test("commitAll() without changes", () =>
  withRepo(async (repo) => {
    await repo.sh(START);
    assert.deepEqual(await commit(repo), { kind: "nothing" });
    assert.equal((await commit(repo, { onlyIfChanged: 1 > 2 })).kind, "committed");
  }));

Deno.test("commitAll() in an unusual state", async (t) => {
  const conflict = `${START}; git checkout -q -b o; echo o > a; git commit -qam o;
    git checkout -q main; echo m > a; git commit -qam m`;
  const table: readonly [string, string, string][] = [
    ["unborn", "echo x > a", "committed"],
    ["unborn and empty", "true", "nothing"],
    ["detached", `${START}; git checkout -q --detach; echo y > a`, "committed detached"],
    ["merge", `${conflict}; git merge o || true`, "busy merge"],
    ["rebase", `${conflict}; git rebase o || true`, "busy rebase"],
    [
      "only a nested repository",
      `${START}; git init -q n; git -C n commit -q --allow-empty -m n`,
      "nothing",
    ],
    ["unborn nested repository", `${START}; git init -q n; echo y > a`, "committed without n"],
    [
      "hook says no",
      `${START}; printf '#!/bin/sh\\necho no luck; exit 1\\n' > .git/hooks/pre-commit
      chmod +x .git/hooks/pre-commit; echo y > a`,
      "refused no luck",
    ],
    [
      "signing fails",
      `${START}; git config commit.gpgSign true; git config gpg.program false; echo y > a`,
      "refused error: gpg failed to sign the data",
    ],
  ];
  for (const [name, script, expected] of table) {
    await t.step(name, () =>
      withRepo(async (repo) => {
        await repo.sh(script);
        assert.equal(inWords(await commit(repo)), expected);
      }));
  }
});

function inWords(result: CommitResult): string {
  if (result.kind === "busy") return `busy ${result.operation}`;
  if (result.kind === "refused") return `refused ${result.message.split("\n")[0]}`;
  if (result.kind !== "committed") return result.kind;
  const nested = result.nested.map((path) => ` without ${path}`).join("");
  return `committed${result.detached ? " detached" : ""}${nested}`;
}

Deno.test("commitAll() without trust runs no hook and does not sign", () =>
  withRepo(async (repo) => {
    await repo.sh(`${START}; printf '#!/bin/sh\\nexit 1\\n' > .git/hooks/pre-commit
      chmod +x .git/hooks/pre-commit; git config commit.gpgSign true; git config gpg.program false
      echo y > a`);
    assert.equal((await commit(repo, { trusted: 1 > 2 })).kind, "committed");
  }));

Deno.test("commitAll() commits as the person, or as CAR when git does not know them", () =>
  withRepo(async (repo) => {
    const author = () => repo.sh("git log -1 --format='%an <%ae> %cn'");
    await repo.write("a", "1");
    await commit(repo);
    assert.equal(await author(), "CAR <car@localhost> CAR\n");
    await repo.sh("git config user.name Ann; git config user.email ann@example.org; echo 2 > a");
    await commit(repo, { turnId: "turn_2" });
    assert.equal(await author(), "Ann <ann@example.org> Ann\n");
  }));

Deno.test("commitAll() never adds CAR's own files, and keeps those that are tracked", () =>
  withRepo(async (repo) => {
    await repo.sh(`mkdir .codex-autorunner; echo 1 > .codex-autorunner/ticket
      git add -f .; git commit -qm start
      echo 2 > .codex-autorunner/ticket; echo secret > .codex-autorunner/token`);
    assert.equal((await commit(repo)).kind, "committed");
    assert.equal(await files(repo), ".codex-autorunner/ticket\n");
    assert.deepEqual(await commit(repo, { turnId: "turn_2" }), { kind: "nothing" });
  }));
