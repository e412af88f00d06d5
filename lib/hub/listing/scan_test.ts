import assert from "node:assert/strict";
import { withHub } from "../../../tests/support/temp_hub.ts";
import { writeFileAtomic } from "../../control/files.ts";
import { GITIGNORE } from "../../control/init.ts";
import { manifestPlace, readManifest } from "../../control/manifest_file.ts";
import type { HubGround } from "./candidates.ts";
import { scanHub, troublesOf } from "./scan.ts";

const text = (ground: HubGround): Promise<string> =>
  Deno.readTextFile(manifestPlace(ground.root, ground.config).file);

Deno.test("scanHub() lists and initialises what it finds, and nothing twice", () =>
  withHub(async ({ ground, sh }) => {
    await sh(`
      for it in b "A b" .hidden; do git init -q "$it"; done
      mkdir -p plain deep; git init -q deep/er
      git init -q .codex-autorunner/own
    `);
    const first = await scanHub(ground);
    assert.deepEqual(first.added, ["A-b", "b"]);
    assert.deepEqual(first.initialized, ["A-b", "b"]);
    assert.deepEqual(first.skipped, []);
    assert.deepEqual(first.repos.map(({ initialized, trouble }) => [initialized, trouble]), [
      [true, null],
      [true, null],
    ]);
    assert.equal(
      await Deno.readTextFile(`${ground.root}/b/.codex-autorunner/.gitignore`),
      GITIGNORE,
    );
    const written = await text(ground);
    assert.match(written, /repos:\n {2}- id: A-b\n {4}path: A b\n {4}enabled: true\n/);
    const second = await scanHub(ground);
    assert.deepEqual([second.added, second.initialized], [[], []]);
    assert.equal(await text(ground), written);
  }));

Deno.test("scanHub() keeps missing repos, and lists a renamed folder beside them", () =>
  withHub(async ({ ground, sh }) => {
    await sh("git init -q a; git init -q b");
    await scanHub(ground);
    await sh("mv a c; rm -rf b/.git");
    const { added, repos } = await scanHub(ground);
    assert.deepEqual(added, ["c"]);
    assert.deepEqual(repos.map(({ repo, exists, trouble }) => [repo.id, exists, trouble]), [
      ["a", false, null],
      ["b", true, `There is no .git in ${ground.root}/b: it is no git repo.`],
      ["c", true, null],
    ]);
  }));

Deno.test("scanHub() gives each repo an id of its own", () =>
  withHub(async ({ ground, sh }) => {
    await sh("git init -q 'x y'; git init -q 'x  y'; git init -q X-Y; git init -q 日本");
    const { repos } = await scanHub(ground);
    const ids = repos.map(({ repo }) => [repo.id, repo.displayName]);
    assert.deepEqual(ids, [["X-Y", "X-Y"], ["x-y-2", "x  y"], ["x-y-3", "x y"], ["repo", "日本"]]);
  }));

Deno.test("scanHub() tells from git what is a worktree, of which repo, on which branch", () =>
  withHub(async ({ ground, sh }) => {
    await sh(`
      git init -q -b main base; git -C base commit -q --allow-empty -m x
      git -C base worktree add -q ../worktrees/base--feat-x -b feat/x
      git -C base worktree add -q --detach ../worktrees/any-name
      git init -q -b main away; git -C away commit -q --allow-empty -m x
      git -C away worktree add -q ../worktrees/away--y -b y
      git init -q worktrees/clone--z
      mkdir worktrees/base--gone; echo "gitdir: /nowhere" > worktrees/base--gone/.git
      git -C base worktree add -q ../beside -b beside
      mv away ../away; git -C ../away worktree repair "$PWD/worktrees/away--y"
    `);
    const { manifest } = await scanHub(ground);
    const told = manifest.repos.map((it) => [it.id, it.path, it.kind, it.worktreeOf, it.branch]);
    assert.deepEqual(told, [
      ["base", "base", "base", null, null],
      ["clone--z", "worktrees/clone--z", "base", null, null],
      ["beside", "beside", "worktree", "base", "beside"],
      ["any-name", "worktrees/any-name", "worktree", "base", null],
      ["away--y", "worktrees/away--y", "worktree", null, "y"],
      ["base--feat-x", "worktrees/base--feat-x", "worktree", "base", "feat/x"],
      ["base--gone", "worktrees/base--gone", "worktree", "base", null],
    ]);
  }));

Deno.test("scanHub() follows no links, and tells of entries that lead to one folder", () =>
  withHub(async ({ ground, sh }) => {
    await sh("git init -q a; git init -q ../out; ln -s a same; ln -s ../out out; ln -s no loose");
    const { added, skipped } = await scanHub(ground);
    assert.deepEqual(added, ["a"]);
    assert.deepEqual(skipped.map(({ path }) => path), [
      `${ground.root}/out`,
      `${ground.root}/same`,
    ]);
    assert.match(skipped[0]?.reason ?? "", /car hub add/);
    const { file } = manifestPlace(ground.root, ground.config);
    await writeFileAtomic(file, "repos:\n- path: a\n- path: same\n- id: hub\n  path: .\n");
    const scan = await scanHub(ground);
    assert.deepEqual([...troublesOf(scan.repos)], [
      [
        "same",
        'same leads to the folder of "a" (lines 2 and 3 of the manifest); a folder has one entry.',
      ],
      ["hub", "It is the folder of the hub itself; a hub's repos lie inside of it or elsewhere."],
    ]);
  }));

Deno.test("scanHub() tells why a repo could not be initialised and goes on with the others", () =>
  withHub(async ({ ground, sh }) => {
    await sh(`
      git init -q a; echo x > a/.codex-autorunner
      git init -q b; mkdir b/.codex-autorunner; echo "mode: hub" > b/.codex-autorunner/config.yml
      git init -q c
    `);
    const { repos, initialized } = await scanHub(ground);
    assert.deepEqual(initialized, ["c"]);
    assert.match(repos[0]?.trouble ?? "", /a\/\.codex-autorunner/);
    // A hub inside of a hub is initialised, as what it is; opening it as a repo tells.
    assert.ok(repos[1]?.initialized);
    await sh("rm a/.codex-autorunner");
    const again = await scanHub(ground);
    assert.deepEqual([again.initialized, troublesOf(again.repos).size], [["a"], 0]);
  }));

Deno.test("scanHub() lists a repo that cannot be looked at with the reason", () =>
  withHub(async ({ ground, sh }) => {
    await sh("ln -s loop loop; mkdir in; ln -s .git in/.git; echo x > file");
    const { file } = manifestPlace(ground.root, ground.config);
    await writeFileAtomic(file, "repos:\n- path: loop\n- path: in\n- path: file\n- path: no\n");
    const { repos, initialized } = await scanHub(ground);
    assert.deepEqual(initialized, []);
    const told = repos.map(({ exists, trouble }) => [exists, /in a circle/.test(trouble ?? "")]);
    assert.deepEqual(told, [[true, true], [true, true], [false, false], [false, false]]);
  }));

Deno.test("scanHub() initialises nothing where it was told so, nor what is disabled", async () => {
  await withHub(async ({ ground, sh }) => {
    await sh("git init -q code/a; git init -q b");
    const { added, repos } = await scanHub(ground);
    assert.deepEqual([added, repos.map((it) => it.initialized)], [["a"], [false]]);
  }, "hub: {repos_root: code, auto_init_missing: false}\n");
  await withHub(async ({ ground, sh }) => {
    await sh("git init -q a");
    await writeFileAtomic(
      manifestPlace(ground.root, ground.config).file,
      "repos: [{path: a, enabled: false}]\n",
    );
    assert.deepEqual((await scanHub(ground)).initialized, []);
  });
});

Deno.test("scanHub() says when the folder of the repos is not there", () =>
  withHub(async ({ ground }) => {
    const { skipped, repos } = await scanHub(ground);
    assert.deepEqual(repos, []);
    const reason = "It is not there, though hub.repos_root names it.";
    assert.deepEqual(skipped, [{ path: `${ground.root}/code`, reason }]);
  }, "hub: {repos_root: ./code/}\n"));

Deno.test("scanHub() changes nothing while the manifest has a problem", () =>
  withHub(async ({ ground, sh }) => {
    await sh("git init -q a");
    const place = manifestPlace(ground.root, ground.config);
    await writeFileAtomic(place.file, "repos:\n- path: ../x # mine\n");
    await assert.rejects(scanHub(ground), /manifest.yml:2: repos\[0\].path/);
    assert.equal(await text(ground), "repos:\n- path: ../x # mine\n");
    await assert.rejects(Deno.stat(`${ground.root}/a/.codex-autorunner`));
  }));

Deno.test("scanHub() of several callers at once adds each repo once", () =>
  withHub(async ({ ground, sh }) => {
    await sh("for n in $(seq 10); do git init -q r$n; done");
    await Promise.all([scanHub(ground), scanHub(ground), scanHub(ground)]);
    const { repos } = await readManifest(manifestPlace(ground.root, ground.config));
    assert.equal(repos.length, 10);
  }));
