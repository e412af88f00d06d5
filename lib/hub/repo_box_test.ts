import assert from "node:assert/strict";
import { withRepo } from "../../tests/support/temp_repo.ts";
import { CarError } from "../base/errors.ts";
import { builtIns } from "../control/config_decode.ts";
import {
  destination as KEYS,
  type DestinationSettings,
} from "../control/config_keys/destination.ts";
import { boxFor, type BoxPlace } from "./repo_box.ts";

/** A folder with a program named docker, which nothing here starts. */
async function withEngine(
  base: string,
  body: (environment: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  await Deno.mkdir(`${base}/bin`);
  await Deno.writeTextFile(`${base}/bin/docker`, "", { mode: 0o755 });
  await body({ PATH: `${base}/bin`, HOME: `${base}/home` });
}

function settings(more: Partial<DestinationSettings>): BoxPlace["config"] {
  const built = builtIns(KEYS) as unknown as DestinationSettings;
  return { destination: { ...built, kind: "container", image: "img", ...more } };
}

const SPEC = { argv: ["true"], cwd: "/", purpose: "agent" } as const;

/** The sources that a container of the box would see. */
async function mountsIn(place: BoxPlace): Promise<readonly string[]> {
  const box = await boxFor(place);
  assert.ok(box !== null);
  return box.enter(SPEC, {}).argv.filter((word) => word.startsWith("type=bind,"))
    .map((word) => /source=(.*?)"?,"?target=/.exec(word)?.[1]?.replaceAll('""', '"') ?? word);
}

Deno.test("boxFor() mounts the repo, and git's folders where they lie elsewhere", () =>
  withRepo(({ base, root, sh, write }) =>
    withEngine(base, async (environment) => {
      await write("a", "a");
      await sh("git add . && git commit -qm a && git worktree add -q ../linked");
      const config = settings({});
      assert.deepEqual(await mountsIn({ root, config, environment }), [root]);
      const linked = { root: `${base}/linked`, config, environment };
      assert.deepEqual(await mountsIn(linked), [`${base}/linked`, `${root}/.git`]);
    })
  ));

Deno.test("boxFor() mounts what CAR's folder points to", () =>
  withRepo(({ base, root }) =>
    withEngine(base, async (environment) => {
      await Deno.mkdir(`${base}/state`);
      await Deno.symlink(`${base}/state`, `${root}/.codex-autorunner`);
      const found = await mountsIn({ root, config: settings({}), environment });
      assert.deepEqual(found, [root, `${base}/state`]);
    })
  ));

Deno.test("boxFor() finds mounts from the home, from the repo and from the root", () =>
  withRepo(({ base, root, write }) =>
    withEngine(base, async (environment) => {
      await write("cache", "");
      const mount = (source: string) => ({ source, target: "/x", readOnly: true });
      const mounts = [mount("~/"), mount("cache"), mount(`${base}/bin`)];
      const found = await mountsIn({ root, config: settings({ mounts }), environment });
      assert.deepEqual(found, [root, `${base}/home/`, `${root}/cache`, `${base}/bin`]);
    })
  ));

Deno.test("boxFor() says what is missing", () =>
  withRepo(({ base, root }) =>
    withEngine(base, async (environment) => {
      const mounts = [{ source: "none", target: "/x", readOnly: false }];
      const cases: readonly (readonly [Partial<DestinationSettings>, RegExp])[] = [
        [{ engine: "podman" }, /^The container engine podman was not found on PATH/],
        [{ mounts }, /^There is no .*\/repo\/none, which destination\.mounts names/],
        [{ image: null, rootfs: "none" }, /^There is no .*\/repo\/none, which destination\.rootfs/],
      ];
      for (const [more, message] of cases) {
        await assert.rejects(boxFor({ root, config: settings(more), environment }), (thrown) => {
          assert.ok(thrown instanceof CarError && thrown.code === "unavailable");
          assert.match(thrown.message, message);
          return true;
        });
      }
    })
  ));

Deno.test("boxFor() takes the manifest's word before the config's", () =>
  withRepo(({ base, root }) =>
    withEngine(base, async (environment) => {
      const place = { root, config: settings({}), environment };
      assert.equal(await boxFor({ ...place, destination: { kind: "local" } }), null);
      const local = settings({ kind: "local" });
      assert.equal(await boxFor({ ...place, config: local }), null);
      const box = await boxFor(place);
      assert.equal(box?.engine.program, `${base}/bin/docker`);
    })
  ));
