/** What the folders of a hub's repos say, before anything in them is opened. */

import { inParallel } from "../../base/in_parallel.ts";
import { fileError, systemCode } from "../../control/files.ts";
import type { Manifest, ManifestRepo } from "../../control/manifest.ts";
import { repoPaths } from "../../control/roots.ts";
import { LOOKS_AT_ONCE, real } from "./candidates.ts";

export interface RepoLook {
  readonly repo: ManifestRepo;
  /** Whether its folder is there. */
  readonly exists: boolean;
  /** Whether CAR is set up in it. */
  readonly initialized: boolean;
  /** Why it cannot be worked in or could not be initialised, in a sentence; null when all is well. */
  readonly trouble: string | null;
}

/** Looks at every repo of a manifest; changes nothing. */
export async function repoLooks(
  hubRoot: string,
  manifest: Manifest,
): Promise<readonly RepoLook[]> {
  const roots = await inParallel(LOOKS_AT_ONCE, manifest.repos, ({ root }) => real(root));
  const firstAt = new Map<string, ManifestRepo>();
  manifest.repos.forEach((repo, index) => {
    const root = roots[index] ?? repo.root;
    if (!firstAt.has(root)) firstAt.set(root, repo);
  });
  const hub = await real(hubRoot);
  return await inParallel(LOOKS_AT_ONCE, manifest.repos.map((repo, at) => [repo, at] as const), ([
    repo,
    at,
  ]) => {
    const root = roots[at] ?? repo.root;
    const first = firstAt.get(root);
    const twin = first === undefined || first === repo ? null : first;
    return lookAtRepo(
      repo,
      root === hub ? HUB_ITSELF : twin === null ? null : twinWords(repo, twin),
    );
  });
}

const HUB_ITSELF =
  "It is the folder of the hub itself; a hub's repos lie inside of it or elsewhere.";

const twinWords = (repo: ManifestRepo, twin: ManifestRepo): string =>
  `${repo.path} leads to the folder of "${twin.id}" (lines ${twin.line} and ${repo.line} of the ` +
  `manifest); a folder has one entry.`;

async function lookAtRepo(repo: ManifestRepo, known: string | null): Promise<RepoLook> {
  const { root, config } = repoPaths(repo.root);
  const folder = await standing(root);
  if (folder !== "folder") {
    // What may not be looked at is there, for all that can be told.
    const trouble = folder === "nothing" || folder === "file" ? null : folder.trouble;
    return { repo, exists: trouble !== null, initialized: false, trouble };
  }
  const git = await standing(`${root}/.git`);
  const trouble = known ??
    (git === "nothing"
      ? `There is no .git in ${root}: it is no git repo.`
      : typeof git === "object"
      ? git.trouble
      : null);
  return { repo, exists: true, initialized: await standing(config) === "file", trouble };
}

type Standing = "file" | "folder" | "nothing" | { readonly trouble: string };

async function standing(path: string): Promise<Standing> {
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "file";
  } catch (thrown) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(thrown))) return "nothing";
    return { trouble: fileError("look at", path, thrown).message };
  }
}
