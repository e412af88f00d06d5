/**
 * `hub_state.json`: the hub's list as it was last seen, so that a page has something to show before
 * every repo was looked at. Nothing depends on it: damaged or missing, it is made anew.
 */

import { CarError } from "../base/errors.ts";

/** A repo as it was last seen. What the list shows besides is read from the repo itself. */
export interface SavedRepo {
  readonly id: string;
  /** As the manifest has it. */
  readonly path: string;
  readonly displayName: string;
  /** `IDLE`, `RUNNING` …, as the list shows it. */
  readonly status: string;
  /** One sentence. */
  readonly reason: string;
  readonly initError: string | null;
  readonly sinceMs: number | null;
  readonly lastRun: {
    readonly id: string;
    readonly status: string;
    readonly startedMs: number;
    readonly endedMs: number | null;
  } | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly dirty: boolean | null;
  readonly attention: number;
  readonly lastActivityMs: number | null;
}

export interface HubState {
  /** When the folders were last looked through; null: never. */
  readonly lastScanMs: number | null;
  readonly repos: readonly SavedRepo[];
}

export interface ReadHubState {
  readonly state: HubState;
  /** Where a file that could not be read was put; null when all is well. */
  readonly setAside: string | null;
}

/**
 * The state that was saved; empty when there is none, or none that can be read: that file is moved to
 * the archive. A file of a newer CAR is empty too, and stays.
 *
 * @throws {CarError} `unavailable` when the disk says no.
 */
export function readHubState(_hubRoot: string, _nowMs: number): Promise<ReadHubState> {
  return Promise.reject(new CarError("internal", "This is not there yet."));
}

/** Writes the state, whole or not at all. @throws {CarError} `unavailable`. */
export function writeHubState(_hubRoot: string, _state: HubState): Promise<void> {
  return Promise.reject(new CarError("internal", "This is not there yet."));
}
