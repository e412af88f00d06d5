/** The running hub that works a repo, for those who stand in the repo: commands go through it. */

import { CarError } from "../base/errors.ts";
import { asHubConfig, loadConfig } from "../control/config.ts";
import { lookAtLock } from "../control/lock.ts";
import { inspectManifest, manifestPlace } from "../control/manifest_file.ts";
import { findHubAbove, hubPaths, repoPaths } from "../control/roots.ts";
import { readHubPointer } from "./hub_pointer.ts";
import { openServerClient, type ServerClient } from "./server_client.ts";
import { findServer, type ServerPlace } from "./server_note.ts";

export interface ServingHub {
  /** Absolute. */
  readonly root: string;
  /** The repo's id in its manifest. */
  readonly repo: string;
  readonly place: ServerPlace;
  /** @param by Who calls, for the journal: `cli:anna`. */
  client(by: string): ServerClient;
  /** Whether it still runs. */
  isUp(): boolean;
}

type Environment = Readonly<Record<string, string>>;

/**
 * The hub above the repo, or the one its note points to. Where both list it, the one that works it now
 * goes first, else the one above.
 *
 * @param root The repo's top folder, absolute.
 * @returns Null: no such hub lists it, or none runs: who stands in the repo works it alone.
 * @throws {CarError} `locked` for a hub that runs and does not say where it answers; `invalid` for its config.
 */
export async function findServingHub(
  root: string,
  environment: Environment,
): Promise<ServingHub | null> {
  const [above, pointed] = [await findHubAbove(root), await readHubPointer(root)];
  const roots = new Set([above, pointed].filter((it) => it !== null));
  const found: ServingHub[] = [];
  for (const hub of roots) {
    const serving = await servingAt(hub, root, environment);
    if (serving !== null) found.push(serving);
  }
  const sight = found.length > 1 ? lookAtLock(repoPaths(root).lock) : null;
  const worker = sight?.type === "busy" ? sight.holder?.pid : undefined;
  return found.find((it) => it.place.pid === worker) ?? found[0] ?? null;
}

/** Whether this hub runs and lists the repo. @throws {CarError} `invalid` for its config. */
export async function isServedBy(
  hubRoot: string,
  root: string,
  environment: Environment,
): Promise<boolean> {
  const isUp = lookAtLock(hubPaths(hubRoot).lock).type === "busy";
  return isUp && (await listedAt(hubRoot, root, environment)) !== null;
}

/** The hub's entry of the repo, with its config. */
async function listedAt(hubRoot: string, root: string, environment: Environment) {
  const config = asHubConfig(await loadConfig({ root: hubRoot, env: environment }));
  const { manifest } = await inspectManifest(manifestPlace(hubRoot, config));
  const entry = manifest.repos.find((it) => it.enabled && isSameFolder(it.root, root));
  return entry === undefined ? null : { config, id: entry.id };
}

async function servingAt(
  hubRoot: string,
  root: string,
  environment: Environment,
): Promise<ServingHub | null> {
  const paths = hubPaths(hubRoot);
  const isUp = () => lookAtLock(paths.lock).type === "busy";
  if (!isUp()) return null;
  const listed = await listedAt(hubRoot, root, environment);
  if (listed === null) return null;
  const place = await findServer(paths.state);
  if (place === null) throw silent(hubRoot);
  const { config } = listed;
  const facts = { place, tokenPath: paths.token, ownToken: config.server.auth_token };
  return {
    root: hubRoot,
    repo: listed.id,
    place,
    client: (by) => openServerClient({ ...facts, by }),
    isUp,
  };
}

/** The refusal where a hub holds its lock and cannot be asked. */
export function silent(hubRoot: string, cause?: unknown): CarError {
  const sight = lookAtLock(hubPaths(hubRoot).lock);
  const pid = sight.type === "busy" ? sight.holder?.pid ?? null : null;
  const who = pid === null ? "" : ` (process ${pid})`;
  return new CarError("locked", `The hub ${hubRoot} runs${who}, and does not answer.`, {
    hint: pid === null
      ? "Wait a moment and try again; it may be starting or ending."
      : `Wait a moment, since it may be starting or ending; else end it with "kill ${pid}" and try again.`,
    cause,
  });
}

function isSameFolder(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return Deno.realPathSync(a) === Deno.realPathSync(b);
  } catch {
    return false;
  }
}
