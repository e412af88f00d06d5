/** What a person changes of a hub's list: repos come in, leave it, and are switched on and off. */

import { locate } from "../../adapters/git/repository.ts";
import { asCarError, CarError } from "../../base/errors.ts";
import { closest } from "../../base/suggest.ts";
import { initRepo } from "../../control/init.ts";
import { lockedError, lookAtLock } from "../../control/lock.ts";
import {
  findRepo,
  freshId,
  isRepoId,
  type Manifest,
  type ManifestRepo,
  pathInHub,
  type RepoChanges,
} from "../../control/manifest.ts";
import { editManifest, manifestPlace } from "../../control/manifest_file.ts";
import { repoPaths } from "../../control/roots.ts";
import { removeHubPointer } from "../hub_pointer.ts";
import { type HubGround, real, worktreeSign } from "./candidates.ts";
import { newRepo } from "./new_repo.ts";

export interface AddOptions {
  /** The id it is to have; else one is made of the folder's name. */
  readonly id?: string;
}

export interface Added {
  readonly repo: ManifestRepo;
  /** False: it was listed before. */
  readonly isNew: boolean;
  /** Whether it lies outside of the hub's folder, so that the manifest has its full path. */
  readonly isOutside: boolean;
  /** Why CAR could not be set up in it; null when it is. */
  readonly initError: string | null;
}

/**
 * Lists a git repo, wherever it lies, and sets CAR up in it.
 * @param folder Absolute.
 * @throws {CarError} `not_found`, `invalid` for a folder that is no git repo, `conflict` for an id that
 * is taken; and as `editManifest`.
 */
export async function addRepo(
  ground: HubGround,
  folder: string,
  options: AddOptions = {},
): Promise<Added> {
  const root = await topOfRepo(ground, folder);
  const worktree = await worktreeSign(root);
  const place = manifestPlace(ground.root, ground.config);
  let id = "";
  let isNew = false;
  const manifest = await editManifest(place, async (known) => {
    const roots = new Map<string, string>();
    for (const repo of known.repos) roots.set(await real(repo.root), repo.id);
    const listed = roots.get(root);
    isNew = listed === undefined;
    const name = root.slice(root.lastIndexOf("/") + 1);
    id = listed ?? idFor(known, name, options.id);
    if (!isNew) return [];
    const candidate = { root, name, worktree };
    const ids = new Set(known.repos.map((repo) => repo.id));
    const repo = newRepo(ground.root, id, candidate, { idAt: (base) => roots.get(base), ids });
    return [{ type: "add", repo }];
  });
  const repo = requireRepo(manifest, id);
  const isOutside = pathInHub(ground.root, root).startsWith("/");
  return { repo, isNew, isOutside, initError: await initProblem(repo) };
}

async function topOfRepo({ root: hub }: HubGround, folder: string): Promise<string> {
  const located = await locate(folder);
  const add = "Name the top folder of a git repo, or make one there with `git init`.";
  if (located.kind === "missing") {
    throw new CarError("not_found", `${folder} does not exist.`, { hint: add });
  }
  if (located.kind !== "repository") {
    const words = located.kind === "bare"
      ? "is a bare git repo: it has no files to work on"
      : "is not a git repo";
    throw new CarError("invalid", `${folder} ${words}.`, {
      hint: located.kind === "bare" ? "Add a clone of it: `car hub clone PATH`." : add,
    });
  }
  const { repository: { root }, inside } = located;
  if (inside !== "") {
    throw new CarError("invalid", `${folder} is not the top of its git repo.`, {
      hint: `That is ${root}.`,
    });
  }
  if (root !== hub) return root;
  throw new CarError("invalid", `${root} is the hub itself.`, {
    hint: "A hub's repos lie inside of it or elsewhere.",
  });
}

function idFor(known: Manifest, name: string, asked: string | undefined): string {
  if (asked === undefined) return freshId(name, known.repos.map((repo) => repo.id));
  if (!isRepoId(asked)) {
    throw new CarError("invalid", `"${asked}" cannot be a repo's id.`, {
      hint: "Allowed: letters, digits, . _ and -, beginning with a letter or digit.",
    });
  }
  const twin = findRepo(known, asked);
  if (twin === undefined) return asked;
  throw new CarError("conflict", `"${asked}" is the id of ${twin.path} already.`, {
    hint: "Name another one with --id.",
  });
}

async function initProblem({ root }: ManifestRepo): Promise<string | null> {
  try {
    await initRepo(root);
    return null;
  } catch (thrown) {
    return asCarError(thrown).message;
  }
}

export interface Removed {
  readonly repo: ManifestRepo;
  /** Worktrees of it that stay listed. */
  readonly worktrees: readonly string[];
}

/**
 * Takes a repo off the list. No file of it is touched but the note that points to this hub.
 * @throws {CarError} `not_found`, `locked` while somebody works in it; and as `editManifest`.
 */
export async function removeRepo(ground: HubGround, id: string): Promise<Removed> {
  let removed: Removed | undefined;
  let root = "";
  await editManifest(manifestPlace(ground.root, ground.config), (known) => {
    const repo = requireRepo(known, id);
    refuseBusy(repo);
    const worktrees = known.repos.filter((it) => it.worktreeOf === id).map((it) => it.id);
    removed = { repo, worktrees };
    root = repo.root;
    return [{ type: "remove", id }];
  });
  if (removed === undefined) throw notListed(id, []);
  // One that stays is believed by nobody.
  await removeHubPointer(root, ground.root).catch(() => {});
  return removed;
}

function refuseBusy({ root }: ManifestRepo): void {
  let sight: ReturnType<typeof lookAtLock>;
  try {
    sight = lookAtLock(repoPaths(root).lock);
  } catch {
    // Whoever cannot even be looked at keeps nobody from leaving.
    return;
  }
  if (sight.type === "busy") throw lockedError(root, sight);
}

/** Changes what the list says of a repo. @throws {CarError} `not_found`; and as `editManifest`. */
export async function changeRepo(
  ground: HubGround,
  id: string,
  changes: RepoChanges,
): Promise<ManifestRepo> {
  const manifest = await editManifest(manifestPlace(ground.root, ground.config), (known) => {
    requireRepo(known, id);
    return [{ type: "set", id, changes }];
  });
  return requireRepo(manifest, id);
}

/** @throws {CarError} `not_found`, with the nearest id. */
export function requireRepo(manifest: Manifest, id: string): ManifestRepo {
  const repo = findRepo(manifest, id);
  if (repo !== undefined) return repo;
  throw notListed(id, manifest.repos.map((it) => it.id));
}

function notListed(id: string, ids: readonly string[]): CarError {
  const near = closest(id, ids);
  const hint = near === undefined
    ? '"car hub repos" lists those there are.'
    : `Did you mean "${near}"?`;
  return new CarError("not_found", `The hub has no repo "${id}".`, { hint });
}
