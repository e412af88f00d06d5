/** What is changed in a work tree, told by git without touching anything. CAR's own folder aside. */

import { STATE_FOLDER } from "../../control/roots.ts";
import type { Git } from "./git.ts";
import type { Repository } from "./repository.ts";

/** The whole tree but CAR's state, for commands run in the root. */
export const ALL_BUT_STATE = [".", `:(exclude,top)${STATE_FOLDER}`] as const;

export type ChangeKind = "staged" | "changed" | "unmerged" | "untracked" | "nested";

export interface Change {
  /** From the root. */
  readonly path: string;
  /** Staged and changed again counts as changed. `nested`: an untracked repository, told with `everyFile`. */
  readonly kind: ChangeKind;
}

export interface Status {
  readonly clean: boolean;
  readonly counts: Readonly<Record<ChangeKind, number>>;
  /** The first of all, in git's order. */
  readonly changes: readonly Change[];
  /** The commit that is checked out; null before the first one. */
  readonly head: string | null;
  /** `origin/main`, or null. */
  readonly upstream: string | null;
  /** Commits not at the upstream, and there but not here; null without upstream. */
  readonly ahead: number | null;
  readonly behind: number | null;
  /** The output was longer than what is kept: counts are lower bounds. */
  readonly truncated: boolean;
}

/** Paths told by name; the counts cover all. */
const CHANGES_MAX = 200;

export interface StatusOptions {
  /** Every file of an untracked folder by itself; else the folder counts as one. */
  readonly everyFile?: boolean;
  readonly changesMax?: number;
}

/** Throws as `Git.must` does. */
export async function statusOf(
  git: Git,
  repository: Repository,
  options: StatusOptions = {},
): Promise<Status> {
  const output = await git.must(repository, {
    beside: true,
    args: [
      "status",
      "--porcelain=v2",
      "-z",
      "--branch",
      "--no-renames",
      "--ignore-submodules=dirty",
      `--untracked-files=${options.everyFile === true ? "all" : "normal"}`,
      "--",
      ...ALL_BUT_STATE,
    ],
  });
  const status = parseStatus(output.text, options);
  return { ...status, truncated: output.truncated };
}

/** Fields before the path, by the record's first letter: see git-status, porcelain version 2. */
const FIELDS_BEFORE_PATH = { "1": 8, "2": 9, "u": 10 } as const satisfies Record<string, number>;

/** @param text Records, each ended by NUL; a last one without NUL was cut off and is left out. */
export function parseStatus(text: string, options: StatusOptions): Omit<Status, "truncated"> {
  const changesMax = options.changesMax ?? CHANGES_MAX;
  const counts = { staged: 0, changed: 0, unmerged: 0, untracked: 0, nested: 0 };
  const changes: Change[] = [];
  const headers = new Map<string, string>();
  const records = text.split("\0").slice(0, -1);
  for (let at = 0; at < records.length; at++) {
    const record = records[at] ?? "";
    if (record.startsWith("# ")) {
      const [, name = "", ...rest] = record.split(" ");
      headers.set(name, rest.join(" "));
      continue;
    }
    // A rename's old path is a record of its own.
    if (record.startsWith("2 ")) at++;
    const change = changeOf(record, options.everyFile === true);
    if (change === undefined) continue;
    counts[change.kind]++;
    if (changes.length < changesMax) changes.push(change);
  }
  const ab = /^\+(\d+) -(\d+)$/.exec(headers.get("branch.ab") ?? "");
  return {
    clean: Object.values(counts).every((count) => count === 0),
    counts,
    changes,
    head: /^[0-9a-f]{40,}$/.exec(headers.get("branch.oid") ?? "")?.[0] ?? null,
    upstream: headers.get("branch.upstream") ?? null,
    ahead: ab === null ? null : Number(ab[1]),
    behind: ab === null ? null : Number(ab[2]),
  };
}

function changeOf(record: string, everyFile: boolean): Change | undefined {
  const letter = record[0];
  if (letter === "?") {
    const path = record.slice(2);
    // Where every file is told, a folder can only be a repository that git does not enter.
    const nested = everyFile && path.endsWith("/");
    return { path: path.replace(/\/$/, ""), kind: nested ? "nested" : "untracked" };
  }
  if (letter !== "1" && letter !== "2" && letter !== "u") return undefined;
  const fields = record.split(" ");
  const path = fields.slice(FIELDS_BEFORE_PATH[letter]).join(" ");
  if (letter === "u") return { path, kind: "unmerged" };
  return { path, kind: fields[1]?.[1] === "." ? "staged" : "changed" };
}
