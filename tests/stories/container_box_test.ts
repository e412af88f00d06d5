/** Real containers: by podman wherever the tests run in full, by docker where a daemon answers. */

import assert from "node:assert/strict";
import { boxOf, CONTAINER_CASES, inPlace, sh } from "../support/container_contract.ts";
import {
  mayRunContainers,
  mayRunDocker,
  tarOf,
  withContainers,
  withDocker,
} from "../support/containers.ts";
import { textOf } from "../support/temp_room.ts";
import { systemClock } from "../../lib/base/clock.ts";
import { ProcessRoom } from "../../lib/adapters/process/room.ts";

for (const { name, settings, run } of CONTAINER_CASES) {
  Deno.test({
    name: `podman: ${name}`,
    ignore: !mayRunContainers(),
    fn: () => withContainers((containers) => inPlace(containers, settings, run)),
  });
}

Deno.test({
  name: "docker: the same",
  ignore: !mayRunDocker(),
  fn: (t) =>
    withDocker(async (containers) => {
      for (const { name, settings, run } of CONTAINER_CASES) {
        await t.step(name, () => inPlace(containers, settings, run));
      }
    }),
});

Deno.test({
  name: "podman: a container is made from an image, by the user that is named",
  ignore: !mayRunContainers(),
  fn: () =>
    withContainers(async (containers) => {
      const { tool, environment, settings } = containers;
      await inPlace(containers, {}, async ({ root }) => {
        const tar = await tarOf(String(settings["rootfs"]), root);
        await tool("import", "--quiet", tar, "localhost/car-test:1");
        const image = { rootfs: null, image: "localhost/car-test:1", user: "7:8" };
        const box = boxOf(containers, image, root);
        const owner = crypto.randomUUID();
        const room = ProcessRoom.open({ root, owner, clock: systemClock, environment, box });
        try {
          await box.prepare((spec, options) => room.run(spec, options));
          assert.equal(await textOf(room.spawn(sh(root, "id -u")).stdout), "7\n");
        } finally {
          await room.close();
        }
      });
      await tool("rmi", "localhost/car-test:1");
    }),
});
