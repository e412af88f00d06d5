/** The one commit CAR makes for the person: the whole work tree, once, never into what they have under way. */

import { killpoint } from "../../base/failpoint.ts";
import type { GitOutput } from "./call.ts";
import type { Git } from "./git.ts";
import { identityOf } from "./identity.ts";
import { mayTrackState } from "./index_file.ts";
import { kindOf, type Repository } from "./repository.ts";
import { headInFiles, headOf, type Operation, operationOf } from "./state.ts";
import { ALL_BUT_STATE, type Change, statusOf } from "./status.ts";
import { STATE_FOLDER } from "../../control/roots.ts";

/** Names the turn in the commit, so that a commit made before a crash is found again. */
export const TURN_TRAILER = "CAR-Turn";

/** How many commits back a turn's own is looked for: an agent may have committed after it. */
const COMMITS_SEARCHED = 100;
export interface CommitOptions {
  /** Subject, and a body after an empty line. */
  readonly message: string;
  /** Further trailers, e.g. `CAR-Ticket`. */
  readonly trailers: Readonly<Record<string, string>>;
  readonly turnId: string;
  /**
   * The commit that was checked out when the turn began: while it still is, the turn's own was not
   * made. Null: not known, so it is looked for.
   */
  readonly beganAt: string | null;
  /** False makes a commit also when nothing changed. */
  readonly onlyIfChanged: boolean;
  /** True in yolo: the person's hooks, filters and signing stay on. */
  readonly trusted: boolean;
}

export type CommitResult =
  | {
    readonly kind: "committed";
    readonly sha: string;
    /** No branch names it: it is found by its id only, until somebody makes a branch. */
    readonly detached: boolean;
    /** Untracked repositories inside, left out. */
    readonly nested: readonly string[];
  }
  /** This turn's commit was there before. */
  | { readonly kind: "already"; readonly sha: string }
  | { readonly kind: "nothing" }
  | { readonly kind: "busy"; readonly operation: Operation }
  /** A hook, a signing program or git itself said no; its last words. */
  | { readonly kind: "refused"; readonly message: string };

/** Commits all that git does not ignore. May happen twice. Throws as `Git.must` does. */
export async function commitAll(
  git: Git,
  repository: Repository,
  options: CommitOptions,
): Promise<CommitResult> {
  const status = await statusOf(git, repository, { everyFile: true, changesMax: Infinity });
  const moved = options.beganAt === null || status.head !== options.beganAt;
  const before = moved ? await findTurnCommit(git, repository, options.turnId) : undefined;
  if (before !== undefined) return { kind: "already", sha: before };
  const operation = await operationOf(repository);
  if (operation !== null) return { kind: "busy", operation };
  const nested = pathsOf(status.changes, "nested");
  const anything = status.changes.length > nested.length;
  const ownTracked = await tracksState(git, repository);
  if (!anything && !ownTracked && options.onlyIfChanged) return { kind: "nothing" };
  const [identity] = await Promise.all([
    identityOf(git, repository),
    stageAll(git, repository, { nested, ownTracked, trusted: options.trusted }),
  ]);
  return await commitStaged(git, repository, options, { nested, identity });
}

/** The commit that carries this turn's trailer, among the newest. */
export async function findTurnCommit(
  git: Git,
  repository: Repository,
  turnId: string,
): Promise<string | undefined> {
  const format = `%H %(trailers:key=${TURN_TRAILER},valueonly,separator=%x2C)`;
  const output = await git.call(repository, {
    args: ["log", `-${COMMITS_SEARCHED}`, `--format=${format}`, "--no-show-signature"],
  });
  // It fails in a repository without commits: then there is none.
  return output.text.split("\n").map((line) => line.split(" "))
    .find(([, turns]) => turns?.split(",").includes(turnId))?.[0];
}

interface Staging {
  readonly nested: readonly string[];
  readonly ownTracked: boolean;
  readonly trusted: boolean;
}

async function stageAll(git: Git, repository: Repository, staging: Staging): Promise<void> {
  const left = staging.nested.map((path) => `:(exclude,top,literal)${path}`);
  await git.must(repository, {
    args: ["add", "--all", "--", ...ALL_BUT_STATE, ...left],
    trusted: staging.trusted,
  });
  // Only what somebody chose to track there; tokens and databases never, whatever is ignored.
  if (staging.ownTracked) {
    await git.must(repository, {
      args: ["add", "--update", "--", STATE_FOLDER],
      trusted: staging.trusted,
    });
  }
}

async function tracksState(git: Git, repository: Repository): Promise<boolean> {
  if (!await mayTrackState(`${repository.gitDir}/index`)) return false;
  const output = await git.must(repository, {
    args: ["ls-files", "-z", "--", STATE_FOLDER],
    bytesMax: 1,
  });
  return output.bytes.length > 0;
}

async function commitStaged(
  git: Git,
  repository: Repository,
  options: CommitOptions,
  { nested, identity }: Pick<Staging, "nested"> & { readonly identity: Record<string, string> },
): Promise<CommitResult> {
  killpoint("git.commit");
  const output = await git.call(repository, {
    args: [
      "commit",
      "--quiet",
      "--cleanup=verbatim",
      ...(options.onlyIfChanged ? [] : ["--allow-empty"]),
      "--file=-",
    ],
    stdin: messageOf(options),
    trusted: options.trusted,
    env: identity,
    turnId: options.turnId,
  });
  killpoint("git.committed");
  if (output.code !== 0) {
    const nothing = options.onlyIfChanged && !await anythingStaged(git, repository);
    return nothing ? { kind: "nothing" } : refusal(output);
  }
  const head = await headInFiles(repository) ?? await headOf(git, repository);
  const sha = head.kind === "unborn" ? "" : head.sha;
  return { kind: "committed", sha, detached: head.kind === "detached", nested };
}

/** In a repository without commits everything counts as staged that is in the index. */
async function anythingStaged(git: Git, repository: Repository): Promise<boolean> {
  const output = await git.call(repository, {
    args: ["diff-index", "--cached", "--quiet", "HEAD"],
  });
  return output.code === 0 ? false : output.code === 1 ||
    await kindOf(`${repository.gitDir}/index`) === "file";
}

function refusal(output: GitOutput): CommitResult {
  const words = `${output.stderr}\n${output.text}`.trim();
  return { kind: "refused", message: words || `git commit ended with exit code ${output.code}` };
}

function messageOf(options: CommitOptions): string {
  const trailers = { ...options.trailers, [TURN_TRAILER]: options.turnId };
  const lines = Object.entries(trailers).map(([key, value]) =>
    `${key}: ${value.replace(/\s+/g, " ").trim()}`
  );
  return `${options.message.trim()}\n\n${lines.join("\n")}\n`;
}

const pathsOf = (changes: readonly Change[], kind: Change["kind"]): readonly string[] =>
  changes.filter((change) => change.kind === kind).map((change) => change.path);
