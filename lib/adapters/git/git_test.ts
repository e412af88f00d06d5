import assert from "node:assert/strict";
import { CarError } from "../../base/errors.ts";
import { repositoryOf, type TestRepo, withRepo } from "../../../tests/support/temp_repo.ts";
import { findGit } from "./program.ts";
import { statusOf } from "./status.ts";
import { Trees } from "./trees.ts";

/** Looks at everything a reading CAR looks at. */
async function lookAround(repo: TestRepo): Promise<void> {
  const repository = await repo.repository();
  const trees = new Trees(repo.git, repository, `${repo.base}/scratch`);
  const before = await trees.id();
  await statusOf(repo.git, repository);
  await repo.write("edited.txt", "another text");
  await trees.diff(before, await trees.id());
  await trees.read(before, "edited.txt");
}

/** Each plants a program; it must not run when CAR looks. */
const PLANTED: readonly (readonly [string, string])[] = [
  ["fsmonitor", "git config core.fsmonitor '$CANARY'"],
  [
    "hooks",
    `for h in post-index-change pre-commit post-checkout reference-transaction; do
      printf '#!/bin/sh\\ntouch "$CANARY_FILE"\\n' > .git/hooks/$h; chmod +x .git/hooks/$h; done`,
  ],
  [
    "hooks path",
    `mkdir h; printf '#!/bin/sh\\ntouch "$CANARY_FILE"\\n' > h/post-index-change
      chmod +x h/post-index-change; git config core.hooksPath "$PWD/h"`,
  ],
  ["clean filter", "echo '*.txt filter=x' > .gitattributes; git config filter.x.clean '$CANARY'"],
  [
    "required filter",
    `echo '*.txt filter=x.y=z' > .gitattributes
      git config filter.x.y=z.clean '$CANARY'; git config filter.x.y=z.required true`,
  ],
  [
    "process filter",
    "echo '*.txt filter=x' > .gitattributes; git config filter.x.process '$CANARY'",
  ],
  [
    "filter of an included file",
    `echo '*.txt filter=x' > .gitattributes
      printf '[filter "x"]\\nclean = $CANARY\\n' > .git/more; git config include.path more`,
  ],
  ["textconv", "echo '*.txt diff=x' > .gitattributes; git config diff.x.textconv '$CANARY'"],
  ["diff driver", "echo '*.txt diff=x' > .gitattributes; git config diff.x.command '$CANARY'"],
  ["external diff", "git config diff.external '$CANARY'"],
  ["pager", "git config core.pager '$CANARY'; git config pager.status true"],
  ["alias", "git config alias.status '!$CANARY'; git config alias.add '!$CANARY'"],
  [
    "fsmonitor of a submodule",
    `git init -q s; git -C s commit -q --allow-empty -m s
      git add s; git -C s config core.fsmonitor '$CANARY'; echo x > s/x`,
  ],
];

for (const [name, plant] of PLANTED) {
  Deno.test(`looking at a repo does not run its ${name}`, () =>
    withRepo(async (repo) => {
      const canary = `${repo.base}/canary`;
      const program = `${repo.base}/program`;
      await Deno.writeTextFile(program, `#!/bin/sh\ntouch "${canary}"\ncat 2>/dev/null\n`, {
        mode: 0o755,
      });
      await repo.sh("echo some text > edited.txt; git add -A; git commit -qm x");
      const quoted = `"${program.replaceAll('"', '\\"')}"`;
      await repo.sh(
        plant.replaceAll("$CANARY_FILE", canary).replaceAll("$CANARY", quoted)
          .replaceAll(`touch "${canary}"`, quoted),
      );
      await repo.write("edited.txt", "same length");
      await Deno.remove(canary).catch(() => {});
      await lookAround(repo);
      await assert.rejects(() => Deno.stat(canary), Deno.errors.NotFound);
    }));
}

Deno.test("the planted programs would run for a person: the canary is a good one", () =>
  withRepo(async (repo) => {
    await repo.sh("echo x > a.txt; git add -A; git commit -qm x");
    await repo.sh(`git config core.fsmonitor 'touch "$HOME/canary";:'; git status`);
    await Deno.stat(`${repo.base}/home/canary`);
  }));

Deno.test("call() runs one command at a time per repository", () =>
  withRepo(async (repo) => {
    const repository = await repo.repository();
    await repo.sh("git config alias.slow '!mkdir busy && sleep 0.02 && rmdir busy'");
    const runs = Array.from({ length: 5 }, () => repo.git.call(repository, { args: ["slow"] }));
    for (const output of await Promise.all(runs)) assert.equal(output.code, 0, output.stderr);
  }));

Deno.test("call() waits for another git's lock", () =>
  withRepo(async (repo) => {
    const repository = await repo.repository();
    await repo.sh("touch .git/index.lock a; (sleep 0.2; rm .git/index.lock) >/dev/null 2>&1 &");
    assert.equal((await repo.git.call(repository, { args: ["add", "a"] })).code, 0);
  }));

Deno.test("call() says which lock stays", () =>
  withRepo(async (repo) => {
    const repository = await repo.repository();
    await repo.sh("touch .git/index.lock a");
    await assert.rejects(
      () => repo.git.call(repository, { args: ["add", "a"] }),
      (thrown) =>
        thrown instanceof CarError && thrown.code === "conflict" &&
        thrown.message.includes(`${repo.root}/.git/index.lock`),
    );
    await Deno.stat(`${repo.root}/.git/index.lock`);
  }, { lockMs: 100 }));

Deno.test("call() ends a git that hangs", () =>
  withRepo(async (repo) => {
    const repository = await repo.repository();
    await repo.sh("git config alias.hang '!sleep 1000'");
    await assert.rejects(
      () => repo.git.call(repository, { args: ["hang"], timeoutMs: 100 }),
      (thrown) => thrown instanceof CarError && thrown.code === "timeout",
    );
  }));

Deno.test("must() fails with git's own words", () =>
  withRepo(async (repo) => {
    const repository = await repo.repository();
    await assert.rejects(
      () => repo.git.must(repository, { args: ["rev-parse", "--verify", "nothing"] }),
      /git rev-parse failed in .*Needed a single revision/,
    );
  }));

for (const folder of ["plain", "with:colon"]) {
  Deno.test(`call() does not fall through a broken .git to the repository above (${folder})`, () =>
    withRepo(async (repo) => {
      const root = `${repo.root}/inner`;
      const inner = { root, gitDir: `${root}/.git`, commonDir: `${root}/.git` };
      await repo.sh("mkdir -p inner/.git");
      assert.notEqual((await repo.git.call(inner, { args: ["rev-parse", "--git-dir"] })).code, 0);
    }, { folder }));

  Deno.test(`everything works in a folder named ${folder}`, () =>
    withRepo(async (repo) => {
      await repo.sh(
        "echo some > edited.txt; git add -A; git commit -qm x; git worktree add -q ../w",
      );
      await lookAround(repo);
      const linked = await repositoryOf(`${repo.base}/w`);
      assert.ok((await statusOf(repo.git, linked)).clean);
    }, { folder }));
}

Deno.test("findGit() takes the first program on PATH, absolute folders only", () =>
  withRepo(async (repo) => {
    await Deno.mkdir(`${repo.base}/x/git`, { recursive: true });
    await Deno.mkdir(`${repo.base}/y`);
    await Deno.writeTextFile(`${repo.base}/y/git`, "", { mode: 0o644 });
    const path = `.:${repo.base}/none:/usr/bin`;
    assert.equal(findGit(path), "/usr/bin/git");
    assert.throws(() => findGit(".:"), CarError);
    await assert.doesNotReject(() => repo.git.version());
  }));
