/** The documents of the older queue: where they lie, and what of them can be read. */

import { CarError } from "../base/errors.ts";
import { byteSize } from "../base/text.ts";
import { type BoundedText, readBounded } from "../control/bounded_file.ts";
import type { RepoConfig } from "../control/config.ts";
import { CONTEXT_BYTES_MAX } from "../control/contextspace.ts";
import { ensureDir, writeFileAtomic } from "../control/files.ts";
import type { RepoPaths } from "../control/roots.ts";

export type TodoDoc = keyof RepoConfig["docs"];

/** Those that people edit. */
export const EDITED_DOCS = [
  "todo",
  "progress",
  "opinions",
  "spec",
] as const satisfies readonly TodoDoc[];
export type EditedDoc = typeof EDITED_DOCS[number];

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

export interface WholeDoc {
  /** Absolute. */
  readonly path: string;
  readonly relative: string;
  /** Empty when there is no file yet. */
  readonly text: string;
}

/** A document as it can be edited. @throws {CarError} `invalid` for one that cannot be, and why. */
export function requireWhole(docs: TodoDocs, doc: EditedDoc): WholeDoc {
  const [relative, found] = [docs.relative(doc), docs.read(doc)];
  if (found.type === "refused") {
    throw new CarError("invalid", `${relative} cannot be used: ${found.why}.`);
  }
  if (found.type === "text" && found.leftOutBytes > 0) {
    throw new CarError("invalid", `${relative} has ${byteSize(found.bytes)}.`, {
      hint: `${byteSize(CONTEXT_BYTES_MAX)} can be edited here.`,
    });
  }
  return { path: docs.path(doc), relative, text: found.type === "text" ? found.text : "" };
}

/** @throws {CarError} `unavailable` when the disk says no. */
export async function writeWhole({ path }: Pick<WholeDoc, "path">, text: string): Promise<void> {
  await ensureDir(path.slice(0, path.lastIndexOf("/")));
  await writeFileAtomic(path, text);
}
