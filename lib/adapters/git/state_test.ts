import assert from "node:assert/strict";
import { withRepo } from "../../../tests/support/temp_repo.ts";
import { type RepoState, repoState } from "./state.ts";

const COMMIT = "echo x > a; git add a; git commit -qm x";
const CONFLICT = `${COMMIT}; git checkout -q -b o; echo o > a; git commit -qam o;
  git checkout -q main; echo m > a; git commit -qam m`;

/** What matters of a state, in one line. */
function inWords(state: RepoState): string {
  if (state.kind !== "repository") return state.kind;
  const branch = state.head.kind === "detached" ? "" : ` ${state.head.branch}`;
  return [
    `${state.head.kind}${branch}`,
    state.operation,
    state.linked ? "linked" : null,
    state.inside === "" ? null : `inside ${state.inside}`,
    state.indexLocked ? "locked" : null,
  ].filter((it) => it !== null).join(", ");
}

const STATES: readonly (readonly [string, string, string, string])[] = [
  ["no such folder", "true", "none", "missing"],
  ["no repository", "rm -rf .git", ".", "none"],
  ["bare", "rm -rf .git; git init -q --bare .", ".", "bare"],
  ["inside a bare one", "git init -q --bare b", "b/objects", "bare"],
  ["unborn", "true", ".", "unborn main"],
  ["branch", COMMIT, ".", "branch main"],
  ["branch with slashes", `${COMMIT}; git checkout -q -b a/b/ü`, ".", "branch a/b/ü"],
  ["packed refs", `${COMMIT}; git pack-refs --all`, ".", "branch main"],
  ["detached", `${COMMIT}; git checkout -q --detach`, ".", "detached"],
  ["subfolder", `${COMMIT}; mkdir -p s/t`, "s/t", "branch main, inside s/t"],
  ["nested repository", `${COMMIT}; git init -q -b in n`, "n", "unborn in"],
  ["linked worktree", `${COMMIT}; git worktree add -q -b w ../w`, "../w", "branch w, linked"],
  ["through a link", `${COMMIT}; ln -s . ../l`, "../l/repo", "branch main"],
  ["merge", `${CONFLICT}; git merge o || true`, ".", "branch main, merge"],
  ["rebase", `${CONFLICT}; git rebase o || true`, ".", "detached, rebase"],
  ["rebase by apply", `${CONFLICT}; git rebase --apply o || true`, ".", "detached, rebase"],
  ["am", `${CONFLICT}; git format-patch -q -1 o; git am *.patch || true`, ".", "branch main, am"],
  ["cherry-pick", `${CONFLICT}; git cherry-pick o || true`, ".", "branch main, cherry-pick"],
  ["revert", `${CONFLICT}; git revert HEAD~1 || true`, ".", "branch main, revert"],
  ["bisect", `${COMMIT}; git bisect start -q 2>/dev/null`, ".", "branch main, bisect"],
  ["locked", `${COMMIT}; touch .git/index.lock`, ".", "branch main, locked"],
  ["broken pointer", "rm -rf .git; echo hello > .git", ".", "broken"],
  ["pointer to nothing", "rm -rf .git; echo gitdir: gone > .git", ".", "broken"],
  ["empty .git", "rm -rf .git; mkdir .git", ".", "broken"],
];

Deno.test("repoState() has an answer for", async (t) => {
  for (const [name, script, folder, expected] of STATES) {
    await t.step(name, () =>
      withRepo(async (repo) => {
        await repo.sh(script);
        assert.equal(inWords(await repoState(repo.git, `${repo.root}/${folder}`)), expected);
      }));
  }
});

Deno.test("repoState() tells the commit of HEAD", () =>
  withRepo(async (repo) => {
    await repo.sh(COMMIT);
    const state = await repoState(repo.git, repo.root);
    const sha = (await repo.sh("git rev-parse HEAD")).trim();
    assert.ok(state.kind === "repository");
    assert.deepEqual(state.head, { kind: "branch", branch: "main", sha });
  }));
