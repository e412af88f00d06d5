import assert from "node:assert/strict";
import type { Reach } from "./posture.ts";
import { reachablePath } from "./repo_paths.ts";

Deno.test("reachablePath() keeps to the reach, also after links and through folders that are missing", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    const repo = `${folder}/repo`;
    await Deno.mkdir(`${repo}/.git`, { recursive: true });
    await Deno.mkdir(`${folder}/repo-b`);
    await Deno.symlink(folder, `${repo}/up`);
    await Deno.symlink(`${folder}/nothing`, `${repo}/dangling`);
    await Deno.symlink(repo, `${folder}/door`);
    const may = (path: string, reach: Reach, doing = "write") =>
      reachablePath(repo, path, reach, doing).then((it) => it, () => null);
    const rows: readonly (readonly [string, Reach, string | null])[] = [
      [`${repo}/a/b/c.txt`, "repo", `${repo}/a/b/c.txt`],
      ["a.txt", "repo", `${repo}/a.txt`],
      [`${folder}/door/a.txt`, "repo", `${repo}/a.txt`],
      [repo, "repo", repo],
      [`${repo}/../x`, "repo", null],
      ["../x", "repo", null],
      [`${folder}/repo-b/x`, "repo", null],
      [`${repo}/up/x`, "repo", null],
      [`${repo}/dangling`, "repo", null],
      ["/etc/passwd", "repo", null],
      [".git/config", "repo", null],
      [`${repo}/a.txt`, "nowhere", null],
      [`${folder}/x`, "anywhere", `${folder}/x`],
    ];
    for (const [path, reach, real] of rows) assert.equal(await may(path, reach), real, path);
    assert.equal(await may(".git/config", "repo", "read"), `${repo}/.git/config`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
