/** A scan as whoever serves a hub, or types `car hub scan`, has it done: worktrees are mended first. */

import type { Clock } from "../../base/clock.ts";
import { asHubConfig, loadConfig } from "../../control/config.ts";
import { hubPaths } from "../../control/roots.ts";
import { Worktrees } from "../worktrees/worktrees.ts";
import type { HubGround } from "./candidates.ts";
import { type HubScan, scanHub } from "./scan.ts";

export interface ScannerOptions {
  /** Absolute, real. */
  readonly root: string;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  readonly safe: boolean;
  /** Told what was mended. */
  readonly say: (words: string) => void;
}

/** The hub with its config as it is now. @throws {CarError} `invalid`, and `usage` for a repo's. */
export async function hubGround(
  root: string,
  environment: Readonly<Record<string, string>>,
): Promise<HubGround> {
  return { root, config: asHubConfig(await loadConfig({ root, env: environment })) };
}

/** @throws {CarError} as `scanHub`. */
export async function mendAndScan(options: ScannerOptions): Promise<HubScan> {
  const { root, environment, say } = options;
  const worktrees = await Worktrees.open(hubPaths(root), options);
  try {
    for (const words of await worktrees.mend()) say(words);
  } finally {
    await worktrees.close();
  }
  return await scanHub(await hubGround(root, environment));
}
