/**
 * The manifest: which repos a hub knows, and what it knows of each. Here are its words and the pure
 * questions about it; manifest_decode.ts reads the text, manifest_edit.ts changes it,
 * manifest_file.ts holds the file.
 */

import type { Destination } from "./destination.ts";

/** The file's own version, which CAR writes into new ones. 1 and 2 have fewer keys and load as they are. */
export const MANIFEST_VERSION = 3;
export const MANIFEST_VERSIONS = [1, 2, 3] as const;

/** The longest manifest: some thousand repos. */
export const MANIFEST_BYTES_MAX = 262_144;

export type RepoKind = "base" | "worktree";

/** One repo of the list. Nothing here says whether its folder is there. */
export interface ManifestRepo {
  /** Stable: it stays when the folder is renamed. */
  readonly id: string;
  /** Relative to the hub when it lies inside, else absolute. Without `.`, `..` and `//`. */
  readonly path: string;
  /** The same, absolute, without `.` and `//`; links are not followed. */
  readonly root: string;
  /** The folder's name unless the file says another. */
  readonly displayName: string;
  /** Whether the hub looks at it and runs it. */
  readonly enabled: boolean;
  /** Whether the hub starts its run by itself. */
  readonly autoRun: boolean;
  readonly kind: RepoKind;
  /** The id of the repo a worktree belongs to. It may be that of a repo the hub does not know. */
  readonly worktreeOf: string | null;
  readonly branch: string | null;
  /** Shell commands that make a new worktree of it ready. */
  readonly setup: readonly string[];
  /** Null: the file says nothing, so its base or the config decides. */
  readonly destination: Destination | null;
  /** Where its entry begins, 1-based; 0 in a list that is not from a file. */
  readonly line: number;
}

export interface Manifest {
  readonly version: number;
  /** In the file's order. */
  readonly repos: readonly ManifestRepo[];
  /** Of the file's bytes, sha256 in hex; null when there is no file. Another hash is another manifest. */
  readonly hash: string | null;
}

/** What a new entry says. Keys that are left out are not written. */
export interface NewRepo {
  readonly id: string;
  /** As it is to stand in the file: see `pathInHub`. */
  readonly path: string;
  readonly enabled?: boolean;
  readonly autoRun?: boolean;
  readonly kind?: RepoKind;
  readonly worktreeOf?: string;
  readonly branch?: string;
  readonly displayName?: string;
  readonly setup?: readonly string[];
}

/** Keys of an entry that may be changed later. `null` takes the key away. */
export interface RepoChanges {
  readonly enabled?: boolean;
  readonly autoRun?: boolean;
  readonly kind?: RepoKind;
  readonly worktreeOf?: string | null;
  readonly branch?: string | null;
  readonly displayName?: string | null;
  readonly setup?: readonly string[] | null;
  /** Plain data, as `decodeDestination` takes it: `local`, or a map. */
  readonly destination?: unknown;
}

export type ManifestEdit =
  /** Behind the last entry. */
  | { readonly type: "add"; readonly repo: NewRepo }
  | { readonly type: "set"; readonly id: string; readonly changes: RepoChanges }
  /** Takes the entry away, and the remarks inside it; no file of the repo is touched. */
  | { readonly type: "remove"; readonly id: string };

export const findRepo = (manifest: Manifest, id: string): ManifestRepo | undefined =>
  manifest.repos.find((repo) => repo.id === id);

/** The longest id; it is part of addresses and file names. */
const ID_LENGTH_MAX = 100;
const ID = /^[a-z0-9][a-z0-9._-]*$/i;

/** Whether a text can be a repo's id: letters, digits, `.`, `_` and `-`, the first a letter or digit. */
export const isRepoId = (text: string): boolean =>
  text.length <= ID_LENGTH_MAX && ID.test(text) && !text.includes("..");

/**
 * A folder's name as an id: letters that an id cannot have become `-`.
 * @returns `repo` for a name of which nothing is left.
 */
export function slug(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "");
  const words = plain.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/\.{2,}/g, ".");
  return words.replace(/^[-._]+/, "").slice(0, SLUG_LENGTH_MAX).replace(/[-._]+$/, "") || "repo";
}

/** Leaves room for the number that tells twins apart. */
const SLUG_LENGTH_MAX = 90;

/** The slug of a name, with `-2`, `-3` … when another has it. Upper and lower case are the same name. */
export function freshId(name: string, taken: Iterable<string>): string {
  const others = new Set([...taken].map((id) => id.toLowerCase()));
  const first = slug(name);
  for (let number = 1;; number++) {
    const id = number === 1 ? first : `${first}-${number}`;
    if (!others.has(id.toLowerCase())) return id;
  }
}

/** A folder as it stands in the manifest: relative to the hub when it lies inside, else absolute. */
export function pathInHub(hubRoot: string, root: string): string {
  if (root === hubRoot) return ".";
  const inside = hubRoot === "/" ? "/" : `${hubRoot}/`;
  return root.startsWith(inside) ? root.slice(inside.length) : root;
}
