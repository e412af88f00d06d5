/**
 * What CAR remembers of each worktree it made, one JSON file in the base repo. A record is written
 * before the first step of making or removing one and so is the journal of both: whoever finds it half
 * way knows what to finish or to undo.
 */

import { CarError } from "../base/errors.ts";
import { ensureDir, exists, readTextStrict, removeFile, writeFileAtomic } from "./files.ts";
import type { RepoPaths } from "./roots.ts";

/** How far a worktree is. */
export const WORKTREE_STATES = {
  making: "Git has not checked all of it out, or CAR has not set it up.",
  setup: "Its setup commands run, or were cut off.",
  setup_failed: "A setup command failed; it is kept, and can be set up again.",
  ready: "It can be worked in.",
  removing: "Its work is saved, and it is being removed.",
} as const satisfies Record<string, string>;
export type WorktreeState = keyof typeof WORKTREE_STATES;

/** `hub`: made by hand through the hub. `run`: made by `car run --worktree`. */
export type WorktreePurpose = "hub" | "run";

/** What is to be done while it is removed. */
export interface Removal {
  /** Where its tickets, runs and journal go; null: nowhere. */
  readonly archive: string | null;
  readonly deleteBranch: boolean;
}

export interface WorktreeRecord {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  readonly branch: string;
  readonly purpose: WorktreePurpose;
  readonly state: WorktreeState;
  /** Why its setup failed. */
  readonly reason: string | null;
  /** The commit it began at. */
  readonly from: string;
  /** Whether CAR made the branch. */
  readonly newBranch: boolean;
  readonly madeAtMs: number;
  readonly removal: Removal | null;
}

const VERSION = 1;
const RECORD_BYTES_MAX = 65_536;
const SUFFIX = ".json";

type Paths = Pick<RepoPaths, "worktreeRecords">;

const fileOf = (paths: Paths, id: string): string => `${paths.worktreeRecords}/${id}${SUFFIX}`;

/** All records, by id. @throws {CarError} `damaged` when a file is none of CAR's. */
export async function readWorktreeRecords(paths: Paths): Promise<readonly WorktreeRecord[]> {
  if (!await exists(paths.worktreeRecords)) return [];
  const names = [...Deno.readDirSync(paths.worktreeRecords)].map((it) => it.name);
  const records: WorktreeRecord[] = [];
  for (const name of names.filter((it) => it.endsWith(SUFFIX) && !it.startsWith(".")).sort()) {
    const record = await readWorktreeRecord(paths, name.slice(0, -SUFFIX.length));
    if (record !== null) records.push(record);
  }
  return records;
}

/** Null when there is none. @throws {CarError} `damaged` when the file is none of CAR's. */
export async function readWorktreeRecord(
  paths: Paths,
  id: string,
): Promise<WorktreeRecord | null> {
  const file = fileOf(paths, id);
  if (!await exists(file)) return null;
  const { text } = await readTextStrict(file, { maxBytes: RECORD_BYTES_MAX });
  const record = decode(text, id);
  if (record !== null) return record;
  throw new CarError("damaged", `${file} is no record of a worktree.`, {
    hint: "Look at it; if you remove it, CAR takes the worktree for one of yours.",
  });
}

export async function writeWorktreeRecord(paths: Paths, record: WorktreeRecord): Promise<void> {
  await ensureDir(paths.worktreeRecords);
  const text = JSON.stringify({ version: VERSION, ...record }, null, 2);
  await writeFileAtomic(fileOf(paths, record.id), `${text}\n`);
}

export async function removeWorktreeRecord(paths: Paths, id: string): Promise<void> {
  await removeFile(fileOf(paths, id));
}

/** The record in a text, or null when it is none. */
function decode(text: string, id: string): WorktreeRecord | null {
  const value = objectIn(text);
  if (value === null || value["version"] !== VERSION || value["id"] !== id) return null;
  const { path, branch, purpose, state, reason, from, newBranch, madeAtMs } = value;
  const removal = removalIn(value["removal"]);
  const sound = typeof path === "string" && path.startsWith("/") && typeof branch === "string" &&
    typeof from === "string" && typeof newBranch === "boolean" && typeof madeAtMs === "number" &&
    (reason === null || typeof reason === "string") && isPurpose(purpose) && isState(state) &&
    removal !== undefined && (state !== "removing" || removal !== null);
  if (!sound) return null;
  return { id, path, branch, purpose, state, reason, from, newBranch, madeAtMs, removal };
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : null;
  } catch {
    return null;
  }
}

const isPurpose = (value: unknown): value is WorktreePurpose => value === "hub" || value === "run";

const isState = (value: unknown): value is WorktreeState =>
  typeof value === "string" && Object.hasOwn(WORKTREE_STATES, value);

/** Undefined when it is no removal. */
function removalIn(value: unknown): Removal | null | undefined {
  if (value === null) return null;
  if (typeof value !== "object" || value === undefined) return undefined;
  const { archive, deleteBranch } = value as Record<string, unknown>;
  if (typeof deleteBranch !== "boolean") return undefined;
  return archive === null || typeof archive === "string" ? { archive, deleteBranch } : undefined;
}
