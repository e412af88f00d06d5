/** Asks the repos of a hub one and the same thing, by their files. */

import { inParallel } from "../../base/in_parallel.ts";
import { exists } from "../../control/files.ts";
import type { ManifestRepo } from "../../control/manifest.ts";
import { repoPaths } from "../../control/roots.ts";
import { failureOf, type OfRepo, type RepoFailure } from "../usage.ts";

export interface EachRepo<T> {
  /** In the order of the list. */
  readonly found: readonly OfRepo<T>[];
  readonly failed: readonly RepoFailure[];
}

/** Each opens a database for a moment. */
const REPOS_AT_ONCE = 8;

/** Those in which CAR is set up. One that cannot be asked is told as such and stops no other. */
export async function askEachRepo<T>(
  repos: readonly ManifestRepo[],
  ask: (repo: ManifestRepo) => Promise<T>,
): Promise<EachRepo<T>> {
  const found: OfRepo<T>[] = [];
  const failed: RepoFailure[] = [];
  const answers = await inParallel(REPOS_AT_ONCE, repos, async (repo) => {
    if (!await exists(repoPaths(repo.root).config)) return null;
    return await ask(repo).then(
      (value) => () => void found.push({ repo: repo.id, value }),
      (thrown: unknown) => () => void failed.push(failureOf(repo.id, thrown)),
    );
  });
  for (const take of answers) take?.();
  return { found, failed };
}
