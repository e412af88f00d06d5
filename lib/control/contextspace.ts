/** The three documents every prompt carries, and the files a ticket asks for besides. */

import { CarError } from "../base/errors.ts";
import { byteLength, byteSize } from "../base/text.ts";
import type { ContextRequest } from "../engine/ticket.ts";
import { type BoundedText, readBounded } from "./bounded_file.ts";
import { etagOf } from "./etag.ts";
import { ensureDir, writeFileAtomic } from "./files.ts";
import { type ContextspacePaths, contextspacePaths, type RepoPaths } from "./roots.ts";

/** The documents in the order of the prompt. */
export const CONTEXT_KINDS = {
  active_context: { file: "activeContext", title: "Active context", about: "What is going on now" },
  decisions: { file: "decisions", title: "Decisions", about: "What was decided, and why" },
  spec: { file: "spec", title: "Spec", about: "What is to be built" },
} as const satisfies Record<
  string,
  { file: Exclude<keyof ContextspacePaths, "folder">; title: string; about: string }
>;
export type ContextKind = keyof typeof CONTEXT_KINDS;

export const isContextKind = (word: string): word is ContextKind =>
  Object.hasOwn(CONTEXT_KINDS, word);

/** A document or file as it goes into a prompt. */
export interface ContextText {
  /** Relative to the repo. */
  readonly path: string;
  /** Empty when there is none. */
  readonly text: string;
  readonly bytes: number;
  readonly leftOutBytes: number;
  /** Why it is not there, as a sentence; null when it is. */
  readonly problem: string | null;
}

export interface ContextDoc extends ContextText {
  readonly kind: ContextKind;
}

const kinds = (): readonly ContextKind[] => Object.keys(CONTEXT_KINDS).filter(isContextKind);

/** The three documents, each at most `bytesMax` bytes. A document that is missing is empty. */
export async function readContextspace(
  repo: RepoPaths,
  bytesMax: number,
): Promise<readonly ContextDoc[]> {
  const paths = await contextspacePaths(repo);
  return kinds().map((kind) => {
    const path = relative(repo.root, paths[CONTEXT_KINDS[kind].file]);
    const found = readBounded(repo.root, path, bytesMax);
    const text = asContext(path, found);
    return { kind, ...text, problem: found.type === "missing" ? null : text.problem };
  });
}

const relative = (root: string, path: string): string =>
  path.slice(root === "/" ? 1 : root.length + 1);

function asContext(path: string, found: BoundedText): ContextText {
  const none = { path, text: "", bytes: 0, leftOutBytes: 0 };
  switch (found.type) {
    case "text":
      return { path, ...pick(found), problem: null };
    case "missing":
      return { ...none, problem: `${path} does not exist.` };
    case "refused":
      return { ...none, problem: `${path} cannot be used: ${found.why}.` };
  }
}

const pick = ({ text, bytes, leftOutBytes }: Extract<BoundedText, { type: "text" }>) => ({
  text,
  bytes,
  leftOutBytes,
});

/** A document longer than this is no context for anyone. */
export const CONTEXT_BYTES_MAX = 1024 * 1024;

/** A document as a whole, with a mark of its content for the next write. */
export interface ContextFile {
  readonly kind: ContextKind;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly etag: string;
}

/**
 * A document as a whole; empty when it is missing.
 * @throws {CarError} `invalid` when it is longer than 1 MiB, not UTF-8, or a link out of the repo.
 */
export async function readContextFile(repo: RepoPaths, kind: ContextKind): Promise<ContextFile> {
  const path = (await contextspacePaths(repo))[CONTEXT_KINDS[kind].file];
  const found = readBounded(repo.root, relative(repo.root, path), CONTEXT_BYTES_MAX);
  if (found.type === "refused") {
    throw new CarError("invalid", `${path} cannot be used: ${found.why}.`);
  }
  if (found.type === "text" && found.leftOutBytes > 0) throw tooLong(kind, found.bytes);
  const text = found.type === "text" ? found.text : "";
  return { kind, path, text, etag: etagOf(text) };
}

function tooLong(kind: ContextKind, bytes: number): CarError {
  const allowed = byteSize(CONTEXT_BYTES_MAX);
  return new CarError("invalid", `${kind} has ${byteSize(bytes)}; ${allowed} are allowed.`);
}

/**
 * Replaces a document.
 * @param etag Of the text the change was made on; null writes whatever is there.
 * @returns The new etag.
 * @throws {CarError} `conflict` when it changed meanwhile, `invalid` when it is longer than 1 MiB.
 */
export async function writeContextFile(
  repo: RepoPaths,
  kind: ContextKind,
  text: string,
  etag: string | null,
): Promise<string> {
  const bytes = byteLength(text);
  if (bytes > CONTEXT_BYTES_MAX) throw tooLong(kind, bytes);
  const found = etag === null ? null : await readContextFile(repo, kind);
  if (found !== null && found.etag !== etag) {
    throw new CarError("conflict", `${kind} was changed meanwhile.`, {
      hint: "Read it again and make the change on the new text.",
    });
  }
  const paths = await contextspacePaths(repo);
  await ensureDir(paths.folder);
  await writeFileAtomic(paths[CONTEXT_KINDS[kind].file], text);
  return etagOf(text);
}

export interface RequestedContext {
  /** In the order asked for, those that could not be had included. */
  readonly files: readonly ContextText[];
  /** One sentence for each required file that could not be had: the ticket cannot start. */
  readonly missing: readonly string[];
}

/**
 * The files a ticket asks for under `context`.
 * @param bytesMax Of a file that names no `max_bytes` itself.
 */
export function readRequested(
  repo: RepoPaths,
  requests: readonly ContextRequest[],
  bytesMax: number,
): RequestedContext {
  const read = requests.map((request) => {
    const found = readBounded(repo.root, request.path, request.maxBytes ?? bytesMax);
    return { request, text: asContext(request.path, found) };
  });
  return {
    files: read.map(({ text }) => text),
    missing: read.flatMap(({ request, text }) =>
      request.required && text.problem !== null ? [text.problem] : []
    ),
  };
}
