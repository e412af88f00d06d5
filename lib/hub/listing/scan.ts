/**
 * Looks through a hub's folders: what is new goes into the manifest and is initialised, what is wrong
 * is told. Safe to do again, and beside other processes that do the same.
 */

import { asCarError } from "../../base/errors.ts";
import { inParallel } from "../../base/in_parallel.ts";
import { initRepo } from "../../control/init.ts";
import { freshId, type Manifest, type ManifestEdit, type NewRepo } from "../../control/manifest.ts";
import { editManifest, manifestPlace } from "../../control/manifest_file.ts";
import {
  type Candidate,
  findCandidates,
  type HubGround,
  LOOKS_AT_ONCE,
  real,
  type Skipped,
} from "./candidates.ts";
import { newRepo } from "./new_repo.ts";
import { type RepoLook, repoLooks } from "./looks.ts";

export interface HubScan {
  readonly manifest: Manifest;
  /** Every repo of the manifest, in its order, as it stands after the scan. */
  readonly repos: readonly RepoLook[];
  /** Ids that are new in the manifest. */
  readonly added: readonly string[];
  /** Ids of repos that were initialised. */
  readonly initialized: readonly string[];
  /** Folders that hold a repo and were left alone, each with the reason. */
  readonly skipped: readonly Skipped[];
}

/** @throws {CarError} `invalid` when the manifest has problems: nothing is changed then; `unavailable`. */
export async function scanHub(ground: HubGround): Promise<HubScan> {
  const { candidates, skipped } = await findCandidates(ground);
  let added: readonly string[] = [];
  const manifest = await editManifest(manifestPlace(ground.root, ground.config), async (known) => {
    const fresh = await newRepos(ground.root, known, candidates);
    added = fresh.map((repo) => repo.id);
    return fresh.map((repo): ManifestEdit => ({ type: "add", repo }));
  });
  const before = await repoLooks(ground.root, manifest);
  const repos = ground.config.hub.auto_init_missing
    ? await inParallel(LOOKS_AT_ONCE, before, initialised)
    : before;
  const initialized = repos.filter((now, index) =>
    now.initialized && before[index]?.initialized === false
  ).map(({ repo }) => repo.id);
  return { manifest, repos, added, initialized, skipped };
}

/** As it stands after CAR was set up in it, where that was wanting. */
async function initialised(look: RepoLook): Promise<RepoLook> {
  if (!look.exists || look.initialized || look.trouble !== null || !look.repo.enabled) return look;
  try {
    await initRepo(look.repo.root);
    return { ...look, initialized: true };
  } catch (thrown) {
    return { ...look, trouble: asCarError(thrown).message };
  }
}

/** Entries for the candidates that the manifest does not have, bases before their worktrees. */
async function newRepos(
  hubRoot: string,
  known: Manifest,
  candidates: readonly Candidate[],
): Promise<readonly NewRepo[]> {
  const listed = await inParallel(
    LOOKS_AT_ONCE,
    known.repos,
    async (repo) => [await real(repo.root), repo.id] as const,
  );
  const idsByRoot = new Map([...known.repos.map((it) => [it.root, it.id] as const), ...listed]);
  const taken = new Set(known.repos.map((repo) => repo.id));
  const added: NewRepo[] = [];
  const missing: (readonly [Candidate, string])[] = [];
  for (const candidate of candidates) {
    const root = await real(candidate.root);
    if (!idsByRoot.has(candidate.root) && !idsByRoot.has(root)) missing.push([candidate, root]);
  }
  const basesFirst = [
    ...missing.filter(([{ worktree }]) => worktree === null),
    ...missing.filter(([{ worktree }]) => worktree !== null),
  ];
  for (const [candidate, root] of basesFirst) {
    const id = freshId(candidate.name, taken);
    taken.add(id);
    idsByRoot.set(root, id);
    added.push(newRepo(hubRoot, id, { ...candidate, root }, {
      idAt: (base) => idsByRoot.get(base),
      ids: taken,
    }));
  }
  return added;
}

/** Why repos cannot be worked in, by id: those of a scan or of a look. */
export function troublesOf(looks: readonly RepoLook[]): ReadonlyMap<string, string> {
  return new Map(
    looks.flatMap(({ repo, exists, trouble }) =>
      exists && trouble !== null ? [[repo.id, trouble] as const] : []
    ),
  );
}
