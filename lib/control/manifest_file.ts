/** The manifest's file: read with all that is wrong with it, and changed so that no writer loses another's edit. */

import { CarError } from "../base/errors.ts";
import type { Manifest, ManifestEdit } from "./manifest.ts";

/** Where a hub's manifest lies. */
export interface ManifestPlace {
  /** Absolute. Relative paths in the file begin here. */
  readonly hubRoot: string;
  /** Absolute path of the file. */
  readonly file: string;
}

/** One thing wrong with a manifest. */
export interface ManifestProblem {
  /** Relative to the hub. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** `repos[2].path`; null when the file as a whole is meant. */
  readonly key: string | null;
  /** What was found and what is allowed, in one or two sentences. */
  readonly message: string;
}

export interface InspectedManifest {
  /** The entries that can be used. */
  readonly manifest: Manifest;
  readonly problems: readonly ManifestProblem[];
}

/** The manifest as far as it can be read. A missing file is an empty list. @throws {CarError} `unavailable`. */
export function inspectManifest(_place: ManifestPlace): Promise<InspectedManifest> {
  return Promise.reject(new CarError("internal", "This is not there yet."));
}

/** @throws {CarError} `invalid` with all problems, each with file and line; `unavailable`. */
export function readManifest(_place: ManifestPlace): Promise<Manifest> {
  return Promise.reject(new CarError("internal", "This is not there yet."));
}

/**
 * Changes the manifest as `decide` says, which is asked again when another process changed the file
 * meanwhile. An empty list of edits writes nothing. Comments, order and spacing of the file stay.
 *
 * @returns The manifest as it is then.
 * @throws {CarError} `invalid` when the file has problems (it is not rewritten then) or an edit would
 * make one, `not_found` for an unknown id, `timeout` when other writers do not let it through,
 * `unavailable`; and what `decide` throws.
 */
export function editManifest(
  _place: ManifestPlace,
  _decide: (manifest: Manifest) => readonly ManifestEdit[] | Promise<readonly ManifestEdit[]>,
): Promise<Manifest> {
  return Promise.reject(new CarError("internal", "This is not there yet."));
}
