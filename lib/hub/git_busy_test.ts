import assert from "node:assert/strict";
import { isGitBusy } from "./git_busy.ts";

const isLinux = Deno.build.os === "linux";

Deno.test({
  name: "isGitBusy() sees another's git in the folder, and neither ours nor one elsewhere",
  ignore: !isLinux,
  async fn() {
    const base = await Deno.realPath(await Deno.makeTempDir());
    try {
      for (const name of ["repo/sub", "repo-2"]) {
        await Deno.mkdir(`${base}/${name}`, { recursive: true });
      }
      await Deno.symlink("/bin/sleep", `${base}/git`);
      const shell = new Deno.Command("sh", {
        // The answer comes when the process bears its name.
        args: ["-c", `"${base}/git" 60 & echo; wait`],
        cwd: `${base}/repo/sub`,
        stdout: "piped",
      }).spawn();
      const ours = new Deno.Command(`${base}/git`, { args: ["60"], cwd: `${base}/repo-2` }).spawn();
      const reader = shell.stdout.getReader();
      await reader.read();
      await named(shell.pid);
      assert.ok(isGitBusy(`${base}/repo`));
      assert.ok(!isGitBusy(`${base}/repo-2`));
      assert.ok(!isGitBusy(`${base}/rep`));
      ours.kill("SIGKILL");
      for (const pid of childrenOf(shell.pid)) Deno.kill(pid, "SIGKILL");
      await Promise.all([ours.status, shell.status]);
      await reader.cancel();
      assert.ok(!isGitBusy(`${base}/repo`));
    } finally {
      await Deno.remove(base, { recursive: true });
    }
  },
});

function childrenOf(pid: number): readonly number[] {
  const text = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
  return text.split(" ").filter((each) => each !== "").map(Number);
}

/** The child is a shell until it has become the program. */
async function named(shell: number): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    const names = childrenOf(shell).map((pid) => Deno.readTextFileSync(`/proc/${pid}/comm`).trim());
    if (names.includes("git")) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.fail("the process never bore its name");
}
