/** Where worktrees of one repo are made and removed: the repo, the place for them, and what is used to do it. */

import { Git } from "../../adapters/git/git.ts";
import { locate, type Repository } from "../../adapters/git/repository.ts";
import { ProcessRoom } from "../../adapters/process/room.ts";
import type { Clock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { inspectConfig, type RepoConfig } from "../../control/config.ts";
import { type RepoPaths, repoPaths } from "../../control/roots.ts";
import type { WorktreeRecord } from "../../control/worktree_records.ts";

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

/** @param root The hub or repo that processes are marked with. */
export function openTools(
  root: string,
  { clock, environment, safe = false, room }: ToolOptions,
): Tools & { close(): Promise<void> } {
  const own = room ?? ProcessRoom.open({ root, owner: crypto.randomUUID(), clock, environment });
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
  return { id: base.id, paths: repoPaths(repository.root), repository, config: own, setup };
}

/** Whether the repo's own code may run without a person's word for it. */
export function isTrusted({ config }: BaseRepo, { safe }: Tools): boolean {
  const posture = config.agents[config.runner.default_agent]?.posture ?? "yolo";
  return !safe && posture === "yolo";
}
