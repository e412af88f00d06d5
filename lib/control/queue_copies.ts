/**
 * What a worktree's copy of the queue looked like when it and the repo's own queue were last the same,
 * ticket by ticket: so that each side's changes since can be told apart. One JSON file in the base repo.
 */

import { createHash } from "node:crypto";
import { CarError } from "../base/errors.ts";
import { ensureDir, exists, readTextStrict, removeFile, writeFileAtomic } from "./files.ts";
import type { RepoPaths } from "./roots.ts";

/** Fingerprints of a ticket's text on each side. */
export interface CopiedTicket {
  readonly base: string;
  readonly copy: string;
}

/** By the ticket's file name in the worktree. */
export type QueueCopy = Readonly<Record<string, CopiedTicket>>;

type Paths = Pick<RepoPaths, "worktreeRecords">;

const VERSION = 1;
/** Some ten thousand tickets. */
const BYTES_MAX = 4 * 1024 * 1024;

const folderOf = (paths: Paths): string => `${paths.worktreeRecords}/queues`;
const fileOf = (paths: Paths, id: string): string => `${folderOf(paths)}/${id}.json`;

export const ticketPrint = (text: string): string =>
  createHash("sha256").update(text).digest("hex");

/** Empty when nothing was copied yet. @throws {CarError} `damaged` when the file is none of CAR's. */
export async function readQueueCopy(paths: Paths, id: string): Promise<QueueCopy> {
  const file = fileOf(paths, id);
  if (!await exists(file)) return {};
  const { text } = await readTextStrict(file, { maxBytes: BYTES_MAX });
  const copy = decode(text);
  if (copy !== null) return copy;
  throw new CarError("damaged", `${file} does not tell what was copied into a worktree.`, {
    hint: "Remove it: tickets that differ on both sides then stay as they are.",
  });
}

export async function writeQueueCopy(paths: Paths, id: string, tickets: QueueCopy): Promise<void> {
  await ensureDir(folderOf(paths));
  const text = JSON.stringify({ version: VERSION, tickets }, null, 2);
  await writeFileAtomic(fileOf(paths, id), `${text}\n`);
}

export async function removeQueueCopy(paths: Paths, id: string): Promise<void> {
  await removeFile(fileOf(paths, id));
}

function decode(text: string): QueueCopy | null {
  try {
    const { version, tickets } = JSON.parse(text) as Record<string, unknown>;
    if (version !== VERSION || typeof tickets !== "object" || tickets === null) return null;
    const rows = Object.entries(tickets);
    return rows.every(([, it]) => isCopied(it)) ? Object.fromEntries(rows) : null;
  } catch {
    return null;
  }
}

function isCopied(value: unknown): value is CopiedTicket {
  if (typeof value !== "object" || value === null) return false;
  const { base, copy } = value as Record<string, unknown>;
  return typeof base === "string" && typeof copy === "string";
}
