/** Where worktrees of one repo are made and removed: the repo, the place for them, and what is used to do it. */

import { Git } from "../../adapters/git/git.ts";
import { locate, type Repository } from "../../adapters/git/repository.ts";
import { ProcessRoom } from "../../adapters/process/room.ts";
import type { Clock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { inspectConfig, type RepoConfig } from "../../control/config.ts";
import type { Destination } from "../../control/destination.ts";
import { type RepoPaths, repoPaths } from "../../control/roots.ts";
import type { WorktreeRecord } from "../../control/worktree_records.ts";
import { runsElsewhere } from "../repo_box.ts";

type Environment = Readonly<Record<string, string>>;

/** What every action is done with. */
export interface Tools {
  readonly git: Git;
  readonly room: ProcessRoom;
  readonly clock: Clock;
  readonly environment: Environment;
  /** CAR was started with --safe. */
  readonly safe: boolean;
}

export interface ToolOptions {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly safe?: boolean;
  /** Everything is started in it; without it a room is opened, which `close` ends. */
  readonly room?: ProcessRoom;
}

/** @param root The hub or repo they are for. */
export function openTools(
  root: string,
  { clock, environment, safe = false, room }: ToolOptions,
): Tools & { close(): Promise<void> } {
  // A mark of its own: whoever takes the lock of the root ends what it takes for left there.
  const mark = repoPaths(root).worktreeRecords;
  const own = room ??
    ProcessRoom.open({ root: mark, owner: crypto.randomUUID(), clock, environment });
  const path = environment["PATH"];
  const git = Git.find({ room: own, clock, ...(path === undefined ? {} : { path }) });
  const close = () => room === undefined ? own.close() : Promise.resolve();
  return { git, room: own, clock, environment, safe, close };
}

/** The repo that worktrees are made of. */
export interface BaseRepo {
  readonly id: string;
  readonly paths: RepoPaths;
  readonly repository: Repository;
  readonly config: RepoConfig;
  /** Commands that make a new worktree ready. */
  readonly setup: readonly string[];
  /** Where they run, by the hub's manifest; undefined: as the config says. */
  readonly destination: Destination | undefined;
}

/** Who else keeps a list of worktrees: a hub's manifest, or nobody. */
export interface Registry {
  /** Ids that are taken. */
  taken(): Promise<readonly string[]>;
  /** Twice is as once. */
  add(base: BaseRepo, record: WorktreeRecord): Promise<void>;
  /** One that is not listed is fine. */
  remove(id: string): Promise<void>;
}

export interface Site {
  readonly tools: Tools;
  readonly base: BaseRepo;
  /** The folder of new worktrees, absolute. */
  readonly folder: string;
  readonly registry: Registry;
  /** Told what takes a while, and what is good to know. */
  readonly say: (words: string) => void;
}

/** @throws {CarError} `not_found`, `conflict` when there is no git repo of its own in the folder. */
export async function openBase(
  tools: Tools,
  base: {
    readonly id: string;
    readonly root: string;
    readonly setup: readonly string[];
    readonly hubRoot: string | null;
    readonly destination?: Destination | null;
  },
): Promise<BaseRepo> {
  const located = await locate(base.root);
  if (located.kind === "missing") {
    throw new CarError("not_found", `The folder of ${base.id} is gone: ${base.root}`, {
      hint: "Bring it back, or take the repo out of the hub.",
    });
  }
  if (located.kind !== "repository" || located.inside !== "") {
    throw new CarError("conflict", `${base.root} is no git repo of its own (${located.kind}).`, {
      hint: "Run `git init` there.",
    });
  }
  const { repository } = located;
  const { config } = await inspectConfig({
    root: base.root,
    env: tools.environment,
    ...(base.hubRoot === null ? {} : { hubRoot: base.hubRoot }),
  });
  const own = { ...config, mode: "repo" as const };
  const setup = [...new Set([...own.git.worktree_setup, ...base.setup])];
  const destination = base.destination ?? undefined;
  const paths = repoPaths(repository.root);
  return { id: base.id, paths, repository, config: own, setup, destination };
}

/** Whether the repo's own code may run without a person's word for it. */
export function isTrusted({ config }: BaseRepo, { safe }: Tools): boolean {
  const posture = config.agents[config.runner.default_agent]?.posture ?? "yolo";
  return !safe && posture === "yolo";
}

/** Whether git may run the repo's hooks and filters: not where agents write them from a container. */
export function mayRunHooks(base: BaseRepo, tools: Tools): boolean {
  const { config, destination, paths: { root } } = base;
  const place = { root, config, environment: tools.environment, destination };
  return isTrusted(base, tools) && !runsElsewhere(place);
}
