/** Where a fleet's repos come from: a hub's manifest and folders, or the one repo CAR was started in. */

import type { ListedRepo } from "./row_of.ts";

export interface SourcedRepo {
  readonly listed: ListedRepo;
  /** Why it could not be initialised; null where it was, or was not tried. */
  readonly initError: string | null;
}

export interface SourcedList {
  /** In order. */
  readonly repos: readonly SourcedRepo[];
  /** What is wrong with the list, in sentences. Not empty: repos may be missing in it that were there. */
  readonly problems: readonly string[];
}

export interface RepoSource {
  /**
   * The list as it stands. Quick: no folder of a repo is looked into.
   * @throws {CarError} `unavailable`: what was known stays.
   */
  read(): Promise<SourcedList>;
  /** Looks through the folders first, and initialises what is new. Throws as `read`, and what the looking throws. */
  scan(): Promise<SourcedList>;
  /** Another text when the list may be another. */
  stamp(): string;
}

/** Exactly one repo, which needs no list. */
export function singleSource(listed: ListedRepo): RepoSource {
  const list = { repos: [{ listed, initError: null }], problems: [] };
  return {
    read: () => Promise.resolve(list),
    scan: () => Promise.resolve(list),
    stamp: () => "",
  };
}
