import assert from "node:assert/strict";
import { writeFileAtomic } from "../../control/files.ts";
import { initRepo } from "../../control/init.ts";
import { withHub } from "../../../tests/support/temp_hub.ts";
import { threadHome } from "./home.ts";

const MANIFEST = `version: 3
repos:
  - id: one
    path: one
  - id: one--x
    path: worktrees/one--x
    kind: worktree
    worktree_of: one
    branch: x
`;

Deno.test("threadHome() keeps threads with the hub a repo is listed in, else with the repo", () =>
  withHub(async ({ ground, sh, environment }) => {
    const { root } = ground;
    for (const path of ["one", "worktrees/one--x", "stranger"]) {
      await sh(`mkdir -p ${path} && git init -q ${path}`);
      await initRepo(`${root}/${path}`);
    }
    await writeFileAtomic(`${root}/.codex-autorunner/manifest.yml`, MANIFEST);
    const homeOf = async (path: string) => {
      const { home, mode, scope } = await threadHome(
        { type: "repo", root: `${root}/${path}` },
        environment,
      );
      return { home, mode, kind: scope.kind, repo: scope.repo };
    };
    const hub = { home: root, mode: "hub" };
    assert.deepEqual(await homeOf("one"), { ...hub, kind: "repo", repo: "one" });
    const worktree = { ...hub, kind: "worktree", repo: "one--x" };
    assert.deepEqual(await homeOf("worktrees/one--x"), worktree);
    const alone = { home: `${root}/stranger`, mode: "repo", kind: "repo", repo: null };
    assert.deepEqual(await homeOf("stranger"), alone);
    const own = await threadHome({ type: "hub", root }, environment);
    assert.deepEqual(own.scope, { kind: "hub", repo: null, root });
    assert.equal(own.destinationOf(`${root}/one`), undefined);
  }));
