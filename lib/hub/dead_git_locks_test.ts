import assert from "node:assert/strict";
import { makeCarRepo } from "../../tests/support/car_repo.ts";
import { removeDeadGitLocks } from "./dead_git_locks.ts";

const HOUR_MS = 3_600_000;

Deno.test("removeDeadGitLocks() takes away what a dead git left, and nothing older", async () => {
  await using repo = await makeCarRepo();
  const locks = [".git/index.lock", ".git/HEAD.lock", ".git/refs/heads/main.lock"];
  for (const path of locks) await repo.write(path, "");
  await repo.write(".git/config.lock", "");
  await Deno.utime(`${repo.cwd}/.git/config.lock`, 1_000, 1_000);
  const removed = await removeDeadGitLocks(repo.cwd, Date.now() - HOUR_MS);
  assert.deepEqual(removed.toSorted(), locks.map((it) => `${repo.cwd}/${it}`).toSorted());
  assert.ok((await Deno.lstat(`${repo.cwd}/.git/config.lock`)).isFile);
});

Deno.test("removeDeadGitLocks() leaves all alone while a git is at work there", async () => {
  await using repo = await makeCarRepo();
  await repo.write(".git/index.lock", "");
  const other = new Deno.Command("/bin/sh", {
    // In a session of its own, or it would count as one of ours. It answers once it is at work.
    args: ["-c", "exec 3<&0; setsid git cat-file --batch-check <&3 & wait"],
    cwd: repo.cwd,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = other.stdin.getWriter();
  await writer.write(new TextEncoder().encode("HEAD\n"));
  const reader = other.stdout.getReader();
  await reader.read();
  try {
    assert.deepEqual(await removeDeadGitLocks(repo.cwd, 0), []);
    assert.ok((await Deno.lstat(`${repo.cwd}/.git/index.lock`)).isFile);
  } finally {
    await writer.close();
    await other.status;
    await reader.cancel();
  }
});

Deno.test("removeDeadGitLocks() finds nothing where there is no repository", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assert.deepEqual(await removeDeadGitLocks(folder, 0), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
