/** Git as a run needs it: what is dirty, which tree stands, what changed, and the commit of accepted work. */

import { commitAll, type CommitResult } from "../adapters/git/commit.ts";
import type { Git } from "../adapters/git/git.ts";
import { locate, type Repository } from "../adapters/git/repository.ts";
import { type Status, statusOf } from "../adapters/git/status.ts";
import { Trees } from "../adapters/git/trees.ts";
import { CarError } from "../base/errors.ts";
import type { FileChange } from "../engine/tamper_finding.ts";

export interface WorkStatus {
  readonly dirty: boolean;
  /** The first of them. */
  readonly paths: readonly string[];
  readonly count: number;
  readonly untracked: number;
}

/** The work tree at one moment. */
export interface WorkTree extends WorkStatus {
  /** Of all that git does not ignore, untracked files too. */
  readonly treeId: string;
  /** The commit that is checked out; null before the first one. */
  readonly head: string | null;
}

export interface CommitOrder {
  readonly message: string;
  readonly trailers: Readonly<Record<string, string>>;
  /** Names the commit, so that one made before a crash is found again. */
  readonly turnId: string;
  /** The person's hooks and signing stay on. */
  readonly trusted: boolean;
}

export interface Committed {
  readonly sha: string | null;
  readonly problem: string | null;
}

/** Larger files are not judged by the tamper guard's rules. */
const JUDGED_BYTES_MAX = 2 * 1024 * 1024;

export class RepoGit {
  readonly #git: Git;
  readonly #repository: Repository;
  readonly #trees: Trees;
  /** The turn that this process began last, and the commit it found. */
  #began: { readonly turnId: string; readonly head: string | null } | null = null;

  private constructor(git: Git, repository: Repository, scratch: string) {
    this.#git = git;
    this.#repository = repository;
    this.#trees = new Trees(git, repository, scratch);
  }

  /**
   * @param scratch A folder of CAR's own for the objects of trees.
   * @throws {CarError} `not_found` when the folder is no git repo CAR can work in.
   */
  static async open(git: Git, root: string, scratch: string): Promise<RepoGit> {
    const located = await locate(root);
    if (located.kind === "repository") return new RepoGit(git, located.repository, scratch);
    throw new CarError("not_found", `${root} is not a git repo CAR can work in (${located.kind})`, {
      hint: "Run `git init` there, or go to the repo.",
    });
  }

  async status(): Promise<WorkStatus> {
    return workStatus(await statusOf(this.#git, this.#repository));
  }

  /**
   * Status and tree id together.
   * @param expected What is likely decides only how fast it goes: where all is committed, the status
   * alone tells the tree.
   */
  async look(expected: "committed" | "changed"): Promise<WorkTree> {
    const [status, tree] = await Promise.all([
      statusOf(this.#git, this.#repository),
      expected === "changed" ? this.#trees.id() : null,
    ]);
    const { clean, head } = status;
    const known = tree ?? (clean && head !== null ? await this.#trees.idOfCommit(head) : null);
    return { ...workStatus(status), head, treeId: known ?? await this.#trees.id() };
  }

  /** Notes what a turn begins on, so that its own commit need not be searched for. */
  turnBegins(turnId: string, { head }: WorkTree): void {
    this.#began = { turnId, head };
  }

  /** The id of the whole work tree, untracked files included. */
  async treeId(): Promise<string> {
    return await this.#trees.id();
  }

  /** What differs between two trees, as text, for the paths `wanted` says yes to. */
  async changes(
    from: string,
    to: string,
    wanted: (path: string) => boolean,
  ): Promise<readonly FileChange[]> {
    const changes: FileChange[] = [];
    for (const path of await this.changedPaths(from, to)) {
      if (!wanted(path)) continue;
      const [before, after] = await Promise.all([this.#text(from, path), this.#text(to, path)]);
      changes.push({ path, before, after });
    }
    return changes;
  }

  /** Every path that differs between two trees, a renamed file's old one too. */
  async changedPaths(from: string, to: string): Promise<readonly string[]> {
    if (from === to) return [];
    const files = await this.#trees.files(from, to);
    const paths = files.flatMap((it) => it.from === null ? [it.path] : [it.path, it.from]);
    return [...new Set(paths)];
  }

  /** The unified diff between two trees, cut at `bytesMax`. */
  async diff(
    from: string,
    to: string,
    bytesMax: number,
  ): Promise<{ readonly text: string; readonly truncated: boolean }> {
    const { patch, truncated } = await this.#trees.diff(from, to, { bytesMax });
    return { text: patch, truncated };
  }

  /** Forgets the trees of earlier runs. */
  async forgetTrees(): Promise<void> {
    await this.#trees.clear();
  }

  /** Commits all there is; nothing to commit is no problem. */
  async commitAll(order: CommitOrder): Promise<Committed> {
    const beganAt = this.#began?.turnId === order.turnId ? this.#began.head : null;
    const result = await commitAll(this.#git, this.#repository, {
      ...order,
      beganAt,
      onlyIfChanged: true,
    });
    return committed(result);
  }

  async #text(tree: string, path: string): Promise<string | null> {
    const blob = await this.#trees.read(tree, path, { bytesMax: JUDGED_BYTES_MAX });
    return blob === undefined ? null : new TextDecoder().decode(blob.bytes);
  }
}

function workStatus({ changes, counts }: Status): WorkStatus {
  const own = changes.filter((it) => it.kind !== "nested");
  const { staged, changed, unmerged, untracked } = counts;
  const count = staged + changed + unmerged + untracked;
  return { dirty: count > 0, paths: own.map((it) => it.path), count, untracked };
}

function committed(result: CommitResult): Committed {
  switch (result.kind) {
    case "committed":
    case "already":
      return { sha: result.sha, problem: null };
    case "nothing":
      return { sha: null, problem: null };
    case "busy":
      return { sha: null, problem: `A ${result.operation} is under way in the repo` };
    case "refused":
      return { sha: null, problem: result.message };
  }
}
