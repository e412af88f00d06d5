import assert from "node:assert/strict";
import { CarError } from "../base/errors.ts";
import { Context } from "./context.ts";

const context = (cwd: string, named: string | null, command: string): Context =>
  new Context({ cwd, named, command, environment: () => ({}) });

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "car ✨ " }));
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function config(root: string, mode: string): Promise<void> {
  await Deno.mkdir(`${root}/.codex-autorunner`, { recursive: true });
  await Deno.writeTextFile(`${root}/.codex-autorunner/config.yml`, `version: 2\nmode: ${mode}\n`);
}

const refusal = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof CarError) return `${thrown.code}: ${thrown.message} ${thrown.hint}`;
    throw thrown;
  }
  assert.fail("it was not refused");
};

Deno.test("Context says what is missing and what to do", () =>
  inFolder(async (folder) => {
    const at = (path: string) => context(folder, path, "ticket list");
    assert.match(await refusal(at("nowhere").check("repo")), /not_found: .*does not exist.*--repo/);
    await Deno.writeTextFile(`${folder}/file`, "");
    assert.match(await refusal(at("file").check("repo")), /invalid: .*not a folder.*--repo/);
    await Deno.mkdir(`${folder}/plain`);
    assert.match(await refusal(at("plain").check("repo")), /not in a git repo.*git init/);
    await at("plain").check("any");
    await Deno.mkdir(`${folder}/bare/.git`, { recursive: true });
    assert.match(await refusal(at("bare").check("hub")), /works on a hub.*bare is not in one/);
    assert.match(await refusal(at("bare").check("either")), /not set up.*bare.*car init/);
    await config(`${folder}/hub`, "hub");
    assert.match(
      await refusal(at("hub").check("repo")),
      /conflict: "car ticket list" .*is a hub.*--repo/,
    );
    await Deno.mkdir(`${folder}/hub/web/.git`, { recursive: true });
    assert.match(await refusal(at("hub/web").check("repo")), /is a hub.*car init.*hub\/web/);
    await config(`${folder}/repo`, "repo");
    assert.match(await refusal(at("repo").check("hub")), /conflict: .*single repo/);
  }));

Deno.test("Context finds the repo from below it and by a relative --repo", () =>
  inFolder(async (folder) => {
    await config(`${folder}/a repo`, "repo");
    await Deno.mkdir(`${folder}/a repo/src/deep`, { recursive: true });
    const below = context(`${folder}/a repo/src/deep`, null, "x");
    assert.equal((await below.repo()).root, `${folder}/a repo`);
    const named = context(`${folder}/a repo/src`, "..", "x");
    assert.equal((await named.repo()).root, `${folder}/a repo`);
    await named.check("either");
  }));

Deno.test("Context takes --repo for the id of a repo in the hub around, where it is no repo's folder", () =>
  inFolder(async (folder) => {
    const hub = `${folder}/hub`;
    await config(hub, "hub");
    for (const path of ["hub/apps/web", "hub/shop", "else"]) {
      await config(`${folder}/${path}`, "repo");
    }
    await Deno.mkdir(`${hub}/web`);
    await Deno.writeTextFile(
      `${hub}/.codex-autorunner/manifest.yml`,
      `version: 3\nrepos:\n- {id: web, path: apps/web}\n- {id: far, path: ${folder}/else}\n` +
        "- {id: gone, path: old}\n- {id: shop, path: old2}\n",
    );
    const root = async (cwd: string, named: string) => {
      const found = context(cwd, named, "x");
      const { root } = await found.repo();
      return [root, found.from];
    };
    const web = `${hub}/apps/web`;
    assert.deepEqual(await root(hub, "web"), [web, web]);
    assert.deepEqual(await root(web, "far"), [`${folder}/else`, `${folder}/else`]);
    // A repo's folder goes before an id.
    assert.deepEqual(await root(hub, "shop"), [`${hub}/shop`, `${hub}/shop`]);
    assert.match(await refusal(root(hub, "gone")), /not_found: .*hub\/old does not exist/);
    assert.match(
      await refusal(root(hub, "wep")),
      /not_found: .*no repo "wep"\. Did you mean "web"\? It lists web, far, gone, shop\./,
    );
    assert.match(await refusal(root(hub, "./wep")), /does not exist\. Name a folder/);
    assert.match(
      await refusal(context(hub, null, "log --follow").repo()),
      /is a hub\. Name one of its repos, as in `car log --follow --repo web`\. It has web, far\./,
    );
  }));
