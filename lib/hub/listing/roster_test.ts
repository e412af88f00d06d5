import assert from "node:assert/strict";
import { withHub } from "../../../tests/support/temp_hub.ts";
import { systemClock } from "../../base/clock.ts";
import { CarError, type ErrorCode } from "../../base/errors.ts";
import { writeFileAtomic } from "../../control/files.ts";
import { acquireLock } from "../../control/lock.ts";
import { hubPaths, repoPaths } from "../../control/roots.ts";
import { holderOf } from "../holder.ts";
import { type CloneOptions, cloneRepo } from "./clone.ts";
import { addRepo, changeRepo, removeRepo } from "./roster.ts";
import { scanHub } from "./scan.ts";

async function refused(
  work: Promise<unknown>,
  code: ErrorCode,
  words: RegExp,
): Promise<void> {
  await assert.rejects(
    work,
    (thrown) =>
      thrown instanceof CarError && thrown.code === code &&
      words.test(`${thrown.message} ${thrown.hint}`),
    `${code} ${words}`,
  );
}

Deno.test("addRepo() lists a repo once, wherever it lies, and sets CAR up in it", () =>
  withHub(async ({ ground, sh, manifest }) => {
    await sh("git init -q a; git init -q ../out; ln -s ../out link");
    const inside = await addRepo(ground, `${ground.root}/a`);
    assert.deepEqual([inside.repo.id, inside.repo.path, inside.isNew, inside.isOutside], [
      "a",
      "a",
      true,
      false,
    ]);
    const out = ground.root.replace(/[^/]*$/, "out");
    const outside = await addRepo(ground, `${ground.root}/link`, { id: "far" });
    assert.deepEqual([outside.repo.id, outside.repo.path, outside.isOutside], ["far", out, true]);
    assert.ok((await Deno.stat(repoPaths(out).config)).isFile);
    const before = await manifest();
    const again = await addRepo(ground, out);
    assert.deepEqual([again.repo.id, again.isNew], ["far", false]);
    assert.equal(await manifest(), before);
    const scan = await scanHub(ground);
    assert.deepEqual(scan.added, []);
  }));

Deno.test("addRepo() refuses what is no repo, and ids that are taken or none", () =>
  withHub(async ({ ground, sh }) => {
    await sh(
      "git init -q a; mkdir a/deep plain; git init -q b; git init -q .; git init -q --bare c",
    );
    const at = (name: string) => `${ground.root}/${name}`;
    await refused(addRepo(ground, at("nowhere")), "not_found", /does not exist/);
    await refused(addRepo(ground, at("a/deep")), "invalid", /not the top.*a/);
    await refused(addRepo(ground, at("plain")), "invalid", /not the top/);
    await refused(addRepo(ground, at("c")), "invalid", /bare/);
    await refused(addRepo(ground, ground.root), "invalid", /hub itself/);
    await refused(addRepo(ground, at("a"), { id: "x/y" }), "invalid", /cannot be a repo's id/);
    await addRepo(ground, at("a"));
    await refused(addRepo(ground, at("b"), { id: "a" }), "conflict", /is the id of a already/);
  }));

Deno.test("addRepo() tells why CAR could not be set up, and the entry stays", () =>
  withHub(async ({ ground, sh, manifest }) => {
    await sh("git init -q a; echo x > a/.codex-autorunner");
    const { initError } = await addRepo(ground, `${ground.root}/a`);
    assert.match(initError ?? "", /codex-autorunner/);
    assert.match(await manifest(), /- id: a\n/);
  }));

Deno.test("changeRepo() and removeRepo() change the list and no file of the repo", () =>
  withHub(async ({ ground, sh, manifest }) => {
    await sh("git init -q a; git init -q b");
    await scanHub(ground);
    const changed = await changeRepo(ground, "a", { enabled: false, autoRun: true });
    assert.deepEqual([changed.enabled, changed.autoRun], [false, true]);
    await refused(
      changeRepo(ground, "aa", { enabled: true }),
      "not_found",
      /Did you mean "a"|lists/,
    );
    const { repo } = await removeRepo(ground, "a");
    assert.equal(repo.root, `${ground.root}/a`);
    assert.ok((await Deno.stat(repoPaths(repo.root).config)).isFile);
    assert.doesNotMatch(await manifest(), /id: a/);
    await refused(removeRepo(ground, "a"), "not_found", /no repo "a"/);
  }));

Deno.test("removeRepo() refuses while somebody works in the repo", () =>
  withHub(async ({ ground, sh }) => {
    await sh("git init -q a");
    await scanHub(ground);
    const { lock } = repoPaths(`${ground.root}/a`);
    const taken = await acquireLock(lock, holderOf("car run", systemClock));
    assert.ok(taken.type === "held");
    try {
      await refused(removeRepo(ground, "a"), "locked", /in use by car run/);
    } finally {
      taken.lock.release();
    }
    await removeRepo(ground, "a");
  }));

const options = (environment: Readonly<Record<string, string>>, cwd: string): CloneOptions => ({
  clock: systemClock,
  environment,
  safe: false,
  cwd,
  onProgress: () => {},
});

/** What a failed clone might have left. */
async function halves(folder: string): Promise<readonly string[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), (it) => it.name);
  return names.filter((name) => name.startsWith(".car-clone"));
}

Deno.test("cloneRepo() clones, lists and initialises, and leaves nothing of what failed", () =>
  withHub(async ({ ground, sh, environment }) => {
    await sh("git init -q -b main ../src; git -C ../src commit -q --allow-empty -m x");
    const { root } = ground;
    const told: string[] = [];
    const cloned = await cloneRepo(ground, "../src", {
      ...options(environment, root),
      name: "my src",
      onProgress: (line) => told.push(line),
    });
    assert.deepEqual([cloned.repo.id, cloned.repo.path, cloned.initError], [
      "my-src",
      "my src",
      null,
    ]);
    assert.equal(cloned.from, root.replace(/[^/]*$/, "src"));
    assert.ok((await Deno.stat(`${root}/my src/.git`)).isDirectory);
    const again = cloneRepo(ground, "../src", { ...options(environment, root), name: "my src" });
    await refused(again, "conflict", /is there already/);
    await refused(
      cloneRepo(ground, "../none", options(environment, root)),
      "unavailable",
      /does not exist/,
    );
    await refused(
      cloneRepo(ground, "ext::sh", options(environment, root)),
      "invalid",
      /another program/,
    );
    const missing = "http://user:secret@127.0.0.1:1/x.git";
    await assert.rejects(
      cloneRepo(ground, missing, options(environment, root)),
      (thrown) =>
        thrown instanceof CarError && thrown.code === "unavailable" &&
        !thrown.message.includes("secret"),
    );
    assert.deepEqual(await halves(root), []);
  }));

/** A server that takes connections and never says a word. */
async function withSilence(
  work: (url: string) => Promise<void>,
  onConnection: () => void = () => {},
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      taken.push(conn);
      onConnection();
    }
  })();
  await work(`git://127.0.0.1:${listener.addr.port}/x`);
  listener.close();
  await accepting;
  for (const conn of taken) conn.close();
}

Deno.test("cloneRepo() ends a clone that tells nothing", () =>
  withHub(({ ground, environment }) =>
    withSilence(async (url) => {
      const { root } = ground;
      const silent = cloneRepo(ground, url, options(environment, root));
      await refused(silent, "timeout", /told nothing for 0.5 s/);
      assert.deepEqual(await halves(root), []);
    }), "git: {network_timeout_seconds: 0.5}\n"));

Deno.test("cloneRepo() ends when a person ends it", () =>
  withHub(async ({ ground, environment }) => {
    const { root } = ground;
    const ending = new AbortController();
    const cloning = { ...options(environment, root), signal: ending.signal };
    await withSilence(
      (url) => refused(cloneRepo(ground, url, cloning), "conflict", /ended before it was done/),
      () => ending.abort(),
    );
    const again = cloneRepo(ground, "git://127.0.0.1/x", cloning);
    await refused(again, "conflict", /ended before it was done/);
    assert.deepEqual(await halves(root), []);
  }));

Deno.test("cloneRepo() does not run a program that the source's address or config names", () =>
  withHub(async ({ ground, sh, environment }) => {
    const { root } = ground;
    await sh(`
      git init -q -b main ../src; git -C ../src commit -q --allow-empty -m x
      git -C ../src config uploadpack.packObjectsHook "touch $PWD/canary"
      printf '#!/bin/sh\\ntouch "%s/canary"\\n' "$PWD" > ../src/.git/hooks/post-checkout
      chmod +x ../src/.git/hooks/post-checkout
    `);
    await cloneRepo(ground, "../src", options(environment, root));
    await assert.rejects(Deno.stat(`${root}/canary`));
  }));

Deno.test("the roster leaves a manifest with a problem alone", () =>
  withHub(async ({ ground, sh, manifest }) => {
    await sh("git init -q a");
    const broken = "repos:\n- path: x\n  kind: fork\n";
    await writeFileAtomic(hubPaths(ground.root).manifest, broken);
    const { root } = ground;
    await refused(addRepo(ground, `${root}/a`), "invalid", /manifest.yml:3: repos\[0\].kind/);
    await refused(removeRepo(ground, "x"), "invalid", /kind/);
    await refused(changeRepo(ground, "x", { enabled: false }), "invalid", /kind/);
    assert.equal(await manifest(), broken);
  }));
