import assert from "node:assert/strict";
import { inspectConfig } from "./config.ts";
import {
  contextspacePaths,
  findHubAbove,
  findRoot,
  globalStateRoot,
  hubPaths,
  repoPaths,
} from "./roots.ts";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function config(root: string, text: string): Promise<void> {
  await Deno.mkdir(repoPaths(root).state, { recursive: true });
  await Deno.writeTextFile(repoPaths(root).config, text);
}

Deno.test("repoPaths() keeps everything below the state folder", () => {
  for (const root of ["/a/repo", "/a/repo/", "/"]) {
    const paths = repoPaths(root);
    const state = root === "/" ? "/.codex-autorunner" : "/a/repo/.codex-autorunner";
    for (const [key, value] of Object.entries(paths)) {
      if (typeof value !== "string" || key === "root") continue;
      assert.ok(value === state || value.startsWith(`${state}/`), `${key}: ${value}`);
    }
    assert.equal(paths.run("run-0007").reply, `${state}/runs/run-0007/USER_REPLY.md`);
  }
  assert.equal(hubPaths("/hub/").sharedConfig, "/hub/codex-autorunner.yml");
});

Deno.test("globalStateRoot() takes the variable, then the home", () => {
  assert.equal(globalStateRoot({ CAR_GLOBAL_STATE_ROOT: "/x/", HOME: "/h" }), "/x");
  assert.equal(globalStateRoot({ CAR_GLOBAL_STATE_ROOT: "", HOME: "/h" }), "/h/.codex-autorunner");
  assert.equal(globalStateRoot({}), undefined);
});

Deno.test("contextspacePaths() accepts the older workspace folder", () =>
  inFolder(async (folder) => {
    const paths = repoPaths(folder);
    assert.equal((await contextspacePaths(paths)).folder, `${paths.state}/contextspace`);
    await Deno.mkdir(`${paths.state}/workspace`, { recursive: true });
    assert.equal((await contextspacePaths(paths)).spec, `${paths.state}/workspace/spec.md`);
    await Deno.mkdir(`${paths.state}/contextspace`);
    assert.equal((await contextspacePaths(paths)).folder, `${paths.state}/contextspace`);
  }));

Deno.test("findRoot() tells repo, hub, git repo and nothing apart", () =>
  inFolder(async (folder) => {
    const deep = `${folder}/hub/repo/src/deep`;
    await Deno.mkdir(deep, { recursive: true });
    assert.deepEqual(await findRoot(deep), { type: "none" });

    const repo = `${folder}/hub/repo`;
    await Deno.writeTextFile(`${repo}/.git`, "gitdir: elsewhere\n");
    assert.deepEqual(await findRoot(deep), { type: "git", root: repo });

    const hub = `${folder}/hub`;
    await config(hub, 'version: 2\nmode: "hub" # many\r\n');
    assert.deepEqual(await findRoot(deep), { type: "hub", root: hub, gitRoot: repo });
    assert.deepEqual(await findRoot(hub), { type: "hub", root: hub, gitRoot: null });

    await config(repo, "version: 2\nnotes:\n  mode: hub\n");
    assert.deepEqual(await findRoot(deep), { type: "repo", root: repo });
    await Deno.symlink(deep, `${folder}/shortcut`);
    assert.deepEqual(await findRoot(`${folder}/shortcut`), { type: "repo", root: repo });
  }));

Deno.test("findRoot() and findHubAbove() take a config without a mode for a hub's where a list of repos lies", () =>
  inFolder(async (folder) => {
    const repo = `${folder}/repo`;
    await config(folder, "server: {port: 4200}\n");
    await config(repo, "version: 2\n");
    assert.equal((await findRoot(folder)).type, "repo");
    await Deno.writeTextFile(hubPaths(folder).manifest, "version: 3\nrepos: []\n");
    assert.deepEqual(await findRoot(folder), { type: "hub", root: folder, gitRoot: null });
    assert.equal(await findHubAbove(repo), folder);
    const { config: read, problems } = await inspectConfig({ root: folder, env: {} });
    assert.deepEqual([read.mode, problems], ["hub", []]);
    await config(folder, "mode: repo\n");
    assert.equal((await findRoot(folder)).type, "repo");
    assert.equal(await findHubAbove(repo), null);
  }));

Deno.test("findHubAbove() finds the nearest hub, past repos, and none of somebody else's", () =>
  inFolder(async (folder) => {
    const repo = `${folder}/hub/repo`;
    await Deno.mkdir(`${repo}/deep`, { recursive: true });
    assert.equal(await findHubAbove(repo), null);
    await config(folder, "mode: hub\n");
    assert.equal(await findHubAbove(repo), folder);
    await config(`${folder}/hub`, "mode: hub\n");
    await config(repo, "mode: repo\n");
    assert.equal(await findHubAbove(repo), `${folder}/hub`);
    assert.equal(await findHubAbove(`${repo}/deep`), `${folder}/hub`);
    assert.equal(await findHubAbove(`${folder}/hub/`), folder);
    if (Deno.uid() !== 0) return;
    const nobody = 65_534;
    await Deno.chown(repoPaths(`${folder}/hub`).config, nobody, nobody);
    assert.equal(await findHubAbove(repo), folder);
    await Deno.chown(repo, nobody, nobody);
    assert.equal(await findHubAbove(repo), `${folder}/hub`);
  }));

Deno.test("findRoot() refuses a folder that is not there and a config that is no text", () =>
  inFolder(async (folder) => {
    await assert.rejects(findRoot(`${folder}/no`), /does not exist/);
    await config(folder, "");
    await Deno.writeFile(repoPaths(folder).config, new Uint8Array([0xff]));
    await assert.rejects(findRoot(folder), /config\.yml is not UTF-8/);
  }));
