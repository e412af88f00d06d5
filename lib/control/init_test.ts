import assert from "node:assert/strict";
import { CarError } from "../base/errors.ts";
import { asHubConfig, asRepoConfig, loadConfig } from "./config.ts";
import { ensureDir, writeFileAtomic } from "./files.ts";
import { initHub, initRepo } from "./init.ts";

async function inFolder(then: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await then(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const S = ".codex-autorunner";

Deno.test("initRepo() makes all there is to make, once", () =>
  inFolder(async (root) => {
    const first = await initRepo(root);
    assert.deepEqual(first.made, [
      `${S}/`,
      `${S}/.gitignore`,
      `${S}/tickets/`,
      `${S}/contextspace/`,
      `${S}/contextspace/active_context.md`,
      `${S}/contextspace/decisions.md`,
      `${S}/contextspace/spec.md`,
      `${S}/runs/`,
      `${S}/archive/`,
      `${S}/config.yml`,
    ]);
    assert.deepEqual([first.there, first.notes], [[], []]);
    assert.equal(await Deno.readTextFile(`${root}/${S}/.gitignore`), "*\n!/.gitignore\n");
    assert.equal(asRepoConfig(await loadConfig({ root, env: {} })).queue, "tickets");
    await writeFileAtomic(`${root}/${S}/contextspace/spec.md`, "mine\n");
    await Deno.remove(`${root}/${S}/runs`);
    const second = await initRepo(root);
    assert.deepEqual(second.made, [`${S}/runs/`]);
    assert.equal(second.there.length, 9);
    assert.equal(await Deno.readTextFile(`${root}/${S}/contextspace/spec.md`), "mine\n");
  }));

Deno.test("initRepo() takes up an older layout and loses nothing of it", () =>
  inFolder(async (root) => {
    await ensureDir(`${root}/${S}/workspace`);
    await writeFileAtomic(`${root}/${S}/TODO.md`, "- [x] a\n- [ ] b\n");
    await writeFileAtomic(`${root}/${S}/state.json`, "{}");
    const report = await initRepo(root);
    assert.equal(report.notes.length, 3);
    assert.ok(!report.made.includes(`${S}/contextspace/`));
    assert.equal(asRepoConfig(await loadConfig({ root, env: {} })).queue, "todo");
    assert.equal(await Deno.readTextFile(`${root}/${S}/archive/older/state.json`), "{}");
    assert.equal((await initRepo(root)).made.length, 0);
  }));

Deno.test("initHub() makes a hub, and neither becomes the other", () =>
  inFolder(async (root) => {
    const report = await initHub(root);
    assert.ok(report.made.includes(`${S}/manifest.yml`));
    assert.equal(asHubConfig(await loadConfig({ root, env: {} })).hub.discover_depth, 1);
    assert.deepEqual((await initHub(root)).made, []);
    const conflict = (thrown: unknown) => thrown instanceof CarError && thrown.code === "conflict";
    await assert.rejects(initRepo(root), conflict);
  }));

Deno.test("initRepo() says what is in the way", () =>
  inFolder(async (root) => {
    await writeFileAtomic(`${root}/${S}`, "a file");
    await assert.rejects(initRepo(root), CarError);
    assert.equal(await Deno.readTextFile(`${root}/${S}`), "a file");
  }));
