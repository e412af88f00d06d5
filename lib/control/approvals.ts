/**
 * What a person has approved for a repo, by hash. It lies outside of the repo, where an agent in the
 * safe posture may not write: else it would approve its own commands.
 */

import { createHash } from "node:crypto";
import { CarError } from "../base/errors.ts";
import { ensureDir, readTextStrict, writeFileAtomic } from "./files.ts";
import { globalStateRoot } from "./roots.ts";

/** A command line that runs, a rule that answers for a person, or a place, because a file of the repo says so. */
export interface Approvable {
  readonly kind: "check" | "agent" | "rule" | "destination" | "setup";
  /** Where it stands, e.g. `TICKET-003.md`, `gate.verify`, `agents.mine`. */
  readonly where: string;
  /** The whole of what would run. */
  readonly text: string;
}

type Environment = Readonly<Record<string, string>>;

const FOLDER = "approved";
/** Some ten thousand approvals. */
const BYTES_MAX = 4 * 1024 * 1024;
/** Bits of the folder of approvals: nobody else's business. */
export const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const VERSION = 1;

/** The folder of all repos' approvals; null where no home is known. */
export function approvalFolder(env: Environment): string | null {
  const root = globalStateRoot(env);
  return root === undefined ? null : `${root}/${FOLDER}`;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The same words as a check and as an agent are two approvals. */
export const approvalHash = ({ kind, text }: Pick<Approvable, "kind" | "text">): string =>
  sha256(`${kind}\0${text}`);

/** The approvals of one repo. */
export class Approvals {
  readonly #root: string;
  /** Those of another root, which count as well; they are not added to. */
  readonly #also: Approvals | null;
  /** Null where no home is known: then nothing is approved. */
  readonly #path: string | null;
  readonly #folder: string | null;

  /**
   * @param root Its real path.
   * @param also The real path of another repo, whose approvals count as well.
   */
  constructor(root: string, env: Environment, also?: string) {
    this.#root = root;
    this.#also = also === undefined || also === root ? null : new Approvals(also, env);
    this.#folder = approvalFolder(env);
    this.#path = this.#folder === null ? null : `${this.#folder}/${sha256(root)}.json`;
  }

  /** @throws {CarError} `invalid` when the file is none of CAR's. */
  async missing(wanted: readonly Approvable[]): Promise<readonly Approvable[]> {
    if (wanted.length === 0) return [];
    const known = await this.#read();
    const missing = wanted.filter((it) => !known.has(approvalHash(it)));
    return await this.#also?.missing(missing) ?? missing;
  }

  /** Adds to what is approved. @throws {CarError} `unavailable` without a home. */
  async add(more: readonly Approvable[]): Promise<void> {
    if (this.#path === null || this.#folder === null) {
      throw new CarError("unavailable", "There is no place to keep approvals in.", {
        hint: "Set HOME, or CAR_GLOBAL_STATE_ROOT.",
      });
    }
    const hashes = [...new Set([...await this.#read(), ...more.map(approvalHash)])].sort();
    await ensureDir(this.#folder, FOLDER_MODE);
    const file = { version: VERSION, root: this.#root, approved: hashes };
    await writeFileAtomic(this.#path, `${JSON.stringify(file, null, 2)}\n`, FILE_MODE);
  }

  async #read(): Promise<ReadonlySet<string>> {
    if (this.#path === null) return new Set();
    try {
      const { text } = await readTextStrict(this.#path, { maxBytes: BYTES_MAX });
      return new Set(decode(text, this.#path));
    } catch (thrown) {
      if (thrown instanceof CarError && thrown.code === "not_found") return new Set();
      throw thrown;
    }
  }
}

function decode(text: string, path: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "approved" in value) {
      const { approved } = value;
      if (Array.isArray(approved) && approved.every((it) => typeof it === "string")) {
        return approved;
      }
    }
  } catch {
    // Said below.
  }
  throw new CarError("invalid", `${path} does not hold approvals.`, {
    hint: "Remove it; what it approved is asked for again.",
  });
}
