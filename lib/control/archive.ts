/** What was taken out of a repo's use and kept: tickets, worktrees, state of older or damaged journals. */

import { CarError } from "../base/errors.ts";
import { ensureDir, exists, fileError, moveFile, readTextStrict } from "./files.ts";
import type { RepoPaths } from "./roots.ts";
import { digitsOf, numberOf, ticketNames } from "./ticket_edit.ts";
import { TICKET_BYTES_MAX } from "./ticket_file.ts";
import { parseTicketName, ticketName } from "./ticket_name.ts";

export const ARCHIVE_KINDS = {
  ticket: "A ticket that was taken out of the queue.",
  worktree: "The tickets and runs of a worktree that was cleaned up.",
  damaged: "State that could not be read.",
  older: "State of an older CAR.",
} as const satisfies Record<string, string>;
export type ArchiveKind = keyof typeof ARCHIVE_KINDS;

export interface ArchiveEntry {
  readonly kind: ArchiveKind;
  /** Relative to the archive. */
  readonly path: string;
  /** When it was put there: of the file or folder. */
  readonly atMs: number;
  /** Null for a folder. */
  readonly bytes: number | null;
}

/** Entries that are listed at most. */
const ENTRIES_MAX = 2_000;

/** Newest first. */
export async function listArchive(paths: RepoPaths): Promise<readonly ArchiveEntry[]> {
  const top = await entriesOf(paths.archive);
  const found: ArchiveEntry[] = [];
  for (const name of top) {
    if (name === "tickets") found.push(...await within(paths, "ticket", "tickets"));
    else if (name === "worktrees") {
      for (const id of await entriesOf(`${paths.archive}/worktrees`)) {
        found.push(...await within(paths, "worktree", `worktrees/${id}`));
      }
    } else if (name === "damaged") found.push(...await within(paths, "damaged", "damaged"));
    else found.push(await entry(paths, "older", name));
  }
  return found.sort((a, b) => b.atMs - a.atMs).slice(0, ENTRIES_MAX);
}

async function within(
  paths: RepoPaths,
  kind: ArchiveKind,
  folder: string,
): Promise<readonly ArchiveEntry[]> {
  const names = await entriesOf(`${paths.archive}/${folder}`);
  return await Promise.all(names.map((name) => entry(paths, kind, `${folder}/${name}`)));
}

async function entry(paths: RepoPaths, kind: ArchiveKind, path: string): Promise<ArchiveEntry> {
  const info = await Deno.lstat(`${paths.archive}/${path}`);
  const atMs = (info.ctime ?? info.mtime ?? new Date(0)).getTime();
  return { kind, path, atMs, bytes: info.isFile ? info.size : null };
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  if (!await exists(folder)) return [];
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
      !name.startsWith(".")
    );
  } catch (thrown) {
    throw fileError("look into", folder, thrown);
  }
}

/** The text of an archived ticket. @throws {CarError} `not_found`. */
export async function readArchivedTicket(paths: RepoPaths, name: string): Promise<string> {
  requireArchived(name);
  const path = `${paths.archivedTickets}/${name}`;
  if (!await exists(path)) throw new CarError("not_found", `The archive has no ticket ${name}.`);
  return (await readTextStrict(path, { maxBytes: TICKET_BYTES_MAX })).text;
}

/**
 * Puts an archived ticket back behind the last one.
 * @returns Its name in the queue.
 * @throws {CarError} `not_found`.
 */
export async function restoreTicket(paths: RepoPaths, name: string): Promise<string> {
  const parsed = requireArchived(name);
  const from = `${paths.archivedTickets}/${name}`;
  if (!await exists(from)) throw new CarError("not_found", `The archive has no ticket ${name}.`);
  await ensureDir(paths.tickets);
  const names = await ticketNames(paths);
  const isFree = names.every((it) => numberOf(it) !== parsed.number);
  const number = isFree ? parsed.number : numberOf(names.at(-1) ?? "") + 1;
  // A second ticket of a name was archived with a number behind it: `TICKET-003-x.2.md`.
  const suffix = parsed.suffix.replace(/\.\d+$/, "");
  const to = ticketName(number, suffix, digitsOf(names));
  await moveFile(from, `${paths.tickets}/${to}`);
  return to;
}

function requireArchived(name: string) {
  const parsed = name.includes("/") ? null : parseTicketName(name);
  if (parsed === null) throw new CarError("not_found", `${name} is no name of a ticket.`);
  return parsed;
}
