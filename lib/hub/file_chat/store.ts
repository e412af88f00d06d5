/**
 * Drafts on the disk: a folder each, with what is known of it, its two texts, the copy the agent works
 * on, and a lock that whoever changes it holds. `draft.json` is written last and removed first: a
 * folder without one is nobody's.
 */

import type { Clock } from "../../base/clock.ts";
import { asCarError, CarError } from "../../base/errors.ts";
import {
  ensureDir,
  exists,
  readTextStrict,
  removeFile,
  writeFileAtomic,
} from "../../control/files.ts";
import { acquireLock, type HeldLock, lookAtLock } from "../../control/lock.ts";
import type { RepoPaths } from "../../control/roots.ts";
import { holderOf } from "../holder.ts";
import {
  decodeDraft,
  type Draft,
  DRAFT_BYTES_MAX,
  type DraftTexts,
  encodeDraft,
  isDraftId,
  MESSAGE_BYTES_MAX,
  MESSAGES_MAX,
} from "./draft.ts";

/** What people ask an agent is nobody else's business. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** In JSON a character may take six times its place. */
const JSON_BYTES_MAX = MESSAGES_MAX * MESSAGE_BYTES_MAX * 6;
const BYTE_ORDER_MARK = "\uFEFF";

export interface DraftPlace {
  readonly folder: string;
  readonly facts: string;
  readonly base: string;
  readonly text: string;
  readonly lock: string;
  /** What the agent is asked, for one that runs what stands in a file. */
  readonly ask: string;
  /** Holds the copy, and is where the agent works. */
  readonly work: string;
}

const folderOf = (paths: RepoPaths): string => `${paths.state}/file_chats`;

/** @param id must be one of a draft: see `isDraftId`. */
export function draftPlace(paths: RepoPaths, id: string): DraftPlace {
  const folder = `${folderOf(paths)}/${id}`;
  return {
    folder,
    facts: `${folder}/draft.json`,
    base: `${folder}/base.txt`,
    text: `${folder}/draft.txt`,
    lock: `${folder}/lock`,
    ask: `${folder}/ask.md`,
    work: `${folder}/work`,
  };
}

export class DraftStore {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Names of all folders. */
  async ids(paths: RepoPaths): Promise<readonly string[]> {
    const folder = folderOf(paths);
    if (!await exists(folder)) return [];
    return [...Deno.readDirSync(folder)].map(({ name }) => name).filter(isDraftId).sort();
  }

  /** Null when there is none, or it cannot be read. */
  async facts(paths: RepoPaths, id: string): Promise<Draft | null> {
    if (!isDraftId(id)) return null;
    const path = draftPlace(paths, id).facts;
    try {
      return decodeDraft((await readTextStrict(path, { maxBytes: JSON_BYTES_MAX })).text);
    } catch (thrown) {
      if (["not_found", "invalid"].includes(asCarError(thrown).code)) return null;
      throw thrown;
    }
  }

  async texts(paths: RepoPaths, draft: Draft): Promise<DraftTexts> {
    const place = draftPlace(paths, draft.id);
    return { ...draft, base: await readWhole(place.base), text: await readWhole(place.text) };
  }

  /** Makes the folder of a new draft. */
  async make(paths: RepoPaths, id: string): Promise<void> {
    await ensureDir(folderOf(paths), FOLDER_MODE);
    await ensureDir(draftPlace(paths, id).work, FOLDER_MODE);
  }

  async saveFacts(paths: RepoPaths, draft: Draft): Promise<void> {
    await writeFileAtomic(draftPlace(paths, draft.id).facts, encodeDraft(draft), FILE_MODE);
  }

  async save(paths: RepoPaths, draft: DraftTexts): Promise<void> {
    const place = draftPlace(paths, draft.id);
    await writeFileAtomic(place.base, draft.base, FILE_MODE);
    await writeFileAtomic(place.text, draft.text, FILE_MODE);
    await this.saveFacts(paths, draft);
  }

  /** Puts the draft's text where the agent works, and takes away what else lies there. */
  async layOut(paths: RepoPaths, draft: DraftTexts): Promise<void> {
    const { work } = draftPlace(paths, draft.id);
    await removeFolder(work);
    await ensureDir(work, FOLDER_MODE);
    await writeFileAtomic(`${work}/${draft.name}`, draft.text, FILE_MODE);
  }

  async writeAsk(paths: RepoPaths, id: string, text: string): Promise<string> {
    const { ask } = draftPlace(paths, id);
    await writeFileAtomic(ask, text, FILE_MODE);
    return ask;
  }

  /** Null: somebody has it. */
  async take(paths: RepoPaths, id: string): Promise<HeldLock | null> {
    const { lock } = draftPlace(paths, id);
    const taken = await acquireLock(lock, holderOf("a file chat", this.#clock), this.#clock);
    return taken.type === "held" ? taken.lock : null;
  }

  /** Whether an answer is being given, in whichever process. */
  isTaken(paths: RepoPaths, id: string): boolean {
    return lookAtLock(draftPlace(paths, id).lock).type === "busy";
  }

  /** Only while holding its lock. */
  async remove(paths: RepoPaths, id: string): Promise<void> {
    const { facts, folder } = draftPlace(paths, id);
    await removeFile(facts);
    await removeFolder(folder);
  }

  /** Folders whose removal, or making, was cut off. */
  async clear(paths: RepoPaths): Promise<void> {
    for (const id of await this.ids(paths)) {
      const { facts, folder } = draftPlace(paths, id);
      if (!await exists(facts) && !this.isTaken(paths, id)) await removeFolder(folder);
    }
  }
}

async function removeFolder(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return;
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CarError("unavailable", `Cannot remove ${path}: ${words}`, { cause: thrown });
  }
}

async function readWhole(path: string): Promise<string> {
  const { text, bom } = await readTextStrict(path, { maxBytes: DRAFT_BYTES_MAX });
  return bom ? BYTE_ORDER_MARK + text : text;
}
