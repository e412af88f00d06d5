/** Whose worktrees are meant: those of a hub's repos, or those of one repo alone. */

import { asHubConfig, loadConfig } from "../../control/config.ts";
import {
  findRepo,
  type Manifest,
  MANIFEST_VERSION,
  type ManifestRepo,
  pathInHub,
  slug,
} from "../../control/manifest.ts";
import {
  editManifest,
  type ManifestPlace,
  manifestPlace,
  readManifest,
} from "../../control/manifest_file.ts";
import { findRoot, type HubPaths, hubPaths, type RepoPaths } from "../../control/roots.ts";
import type { WorktreeRecord } from "../../control/worktree_records.ts";
import type { BaseRepo, Registry } from "./site.ts";

type Environment = Readonly<Record<string, string>>;

export interface Ground {
  readonly root: string;
  /** Its shared files hold defaults for the repos' configs. */
  readonly hubRoot: string | null;
  /** @throws {CarError} `invalid` when the list cannot be read. */
  repos(): Promise<Manifest>;
  /** Where new worktrees of a repo go. */
  folder(repo: RepoPaths): string;
  readonly registry: Registry;
}

/** @throws {CarError} `invalid` for the hub's config. */
export async function hubGround(hub: HubPaths, environment: Environment): Promise<Ground> {
  const config = asHubConfig(await loadConfig({ root: hub.root, env: environment }));
  const place = manifestPlace(hub.root, config);
  const asked = config.hub.worktrees_root;
  const folder = asked.startsWith("/") ? asked : `${hub.root}/${asked}`;
  return {
    root: hub.root,
    hubRoot: hub.root,
    repos: () => readManifest(place),
    folder: () => folder,
    registry: new ManifestRegistry(place),
  };
}

/** A repo that belongs to no hub: its worktrees lie in its own state folder. */
export function repoGround(paths: RepoPaths): Ground {
  const name = paths.root.slice(paths.root.lastIndexOf("/") + 1);
  const entry: ManifestRepo = {
    id: slug(name),
    path: ".",
    root: paths.root,
    displayName: name,
    enabled: true,
    autoRun: false,
    kind: "base",
    worktreeOf: null,
    branch: null,
    setup: [],
    destination: null,
    line: 0,
  };
  const manifest = { version: MANIFEST_VERSION, repos: [entry], hash: null };
  return {
    root: paths.root,
    hubRoot: null,
    repos: () => Promise.resolve(manifest),
    folder: () => paths.worktrees,
    registry: {
      taken: () => Promise.resolve([]),
      add: () => Promise.resolve(),
      remove: () => Promise.resolve(),
    },
  };
}

/** A hub's entry of a repo or worktree. */
export interface HubEntry {
  readonly hub: HubPaths;
  readonly entry: ManifestRepo;
}

/**
 * The hub that has the repo in its list, looked for above the repo. Null: there is none, it cannot be
 * read, or it may not be looked at.
 */
export async function hubEntryOf(root: string, environment: Environment): Promise<HubEntry | null> {
  try {
    for (let at = parentOf(root); at !== null;) {
      const found = await findRoot(at);
      if (found.type !== "hub" && found.type !== "repo") return null;
      const entry = found.type === "hub" ? await entryIn(found.root, root, environment) : null;
      if (entry !== null) return entry;
      at = parentOf(found.root);
    }
  } catch {
    // A hub that is broken or out of reach has no say in what one of its repos does by itself.
  }
  return null;
}

async function entryIn(
  hubRoot: string,
  root: string,
  environment: Environment,
): Promise<HubEntry | null> {
  const hub = hubPaths(hubRoot);
  const { repos } = await (await hubGround(hub, environment)).repos();
  const entry = repos.find((it) => it.root === root);
  return entry === undefined ? null : { hub, entry };
}

function parentOf(folder: string): string | null {
  if (folder === "/") return null;
  return folder.slice(0, folder.lastIndexOf("/")) || "/";
}

/** The hub's list of its repos. */
class ManifestRegistry implements Registry {
  readonly #place: ManifestPlace;

  constructor(place: ManifestPlace) {
    this.#place = place;
  }

  async taken(): Promise<readonly string[]> {
    return (await readManifest(this.#place)).repos.map((it) => it.id);
  }

  async add(base: BaseRepo, { id, branch, path }: WorktreeRecord): Promise<void> {
    await editManifest(this.#place, (now) =>
      // A scan may have found the folder before.
      now.repos.some((it) => it.id === id || it.root === path) ? [] : [{
        type: "add",
        repo: {
          id,
          path: pathInHub(this.#place.hubRoot, path),
          kind: "worktree",
          worktreeOf: base.id,
          branch,
        },
      }]);
  }

  async remove(id: string): Promise<void> {
    await editManifest(
      this.#place,
      (now) => findRepo(now, id) === undefined ? [] : [{ type: "remove", id }],
    );
  }
}
