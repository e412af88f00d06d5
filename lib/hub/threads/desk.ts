/** Opens the chat threads of a hub, or of a repo without one. */

import type { Clock } from "../../base/clock.ts";
import { type Config, loadConfig, type RepoConfig } from "../../control/config.ts";
import { ensureDir } from "../../control/files.ts";
import { lookAtLock } from "../../control/lock.ts";
import { openOrchestration, orchestrationPaths } from "../../control/orchestration.ts";
import { repoPaths } from "../../control/roots.ts";
import { holderOf } from "../holder.ts";
import { systemChance } from "../workplace.ts";
import { HeldThreads } from "./held_threads.ts";
import { ThreadNewsroom } from "./news.ts";
import { type ScopeRoomOptions, ScopeRooms } from "./scope_rooms.ts";
import { Slots } from "./slots.ts";
import { Threads } from "./threads.ts";

export interface ThreadDeskOptions {
  /** The hub, or the repo that belongs to none; absolute. Its state folder holds the threads. */
  readonly home: string;
  readonly mode: "hub" | "repo";
  readonly clock: Clock;
  /** CAR's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** No agent gets more than the safe posture. */
  readonly safe: boolean;
  /** What CAR was started for, e.g. `car chat`. */
  readonly command: string;
  /** What a person should know and no thread can tell. */
  readonly remark: (text: string) => void;
  /** What agents say outside of answers. */
  readonly log?: (text: string) => void;
  /** The config of a folder; default: read from its files, under the hub's. */
  readonly configOf?: (root: string) => Promise<RepoConfig>;
  /** Whether a run works in a folder; default: whether its lock is held. */
  readonly isRunAtWork?: (root: string) => boolean;
  /** Where the hub's manifest says that a folder's agents run. */
  readonly destinationOf?: ScopeRoomOptions["destinationOf"];
  /** For tests. */
  readonly openAgents?: ScopeRoomOptions["openAgents"];
}

/** @throws {CarError} `unavailable`, `conflict` for a file of a newer car, `invalid` for the config. */
export async function openThreadDesk(options: ThreadDeskOptions): Promise<Threads> {
  const { home, clock, environment, safe, command, remark, log = () => {} } = options;
  const paths = orchestrationPaths(repoPaths(home).state);
  const configOf = options.configOf ?? ((root) => readConfig(options, root));
  const { chat } = await configOf(home);
  await ensureDir(paths.threads);
  const { store, finding } = await openOrchestration(paths, clock.now());
  if (finding !== null) remark(finding);
  const owner = crypto.randomUUID();
  const held = new HeldThreads(paths, clock, () => ({ ...holderOf(command, clock), owner }));
  const shared = { clock, environment, safe, threads: paths.threads, owner, configOf, log };
  const { openAgents, destinationOf } = options;
  const news = new ThreadNewsroom(store, clock);
  return new Threads({
    store,
    paths,
    clock,
    chance: systemChance,
    environment,
    safe,
    owner,
    held,
    news,
    rooms: new ScopeRooms({
      ...shared,
      onClosed: (root) => {
        held.releaseAt(root);
        news.tell({ type: "elsewhere" });
      },
      ...(openAgents === undefined ? {} : { openAgents }),
      ...(destinationOf === undefined ? {} : { destinationOf }),
    }),
    slots: new Slots(chat.max_parallel),
    isRunAtWork: options.isRunAtWork ?? isLocked,
  }, remark);
}

const isLocked = (root: string): boolean => lookAtLock(repoPaths(root).lock).type === "busy";

async function readConfig(
  { home, mode, environment }: ThreadDeskOptions,
  root: string,
): Promise<RepoConfig> {
  const hub = mode === "hub" && root !== home ? { hubRoot: home } : {};
  return asRepo((await loadConfig({ root, env: environment, ...hub })).config);
}

/** A hub configures agents with the same keys as a repo. */
const asRepo = (config: Config): RepoConfig => ({ ...config, mode: "repo" });
