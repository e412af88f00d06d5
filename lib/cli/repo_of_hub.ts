/** The repos of the hub one stands in, by their ids: what `--repo ID` and hints about it are made of. */

import { CarError } from "../base/errors.ts";
import { closest } from "../base/suggest.ts";
import { asHubConfig, inspectConfig } from "../control/config.ts";
import { exists } from "../control/files.ts";
import type { ManifestRepo } from "../control/manifest.ts";
import { inspectManifest, manifestPlace } from "../control/manifest_file.ts";
import { findHubAbove, findRoot, type FoundRoot, repoPaths } from "../control/roots.ts";
import { readHubPointer } from "../hub/hub_pointer.ts";

export interface NamedHub {
  /** Absolute. */
  readonly root: string;
  readonly repos: readonly ManifestRepo[];
}

/** The hub one stands in, or whose repo one stands in; null where there is none or it cannot be read. */
export async function hubAround(
  from: string,
  env: Readonly<Record<string, string>>,
): Promise<NamedHub | null> {
  try {
    const found = await findRoot(from);
    const root = found.type === "hub" ? found.root : await hubOf(found, from);
    return root === null ? null : await reposOf(root, env);
  } catch {
    // Then the word is no id, and is judged as a path.
    return null;
  }
}

/** The hub above, or the one that a repo elsewhere was last worked by. */
async function hubOf(found: FoundRoot, from: string): Promise<string | null> {
  if (found.type === "none") return await findHubAbove(from);
  return await findHubAbove(found.root) ?? await readHubPointer(found.root);
}

export async function reposOf(
  root: string,
  env: Readonly<Record<string, string>>,
): Promise<NamedHub> {
  const config = asHubConfig(await inspectConfig({ root, env }));
  const { manifest } = await inspectManifest(manifestPlace(root, config));
  return { root, repos: manifest.repos };
}

/** The refusal of a word that is neither a folder nor an id. */
export function noSuchRepo(word: string, folder: string, { root, repos }: NamedHub): CarError {
  const ids = repos.map((it) => it.id);
  const near = closest(word, ids);
  const known = ids.length === 0
    ? "It lists none yet; `car hub scan` looks for them."
    : `It lists ${idsWords(ids)}.`;
  return new CarError(
    "not_found",
    `${folder} does not exist, and the hub ${root} has no repo "${word}".`,
    { hint: near === undefined ? known : `Did you mean "${near}"? ${known}` },
  );
}

/** More would be no hint. */
const IDS_TOLD = 12;

/** `api, shop, web`, and for how many more there are `…`. */
export const idsWords = (ids: readonly string[]): string =>
  [...ids.slice(0, IDS_TOLD), ...(ids.length > IDS_TOLD ? ["…"] : [])].join(", ");

/** The repos in which CAR is set up, as many as a hint has room for. */
export async function readyIds({ repos }: NamedHub): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { id, root } of repos) {
    if (ids.length > IDS_TOLD) break;
    if (await exists(repoPaths(root).config)) ids.push(id);
  }
  return ids;
}
