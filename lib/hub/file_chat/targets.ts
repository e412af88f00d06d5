/** The files that file chats are about: found, read, and written when nobody else has changed them. */

import { CarError } from "../../base/errors.ts";
import { CONTEXT_KINDS, readContextFile, writeContextFile } from "../../control/contextspace.ts";
import { etagOf } from "../../control/etag.ts";
import { writeFileAtomic } from "../../control/files.ts";
import { readInside } from "../../control/inside_file.ts";
import { STATE_FOLDER } from "../../control/roots.ts";
import { changeTicket } from "../../control/ticket_edit.ts";
import { requireTicket } from "../../control/ticket_file.ts";
import type { RepoDesk } from "../fleet/desk.ts";
import { notePersonMark } from "../person_mark.ts";
import { judgeText, requireTicketFiles, ticketNameOf } from "../ticket_desk.ts";
import { type EditedDoc, requireWhole, todoDocs, type WholeDoc, writeWhole } from "../todo_docs.ts";
import { DRAFT_BYTES_MAX, type DraftTarget } from "./draft.ts";

/** A text as it stands. */
export interface TextNow {
  readonly text: string;
  readonly etag: string;
}

export interface TargetFile extends TextNow {
  /** As it is kept: a ticket by its id, a file by its real path. */
  readonly target: DraftTarget;
  /** Relative to the repo. */
  readonly path: string;
  readonly name: string;
  /** A ticket's own agent; null where there is none. */
  readonly agent: string | null;
}

/** The writer: for the journal, when a ticket's `done` is changed by it. */
export interface Writer {
  readonly by: string;
  readonly atMs: number;
}

export type Written =
  | { readonly type: "written"; readonly etag: string }
  /** It is another text than the writer knew; null when it is gone. Nothing was written. */
  | { readonly type: "moved"; readonly current: TextNow | null };

/** In place of an etag: whatever stands there. */
export const ANY_ETAG = "*";

const now = (text: string): TextNow => ({ text, etag: etagOf(text) });
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/**
 * @param asked A ticket also by number or file name, a file by any path that leads to it.
 * @throws {CarError} `not_found`; `invalid` for a file that cannot be worked on; `conflict` for a number
 * that two tickets have, and for boxes of a list.
 */
export function lookUp(desk: RepoDesk, asked: DraftTarget): Promise<TargetFile> {
  if ("ticket" in asked) return findTicket(desk, asked.ticket);
  if ("doc" in asked) return findOlder(desk, asked.doc);
  return "file" in asked ? findFile(desk, asked.file) : findDocument(desk, asked);
}

async function findTicket(desk: RepoDesk, asked: string): Promise<TargetFile> {
  await requireTicketFiles(desk);
  const name = await ticketNameOf(desk, asked);
  const { text } = requireTicket(Deno.realPathSync(desk.paths.root), desk.paths.tickets, name);
  const ticket = (await desk.queue()).tickets.find((it) => it.name === name) ?? null;
  return {
    ...now(text),
    target: { ticket: ticket?.id ?? name },
    path: relative(desk, `${desk.paths.tickets}/${name}`),
    name,
    agent: ticket?.agent ?? null,
  };
}

async function findDocument(
  desk: RepoDesk,
  target: Extract<DraftTarget, { workspace: unknown }>,
): Promise<TargetFile> {
  const { path, text } = await readContextFile(desk.paths, target.workspace);
  return { ...now(text), target, path: relative(desk, path), name: nameOf(path), agent: null };
}

async function findOlder(desk: RepoDesk, doc: EditedDoc): Promise<TargetFile> {
  const { relative: path, text } = await requireOlder(desk, doc);
  return { ...now(text), target: { doc }, path, name: nameOf(path), agent: null };
}

/** @throws {CarError} `conflict` where the queue is ticket files; `invalid` for one that cannot be used. */
async function requireOlder(desk: RepoDesk, doc: EditedDoc): Promise<WholeDoc> {
  const config = await desk.config();
  if (config.queue === "todo") return requireWhole(todoDocs(desk.paths, config), doc);
  throw new CarError(
    "conflict",
    "The queue of this repo is ticket files: it has no older documents.",
    {
      hint: "Set `queue: todo` in the config to work them, or name a file by its path.",
    },
  );
}

async function findFile(desk: RepoDesk, asked: string): Promise<TargetFile> {
  const found = await readFile(desk, asked);
  if (found === null) throw new CarError("not_found", `There is no file ${asked} in this repo.`);
  return {
    ...now(found.text),
    target: { file: found.relative },
    path: found.relative,
    name: nameOf(found.relative),
    agent: null,
  };
}

const relative = ({ paths }: RepoDesk, path: string): string =>
  path.slice(paths.root === "/" ? 1 : paths.root.length + 1);

/** Null when it is not there. */
async function readFile({ paths }: RepoDesk, asked: string) {
  const found = await readInside(paths.root, asked, DRAFT_BYTES_MAX);
  if (found.type === "missing") return null;
  if (found.type === "refused") {
    throw new CarError("invalid", `${asked} cannot be worked on: ${found.why}.`);
  }
  const own = found.relative.split("/").find((part) => NOT_FILES.includes(part.toLowerCase()));
  if (own === undefined) return found;
  throw new CarError("invalid", `${asked} cannot be worked on: it lies in ${own}.`, {
    hint: `Tickets and the documents ${
      Object.keys(CONTEXT_KINDS).join(", ")
    } are targets of their own.`,
  });
}

/** What lies in these says how git and CAR work. */
const NOT_FILES = [".git", STATE_FOLDER];

/**
 * Replaces the text of a target.
 * @param etag Of the text that the writer knows, or `ANY_ETAG`: looked at in the moment of the writing.
 * @throws {CarError} as `lookUp`; `unavailable` when the disk says no.
 */
export function writeTarget(
  desk: RepoDesk,
  target: DraftTarget,
  text: string,
  etag: string,
  writer: Writer,
): Promise<Written> {
  const fits = (found: string) => etag === ANY_ETAG || etagOf(found) === etag;
  if ("ticket" in target) return writeTicket(desk, target.ticket, text, fits, writer);
  if ("doc" in target) return writeOlder(desk, target.doc, text, fits);
  if ("file" in target) return writeFile(desk, target.file, text, fits);
  return writeDocument(desk, target, text, fits);
}

type Fits = (found: string) => boolean;

const moved = (text: string): Written => ({ type: "moved", current: now(text) });
const GONE: Written = { type: "moved", current: null };
const written = (text: string): Written => ({ type: "written", etag: etagOf(text) });

async function writeTicket(
  desk: RepoDesk,
  ticket: string,
  text: string,
  fits: Fits,
  { by, atMs }: Writer,
): Promise<Written> {
  try {
    const name = await ticketNameOf(desk, ticket);
    const seen = { text: "" };
    await changeTicket(desk.paths, name, (found) => {
      seen.text = found;
      return fits(found) ? text : found;
    });
    if (!fits(seen.text)) return moved(seen.text);
    const [before, after] = [
      (await judgeText(desk, name, seen.text)).ticket,
      (await judgeText(desk, name, text)).ticket,
    ];
    // A run at work must not take the person's word for an agent's claim.
    if (after !== null && after.done !== (before?.done ?? false)) {
      await notePersonMark(desk.paths, { ticketId: after.id, done: after.done, by }, atMs);
    }
    return written(text);
  } catch (thrown) {
    if (thrown instanceof CarError && thrown.code === "not_found") return GONE;
    throw thrown;
  }
}

async function writeFile(
  desk: RepoDesk,
  file: string,
  text: string,
  fits: Fits,
): Promise<Written> {
  const found = await readFile(desk, file);
  if (found === null) return GONE;
  if (!fits(found.text)) return moved(found.text);
  await writeFileAtomic(found.path, text);
  return written(text);
}

async function writeDocument(
  { paths }: RepoDesk,
  { workspace }: Extract<DraftTarget, { workspace: unknown }>,
  text: string,
  fits: Fits,
): Promise<Written> {
  const found = await readContextFile(paths, workspace);
  if (!fits(found.text)) return moved(found.text);
  await writeContextFile(paths, workspace, text, null);
  return written(text);
}

async function writeOlder(
  desk: RepoDesk,
  doc: EditedDoc,
  text: string,
  fits: Fits,
): Promise<Written> {
  const found = await requireOlder(desk, doc);
  if (!fits(found.text)) return moved(found.text);
  await writeWhole(found, text);
  return written(text);
}
