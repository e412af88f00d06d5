/** P17: git in any state has a defined answer, and CAR loses no commit and no uncommitted line. */

import assert from "node:assert/strict";
import { type Arena, openArena } from "../support/arena.ts";

interface GitState {
  readonly name: string;
  /** Shell, in the repo. */
  readonly make: string;
  readonly code: number;
  readonly says: RegExp;
  readonly args?: readonly string[];
}

const CONFLICT =
  "git switch -qc other; echo other > README.md; git commit -qam other; git switch -q main; " +
  "echo main > README.md; git commit -qam main";

const STATES: readonly GitState[] = [
  { name: "clean", make: ":", code: 0, says: /completed: 1 ticket done/ },
  { name: "detached HEAD", make: "git switch -q --detach", code: 0, says: /completed/ },
  {
    name: "a branch without a commit",
    make: "git switch -q --orphan empty",
    code: 0,
    says: /completed/,
  },
  {
    name: "a changed file",
    make: "echo x >> README.md",
    code: 1,
    says: /1 change of yours.*README\.md/,
  },
  { name: "a new file", make: "echo x > new.txt", code: 1, says: /new\.txt/ },
  { name: "a staged file", make: "echo x > new.txt; git add new.txt", code: 1, says: /new\.txt/ },
  { name: "a deleted file", make: "rm README.md", code: 1, says: /README\.md/ },
  {
    name: "a changed file, allowed",
    make: "echo x >> README.md",
    code: 0,
    says: /completed/,
    args: ["--allow-dirty"],
  },
  {
    name: "a merge with conflicts",
    make: `${CONFLICT}; git merge -q other || true`,
    code: 1,
    says: /merge|README\.md/,
  },
  {
    name: "a rebase under way",
    make: `${CONFLICT}; git rebase -q other || true`,
    code: 1,
    says: /rebase|README\.md/,
  },
  {
    name: "an old index.lock",
    make: "touch -d '1 hour ago' .git/index.lock",
    code: 3,
    says: /index\.lock exists/,
  },
  {
    name: "nobody's name",
    make: "git config --unset user.name; git config --unset user.email",
    code: 0,
    says: /completed/,
  },
  {
    name: "a bare repo's setting",
    make: "git config core.bare true",
    code: 1,
    says: /bare|work tree/,
  },
  { name: "no repo at all", make: "rm -rf .git", code: 1, says: /git/ },
  { name: "a broken HEAD", make: "echo nonsense > .git/HEAD", code: 1, says: /git/ },
  { name: "a broken config", make: "echo '[core' >> .git/config", code: 1, says: /git|config/ },
  {
    name: "another repo inside",
    make:
      "git init -q inside; cd inside; echo x > x; git add x; git -c user.name=T -c user.email=t@example.invalid commit -qm x",
    code: 1,
    says: /1 change of yours.*inside/,
  },
  {
    name: "a hook that says no",
    make:
      "printf '#!/bin/sh\\necho not today; exit 1\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit",
    code: 3,
    says: /commit failed: not today/,
  },
  {
    name: "a linked worktree beside it",
    make: "git worktree add -q ../linked -b linked",
    code: 0,
    says: /completed/,
  },
  { name: "a branch of that ref's name", make: "git tag main", code: 0, says: /completed/ },
];

async function sh(arena: Arena, script: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-euc", script],
    cwd: arena.repo.cwd,
    env: { HOME: arena.repo.home },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(success, text + new TextDecoder().decode(stderr));
  return text;
}

/** Every commit there was, and every file outside .git with what is in it. */
async function treasures(arena: Arena): Promise<{ commits: string[]; files: Map<string, string> }> {
  const commits = await sh(arena, "git rev-list --all 2>/dev/null || true");
  const sums = await sh(
    arena,
    "find . -path ./.git -prune -o -path ./.codex-autorunner -prune -o -type f -exec sha256sum {} +",
  );
  const files = sums.split("\n").filter((line) => line !== "").map((line) => line.split("  "));
  return {
    commits: commits.split("\n").filter((line) => line !== ""),
    files: new Map(files.map(([sum = "", path = ""]) => [path, sum])),
  };
}

for (const { name, make, code, says, args } of STATES) {
  Deno.test(`P17: car run with ${name}: a defined answer, and nothing lost`, async () => {
    await using arena = await openArena({ tickets: 1, quiet: true });
    await sh(arena, make);
    const before = await treasures(arena);
    const ran = await arena.run(["run", ...(args ?? [])]);
    const told = ran.stdout + ran.stderr;
    assert.equal(ran.code, code, told);
    assert.match(told, says);
    assert.doesNotMatch(told, /\n\s+at .*\.[jt]s:\d+/, "no stack trace");
    const after = await treasures(arena);
    for (const [path, sum] of before.files) assert.equal(after.files.get(path), sum, path);
    if (before.commits.length > 0) await sh(arena, `git cat-file -e ${before.commits[0]}`);
  });
}
