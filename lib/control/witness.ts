/**
 * Guards the journal against the silently empty file: SQLite opens an emptied database, or one whose
 * write-ahead log is gone, as "ok". A small file beside it remembers how far the journal had come;
 * a journal that falls short of its witness is set aside under archive/damaged, never overwritten.
 */

import { CarError } from "../base/errors.ts";
import { ensureDir, exists, moveFile, writeFileAtomicSync } from "./files.ts";
import { Journal, JOURNAL_SCHEMA } from "./journal.ts";

/** Steps between two writings of the witness; a journal may fall short by as many. */
export const WITNESS_EVERY = 64;

export interface Witness {
  readonly uuid: string;
  readonly schema: number;
  /** The highest sequence number known to be in the journal. */
  readonly seq: number;
  readonly at: string;
}

export interface GuardPaths {
  /** flows.db */
  readonly journal: string;
  /** meta.json */
  readonly witness: string;
  /** archive/damaged */
  readonly damaged: string;
  /** The repo's own path, to notice a copied folder. */
  readonly root: string;
}

/** What the guard found out of the ordinary. */
export type GuardFinding =
  | { readonly type: "damaged"; readonly reason: string; readonly movedTo: string }
  | { readonly type: "copied"; readonly from: string }
  | { readonly type: "moved"; readonly from: string };

export interface Guarded {
  readonly journal: Journal;
  readonly findings: readonly GuardFinding[];
}

/**
 * Opens the journal, or sets a damaged one aside and opens a new one.
 *
 * @param unclean Whether the last owner ended without saying so: the file is then checked whole.
 * @throws {CarError} `conflict` for a newer schema, `unavailable` when the disk says no.
 */
export async function openGuarded(
  paths: GuardPaths,
  chance: { uuid: string; nowMs: number; unclean: boolean },
): Promise<Guarded> {
  const witness = readWitness(paths.witness);
  const findings: GuardFinding[] = [];
  let journal = await tryOpen(paths, witness, chance, findings);
  if (journal === null) {
    journal = Journal.open(paths.journal);
  }
  if (journal.meta("uuid") === null) {
    journal.setMeta("uuid", chance.uuid);
    journal.setMeta("root", paths.root);
  }
  const moved = await settleRoot(journal, paths.root, chance.uuid);
  if (moved !== null) findings.push(moved);
  writeWitness(paths.witness, journal, chance.nowMs);
  return { journal, findings };
}

/**
 * Why the journal cannot be the one the witness saw, for readers that may not mend it; null when it
 * can. Changes nothing.
 *
 * @param journal Null when there is no file.
 */
export async function journalTrouble(
  paths: Pick<GuardPaths, "journal" | "witness">,
  journal: Journal | null,
): Promise<string | null> {
  const witness = readWitness(paths.witness);
  return journal === null
    ? await missingReason(paths.journal, witness)
    : doubt(journal, witness, WITHOUT_CHECK);
}

/** SQLite's own check of a large journal takes seconds: it belongs to an unclean end. */
const WITHOUT_CHECK = false;

/** Remembers how far the journal has come. */
export function writeWitness(path: string, journal: Journal, nowMs: number): void {
  const witness: Witness = {
    uuid: journal.meta("uuid") ?? "",
    schema: JOURNAL_SCHEMA,
    seq: journal.highSeq(),
    at: new Date(nowMs).toISOString(),
  };
  writeFileAtomicSync(path, JSON.stringify(witness) + "\n");
}

/** Null when there is no witness or it cannot be read: then only the file itself can speak. */
export function readWitness(path: string): Witness | null {
  try {
    const value: unknown = JSON.parse(Deno.readTextFileSync(path));
    if (typeof value !== "object" || value === null) return null;
    const { uuid, seq, schema, at } = value as Record<string, unknown>;
    if (typeof uuid !== "string" || typeof seq !== "number") return null;
    return { uuid, seq, schema: Number(schema ?? 0), at: String(at ?? "") };
  } catch {
    return null;
  }
}

async function tryOpen(
  paths: GuardPaths,
  witness: Witness | null,
  chance: { nowMs: number; unclean: boolean },
  findings: GuardFinding[],
): Promise<Journal | null> {
  let journal: Journal | null = null;
  let reason = await missingReason(paths.journal, witness);
  if (reason === null) {
    try {
      journal = Journal.open(paths.journal);
      reason = doubt(journal, witness, chance.unclean);
    } catch (thrown) {
      if (!(thrown instanceof CarError) || thrown.code !== "damaged") throw thrown;
      reason = thrown.message;
    }
  }
  if (reason === null) return journal;
  journal?.close();
  findings.push({ type: "damaged", reason, movedTo: await setAside(paths, chance.nowMs) });
  return null;
}

/** Asked before the file is opened: SQLite would make a new database of nothing, and drop the log beside it. */
async function missingReason(path: string, witness: Witness | null): Promise<string | null> {
  if (witness === null || witness.seq === 0) return null;
  if (!await exists(path)) return `flows.db is gone; it held ${witness.seq} events`;
  const { size } = await Deno.stat(path);
  return size === 0 ? `flows.db is empty; it held ${witness.seq} events` : null;
}

/** Why this journal cannot be the one the witness saw; null when it can. */
function doubt(journal: Journal, witness: Witness | null, unclean: boolean): string | null {
  if (witness !== null && witness.seq > 0) {
    const uuid = journal.meta("uuid");
    if (uuid === null) return `flows.db is empty; it held ${witness.seq} events`;
    if (uuid !== witness.uuid) return "flows.db is another journal than the one meta.json saw";
    const seq = journal.highSeq();
    if (seq < witness.seq - WITNESS_EVERY) {
      return `flows.db ends at event ${seq}; it had reached ${witness.seq}`;
    }
  }
  if (!unclean) return null;
  const check = journal.check();
  return check === "ok" ? null : `flows.db fails SQLite's check: ${check}`;
}

/** Moves the database and its companions to archive/damaged/<time>/. @returns The folder. */
async function setAside(paths: GuardPaths, nowMs: number): Promise<string> {
  const stamp = new Date(nowMs).toISOString().replaceAll(":", "-").replace(/\.\d+Z$/, "Z");
  const folder = `${paths.damaged}/${stamp}`;
  await ensureDir(folder);
  for (const suffix of ["", "-wal", "-shm"]) {
    const from = paths.journal + suffix;
    if (await exists(from)) await moveFile(from, `${folder}/flows.db${suffix}`);
  }
  if (await exists(paths.witness)) await moveFile(paths.witness, `${folder}/meta.json`);
  return folder;
}

/** A journal that names another path was moved here, or copied while the first still lives there. */
async function settleRoot(
  journal: Journal,
  root: string,
  uuid: string,
): Promise<GuardFinding | null> {
  const from = journal.meta("root");
  if (from === root) return null;
  journal.setMeta("root", root);
  if (from === null) return null;
  const copied = await exists(`${from}/.codex-autorunner/flows.db`);
  if (copied) journal.setMeta("uuid", uuid);
  return copied ? { type: "copied", from } : { type: "moved", from };
}
