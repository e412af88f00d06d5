/** A hub with one repo, for tests of worktrees: real git, nothing of the machine's own configuration. */

import { systemClock } from "../../lib/base/clock.ts";
import { initHub, initRepo } from "../../lib/control/init.ts";
import type { NewRepo } from "../../lib/control/manifest.ts";
import { editManifest, readManifest } from "../../lib/control/manifest_file.ts";
import { type HubPaths, hubPaths, type RepoPaths, repoPaths } from "../../lib/control/roots.ts";
import { Worktrees } from "../../lib/hub/worktrees/worktrees.ts";

export interface WorktreeHub {
  readonly hub: HubPaths;
  /** `hub/base`, on branch main with one commit. */
  readonly base: RepoPaths;
  readonly environment: Readonly<Record<string, string>>;
  readonly worktrees: Worktrees;
  /** What CAR said while it worked. */
  readonly said: string[];
  /** Runs a script in the base, as a person would. @throws when it fails. */
  sh(script: string): Promise<string>;
  /** Ids in the manifest. */
  listed(): Promise<readonly string[]>;
  /** Another process's view of the same hub. */
  open(more?: { readonly safe?: boolean }): Promise<Worktrees>;
}

const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";

const AUTHOR = "'user.name=T' 'user.email=t@t' 'commit.gpgSign=false'";

/** @param env What CAR's environment holds besides. */
export async function withHub(
  body: (it: WorktreeHub) => Promise<void>,
  entry: Partial<NewRepo> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const outer = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-hub-" }));
  const root = `${outer}/a hub`;
  const base = repoPaths(`${root}/base`);
  const environment = { PATH, ...env, HOME: `${outer}/home`, GIT_CONFIG_NOSYSTEM: "1" };
  const opened: Worktrees[] = [];
  const said: string[] = [];
  const open = async (more = {}) => {
    const worktrees = await Worktrees.open(hubPaths(root), {
      clock: systemClock,
      environment,
      say: (words) => void said.push(words),
      ...more,
    });
    opened.push(worktrees);
    return worktrees;
  };
  const sh = (script: string) => shell(script, base.root, environment);
  try {
    for (const folder of [root, base.root, `${outer}/home`]) await Deno.mkdir(folder);
    await initHub(root);
    await sh("git init -q -b main .; echo x > a; git add a; git commit -qm start");
    await initRepo(base.root);
    const place = { hubRoot: root, file: hubPaths(root).manifest };
    const repo = { id: "base", path: "base", ...entry };
    await editManifest(place, () => [{ type: "add", repo }]);
    await body({
      hub: hubPaths(root),
      base,
      environment,
      worktrees: await open(),
      said,
      sh,
      listed: async () => (await readManifest(place)).repos.map((it) => it.id),
      open,
    });
  } finally {
    await Promise.all(opened.map((it) => it.close()));
    await Deno.remove(outer, { recursive: true });
  }
}

async function shell(script: string, cwd: string, env: Record<string, string>): Promise<string> {
  const output = await new Deno.Command("/bin/sh", {
    args: ["-euc", script],
    cwd,
    clearEnv: true,
    env: { ...env, GIT_CONFIG_PARAMETERS: AUTHOR },
  }).output();
  if (output.success) return new TextDecoder().decode(output.stdout);
  throw new Error(`${script}: ${new TextDecoder().decode(output.stderr)}`);
}
