/**
 * `hub_state.json`: the hub's list as it was last seen, so that a page has something to show before
 * every repo was looked at. Nothing depends on it: damaged or missing, it is made anew.
 */

import { CarError } from "../base/errors.ts";
import {
  decodeSavedRepo,
  encodeSavedRepo,
  isRecord,
  momentOf,
  type SavedRepo,
} from "./saved_repo.ts";
import { ensureDir, exists, moveFile, readTextStrict, writeFileAtomic } from "./files.ts";
import { hubPaths } from "./roots.ts";

export type { SavedRepo };

export interface HubState {
  /** When the folders were last looked through; null: never. */
  readonly lastScanMs: number | null;
  readonly repos: readonly SavedRepo[];
}

export interface ReadHubState {
  readonly state: HubState;
  /** Where a file that could not be read was put, relative to the hub; null when all is well. */
  readonly setAside: string | null;
}

/** Of the file's own form. */
const HUB_STATE_VERSION = 1;
/** Some ten thousand repos. */
const BYTES_MAX = 16 * 1024 * 1024;
/** It tells what people work on. */
const MODE = 0o600;

const NOTHING: HubState = { lastScanMs: null, repos: [] };

/**
 * The state that was saved; empty when there is none, or none that can be read: that file is moved to
 * the archive. A file of a newer CAR is empty too, and stays until it is written over.
 *
 * @throws {CarError} `unavailable` when the disk says no.
 */
export async function readHubState(hubRoot: string, nowMs: number): Promise<ReadHubState> {
  const { hubState } = hubPaths(hubRoot);
  let text: string;
  try {
    ({ text } = await readTextStrict(hubState, { maxBytes: BYTES_MAX }));
  } catch (thrown) {
    if (!(thrown instanceof CarError) || thrown.code === "unavailable") throw thrown;
    if (thrown.code === "not_found") return { state: NOTHING, setAside: null };
    return { state: NOTHING, setAside: await setAside(hubRoot, nowMs) };
  }
  const state = decode(text);
  if (state !== null) return { state, setAside: null };
  return { state: NOTHING, setAside: await setAside(hubRoot, nowMs) };
}

/** Writes the state, whole or not at all. @throws {CarError} `unavailable`. */
export async function writeHubState(hubRoot: string, state: HubState): Promise<void> {
  const { lastScanMs, repos } = state;
  const file = {
    version: HUB_STATE_VERSION,
    last_scan_at: lastScanMs === null ? null : new Date(lastScanMs).toISOString(),
    repos: repos.map(encodeSavedRepo),
  };
  await writeFileAtomic(hubPaths(hubRoot).hubState, `${JSON.stringify(file, null, 1)}\n`, MODE);
}

/** Null: it is no state at all. An entry that cannot be read is left out: it is seen again soon. */
function decode(text: string): HubState | null {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(found) || !Array.isArray(found["repos"])) return null;
  const { version = HUB_STATE_VERSION, last_scan_at: at, repos } = found;
  if (typeof version !== "number") return null;
  if (version > HUB_STATE_VERSION) return NOTHING;
  return {
    lastScanMs: momentOf(at),
    repos: repos.map(decodeSavedRepo).filter((repo) => repo !== null),
  };
}

/** Out of the way, byte for byte, under the time it was found. */
async function setAside(hubRoot: string, nowMs: number): Promise<string> {
  const paths = hubPaths(hubRoot);
  const stamp = new Date(nowMs).toISOString().replaceAll(":", "-").replace(/\.\d+Z$/, "Z");
  const folder = `${paths.damaged}/${stamp}`;
  await ensureDir(folder);
  for (let count = 1;; count++) {
    const to = `${folder}/hub_state${count === 1 ? "" : `-${count}`}.json`;
    if (await exists(to)) continue;
    await moveFile(paths.hubState, to);
    return to.slice(paths.root.length + 1);
  }
}
