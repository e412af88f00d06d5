/** All that the effects of one repo's run act on, in one value. */

import type { ProcessRoom } from "../adapters/process/room.ts";
import type { Clock } from "../base/clock.ts";
import type { Approvals } from "../control/approvals.ts";
import type { ConfigCopy } from "../control/config_copy.ts";
import type { RepoConfig } from "../control/config.ts";
import type { Journal } from "../control/journal.ts";
import type { RepoPaths } from "../control/roots.ts";

import type { AgentPool } from "./agents.ts";
import type { LiveListener } from "./live.ts";
import type { RepoGit } from "./repo_git.ts";
import type { WorkQueue } from "./work_queue.ts";

/** Chance, for ids and jitter. */
export interface Chance {
  /** 16 hex digits. */
  hex(): string;
  /** 0 up to 1. */
  share(): number;
}

export const systemChance: Chance = {
  hex: () => crypto.randomUUID().replaceAll("-", "").slice(0, 16),
  share: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
};

export interface Workplace {
  readonly root: string;
  readonly paths: RepoPaths;
  readonly configCopy: ConfigCopy;
  readonly config: RepoConfig;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly journal: Journal;
  readonly tickets: WorkQueue;
  readonly git: RepoGit;
  readonly room: ProcessRoom;
  readonly agents: AgentPool;
  /** What the person has approved of what the repo says is to run. */
  readonly approvals: Approvals;
  /** Tells the surfaces what goes on. */
  readonly say: LiveListener;
}
