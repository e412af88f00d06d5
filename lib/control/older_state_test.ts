import assert from "node:assert/strict";
import { ensureDir, exists, writeFileAtomic } from "./files.ts";
import { archiveOlderState } from "./older_state.ts";
import { repoPaths } from "./roots.ts";

Deno.test("archiveOlderState() keeps every older state, byte for byte, and says where", async () => {
  const root = await Deno.makeTempDir();
  try {
    const paths = repoPaths(root);
    const state = `${paths.state}/state.json`;
    assert.equal(await archiveOlderState(paths), null);
    await ensureDir(paths.state);
    const texts = ['{"status": "idle", "last_run_id": 12}\n', "no JSON \uFFFD", ""];
    for (const text of texts) {
      await writeFileAtomic(state, text);
      assert.match(await archiveOlderState(paths) ?? "", /moved to \.codex-autorunner\/archive\//);
      assert.ok(!await exists(state));
    }
    const kept = ["state.json", "state-2.json", "state-3.json"]
      .map((name) => Deno.readTextFileSync(`${paths.archive}/older/${name}`));
    assert.deepEqual(kept, texts);
    await Deno.mkdir(state);
    assert.equal(await archiveOlderState(paths), null);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
