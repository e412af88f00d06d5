/** The documents of the older queue: where they lie, and what of them can be read. */

import { type BoundedText, readBounded } from "../control/bounded_file.ts";
import type { RepoConfig } from "../control/config.ts";
import { CONTEXT_BYTES_MAX } from "../control/contextspace.ts";
import type { RepoPaths } from "../control/roots.ts";

export type TodoDoc = keyof RepoConfig["docs"];

export interface TodoDocs {
  /** Absolute. */
  path(doc: TodoDoc): string;
  /** As the repo's own files name it. */
  relative(doc: TodoDoc): string;
  /** Refused when it lies outside the repo. */
  read(doc: TodoDoc): BoundedText;
}

export function todoDocs({ root }: Pick<RepoPaths, "root">, { docs }: RepoConfig): TodoDocs {
  const relative = (doc: TodoDoc) =>
    docs[doc].startsWith(`${root}/`) ? docs[doc].slice(root.length + 1) : docs[doc];
  const path = (doc: TodoDoc) => docs[doc].startsWith("/") ? docs[doc] : `${root}/${docs[doc]}`;
  return {
    path,
    relative,
    read: (doc) =>
      relative(doc).startsWith("/")
        ? { type: "refused", why: "it lies outside the repo" }
        : readBounded(root, relative(doc), CONTEXT_BYTES_MAX),
  };
}
