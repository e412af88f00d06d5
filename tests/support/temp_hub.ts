/** A hub in a folder of its own, for tests, with a git that knows nothing of the machine's configuration. */

import assert from "node:assert/strict";
import { writeFileAtomic } from "../../lib/control/files.ts";
import { initHub } from "../../lib/control/init.ts";
import { hubPaths } from "../../lib/control/roots.ts";
import type { HubGround } from "../../lib/hub/listing/candidates.ts";
import { hubGround } from "../../lib/hub/listing/hub_scanner.ts";

export interface TestHub {
  readonly ground: HubGround;
  /** Whose home the folder beside the hub is: for those who start git themselves. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a script in the hub's folder, as a person would. @throws when it fails. */
  sh(script: string): Promise<void>;
  /** The manifest's text. */
  manifest(): Promise<string>;
}

/** @param settings Lines of the hub's config behind `mode: hub`. */
export async function withHub(work: (hub: TestHub) => Promise<void>, settings = ""): Promise<void> {
  const outer = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-hub-" }));
  const root = `${outer}/a "hub"`;
  const environment = {
    PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
    HOME: outer,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "t",
    GIT_AUTHOR_EMAIL: "t@localhost",
    GIT_COMMITTER_NAME: "t",
    GIT_COMMITTER_EMAIL: "t@localhost",
  };
  try {
    await Deno.mkdir(root);
    await initHub(root);
    if (settings !== "") await writeFileAtomic(hubPaths(root).config, `mode: hub\n${settings}`);
    await work({
      ground: await hubGround(root, {}),
      environment,
      sh: (script) => shell(script, root, environment),
      manifest: () => Deno.readTextFile(hubPaths(root).manifest),
    });
  } finally {
    await Deno.remove(outer, { recursive: true });
  }
}

async function shell(script: string, cwd: string, env: Record<string, string>): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["-ec", script],
    cwd,
    env,
    clearEnv: true,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
