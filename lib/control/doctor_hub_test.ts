import assert from "node:assert/strict";
import type { DoctorContext, Finding } from "./doctor.ts";
import { HUB_CHECKS } from "./doctor_hub.ts";
import { ensureDir, writeFileAtomic } from "./files.ts";
import { initHub, initRepo } from "./init.ts";
import { hubPaths, repoPaths } from "./roots.ts";

/** The check asks the files alone. */
function look(root: string): Promise<Finding> {
  const context = { repo: repoPaths(root), env: {} } as unknown as DoctorContext;
  return HUB_CHECKS.manifest.run(context);
}

Deno.test("doctor tells what is wrong with a hub's list, and of repos that are gone", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const { manifest } = hubPaths(root);
    await initHub(root);
    assert.deepEqual(await look(root), { ok: true, found: "0 repos, all there." });
    await writeFileAtomic(manifest, "repos:\n- path: a\n- path: b\n- path: c\n  enabled: false\n");
    assert.match((await look(root)).found, /^Repos that are gone: a, b, c\.$/);
    for (const name of ["a", "b", "c"]) await ensureDir(`${root}/${name}`);
    await initRepo(`${root}/a`);
    assert.match((await look(root)).found, /^CAR is not set up in b\.$/);
    await initRepo(`${root}/b`);
    assert.deepEqual(await look(root), { ok: true, found: "3 repos, all there." });
    await writeFileAtomic(manifest, "repos:\n- path: ../a\n");
    const broken = await look(root);
    assert.ok(!broken.ok);
    assert.match(broken.found, /^\.codex-autorunner\/manifest\.yml:2: repos\[0\]\.path: /);
    assert.deepEqual(await look(`${root}/b`), { ok: true, found: "This is no hub." });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
