import assert from "node:assert/strict";
import { withRepo } from "../../tests/support/temp_repo.ts";
import { systemClock } from "../base/clock.ts";
import { RepoGit } from "./repo_git.ts";
import { treeIdNow } from "./tree_now.ts";

Deno.test("treeIdNow() gives the id the gate records, and another one after a change", async () => {
  await withRepo(async ({ root, base, git, write }) => {
    await write("a.txt", "one\n");
    const environment = { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin", HOME: `${base}/home` };
    const now = () => treeIdNow(root, { clock: systemClock, environment });
    const before = await now();
    const recorded = await (await RepoGit.open(git, root, `${base}/trees`)).treeId();
    assert.equal(before, recorded);
    const names = [...Deno.readDirSync(root)].map((it) => it.name).sort();
    assert.deepEqual(names, [".git", "a.txt"]);
    await write("b.txt", "untracked\n");
    assert.notEqual(await now(), before);
    await Deno.remove(`${root}/b.txt`);
    assert.equal(await now(), before);
  });
});

Deno.test("treeIdNow() says that there is no git repo", async () => {
  const root = await Deno.makeTempDir({ prefix: "car-tree-" });
  try {
    const environment = { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin" };
    await assert.rejects(treeIdNow(root, { clock: systemClock, environment }), /is not a git repo/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
