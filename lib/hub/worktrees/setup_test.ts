import assert from "node:assert/strict";
import { mayRunContainers, withContainers } from "../../../tests/support/containers.ts";
import { withHub } from "../../../tests/support/worktree_hub.ts";
import { editManifest } from "../../control/manifest_file.ts";

Deno.test({
  name: "setup commands run where the manifest has agents run, and may read the base",
  ignore: !mayRunContainers(),
  fn: () =>
    withContainers(async ({ settings, environment }) => {
      const setup = ["test ! -e /etc/os-release", 'cat "$CAR_BASE_ROOT/a" > copied'];
      const destination = { kind: "container", engine: "podman", network: "host", ...settings };
      await withHub(
        async ({ worktrees, hub }) => {
          const place = { hubRoot: hub.root, file: hub.manifest };
          await editManifest(place, () => [{ type: "set", id: "base", changes: { destination } }]);
          const { record } = await worktrees.create("base", "x");
          assert.equal(record.state, "ready", record.reason ?? "");
          assert.equal(await Deno.readTextFile(`${record.path}/copied`), "x\n");
        },
        { setup },
        environment,
      );
    }),
});
