/** The running hub that works a repo, for those who stand in the repo: commands go through it. */

import { CarError } from "../base/errors.ts";
import { asHubConfig, loadConfig } from "../control/config.ts";
import { lookAtLock } from "../control/lock.ts";
import { inspectManifest, manifestPlace } from "../control/manifest_file.ts";
import { findHubAbove, hubPaths } from "../control/roots.ts";
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

/**
 * @param root The repo's top folder, absolute.
 * @returns Null: no hub above lists it, or none runs: who stands in the repo works it alone.
 * @throws {CarError} `locked` for a hub that runs and does not say where it answers; `invalid` for its config.
 */
export async function findServingHub(
  root: string,
  environment: Readonly<Record<string, string>>,
): Promise<ServingHub | null> {
  const hubRoot = await findHubAbove(root);
  if (hubRoot === null) return null;
  const paths = hubPaths(hubRoot);
  const isUp = () => lookAtLock(paths.lock).type === "busy";
  if (!isUp()) return null;
  const config = asHubConfig(await loadConfig({ root: hubRoot, env: environment }));
  const { manifest } = await inspectManifest(manifestPlace(hubRoot, config));
  const listed = manifest.repos.find((it) => it.enabled && isSameFolder(it.root, root));
  if (listed === undefined) return null;
  const place = await findServer(paths.state);
  if (place === null) throw silent(hubRoot);
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
