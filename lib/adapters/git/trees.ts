/**
 * The work tree as one id, and what differs between two ids. Nothing of the person's is touched:
 * a copy of the index is brought up to date, and new objects go to a folder of CAR's own.
 */

import { CarError } from "../../base/errors.ts";
import { ensureDir } from "../../control/files.ts";
import { STATE_FOLDER } from "../../control/roots.ts";
import { type FileDiff, parseNumstat } from "./diff.ts";
import type { GitCall, GitOutput } from "./call.ts";
import type { Git } from "./git.ts";
import { copyIndex, mayTrackState } from "./index_file.ts";
import type { Repository } from "./repository.ts";
import { ALL_BUT_STATE } from "./status.ts";

/** Files may come and go while the tree is read; then it is read again. */
const ATTEMPTS_MAX = 3;
/** What a person or a prompt can make use of. */
const PATCH_BYTES_MAX = 256 * 1024;
const BLOB_BYTES_MAX = 1024 * 1024;
/** `SHA blob SIZE` and a line end before, one line end after the content. */
const BATCH_FRAME_BYTES = 128;
export interface TreeDiff {
  /** Unified diff, cut at the limit. */
  readonly patch: string;
  readonly truncated: boolean;
  readonly files: readonly FileDiff[];
}

export interface Blob {
  readonly bytes: Uint8Array;
  /** Of the whole file. */
  readonly size: number;
  readonly truncated: boolean;
}

const decoder = new TextDecoder();

/** Trees of one work tree. Throws as `Git.must` does. */
export class Trees {
  readonly #git: Git;
  readonly #repository: Repository;
  readonly #scratch: string;
  /** The tree of the commit that was last asked for. */
  #committed: { readonly commit: string; readonly tree: string } | null = null;

  /** @param scratch A folder that git ignores; made when needed. Ids are good as long as it stays. */
  constructor(git: Git, repository: Repository, scratch: string) {
    this.#git = git;
    this.#repository = repository;
    this.#scratch = scratch;
  }

  /** Id of all that git does not ignore, untracked files too, without CAR's state folder. */
  async id(): Promise<string> {
    await ensureDir(this.#scratch);
    const index = `${this.#scratch}/index-${crypto.randomUUID()}`;
    try {
      return await this.#idWith(index);
    } finally {
      await removeIfThere(index);
      await removeIfThere(`${index}.lock`);
    }
  }

  /**
   * What `id` would say while nothing differs from this commit, without reading the work tree. Null
   * where that cannot be told from the commit alone.
   */
  async idOfCommit(commit: string): Promise<string | null> {
    // Files of the state folder that somebody tracks are in the commit, but not in the id.
    if (await mayTrackState(`${this.#repository.gitDir}/index`)) return null;
    if (this.#committed?.commit === commit) return this.#committed.tree;
    const found = await this.#git.must(this.#repository, {
      args: ["rev-parse", "--verify", "--quiet", `${commit}^{tree}`],
    });
    const tree = found.text.trim();
    this.#committed = { commit, tree };
    return tree;
  }

  /** The files that differ between two trees. */
  async files(a: string, b: string): Promise<readonly FileDiff[]> {
    const numstat = await this.#must({
      args: ["diff-tree", ...COMPARE, "--numstat", "-z", a, b, "--"],
    });
    return parseNumstat(numstat.text);
  }

  /** What changed from tree `a` to tree `b`. */
  async diff(a: string, b: string, options: { bytesMax?: number } = {}): Promise<TreeDiff> {
    const files = await this.files(a, b);
    if (files.length === 0) return { patch: "", truncated: false, files };
    const patch = await this.#must({
      args: ["diff-tree", ...COMPARE, "-p", a, b, "--"],
      bytesMax: options.bytesMax ?? PATCH_BYTES_MAX,
    });
    return { patch: patch.text, truncated: patch.truncated, files };
  }

  /** A file as it stood in a tree or commit; undefined: no such file there. */
  async read(
    tree: string,
    path: string,
    options: { bytesMax?: number } = {},
  ): Promise<Blob | undefined> {
    const bytesMax = options.bytesMax ?? BLOB_BYTES_MAX;
    if (/[\n\0]/.test(tree + path)) return undefined;
    const { bytes } = await this.#must({
      args: ["cat-file", "--batch"],
      stdin: `${tree}:${path}\n`,
      bytesMax: bytesMax + BATCH_FRAME_BYTES,
    });
    const lineEnd = bytes.indexOf(0x0a);
    const [, kind, length] = decoder.decode(bytes.subarray(0, lineEnd)).split(" ");
    if (kind !== "blob") return undefined;
    const size = Number(length);
    const kept = Math.min(size, bytesMax);
    const from = lineEnd + 1;
    return { bytes: bytes.slice(from, from + kept), size, truncated: kept < size };
  }

  /** Forgets all ids: for the start of a run, while nobody else uses the folder. */
  async clear(): Promise<void> {
    await Deno.remove(this.#scratch, { recursive: true }).catch((thrown) => {
      if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    });
  }

  get #objects(): string {
    return `${this.#scratch}/objects`;
  }

  async #idWith(index: string): Promise<string> {
    for (let attempt = 1;; attempt++) {
      await copyIndex(`${this.#repository.gitDir}/index`, index);
      const env = { GIT_INDEX_FILE: index };
      const added = await this.#call({
        args: ["add", "--all", "--ignore-errors", "--", ...ALL_BUT_STATE],
        env,
      });
      // 1: something could not be read; the rest is in. Anything else: the tree moved under us.
      if (added.code > 1 && attempt < ATTEMPTS_MAX) continue;
      if (added.code > 1) throw unreadable(this.#repository.root, added);
      if (await mayTrackState(index)) await this.#must({ args: REMOVE_STATE, env });
      return (await this.#must({ args: ["write-tree"], env })).text.trim();
    }
  }

  async #call(call: GitCall): Promise<GitOutput> {
    return await this.#git.call(this.#repository, await this.#withObjects(call));
  }

  async #must(call: GitCall): Promise<GitOutput> {
    return await this.#git.must(this.#repository, await this.#withObjects(call));
  }

  async #withObjects(call: GitCall): Promise<GitCall> {
    // Without its folder for objects git takes the place for no repository.
    await ensureDir(this.#objects);
    const real = `${this.#repository.commonDir}/objects`;
    return {
      ...call,
      // Index and objects are CAR's own.
      beside: true,
      env: {
        ...call.env,
        GIT_OBJECT_DIRECTORY: this.#objects,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(real),
      },
    };
  }
}

/** How two trees are compared, whatever the repo's own settings say. */
const COMPARE = ["-r", "-M", "--no-ext-diff", "--no-textconv", "--no-color"];

const REMOVE_STATE = ["rm", "-r", "-q", "--cached", "--ignore-unmatch", "--", STATE_FOLDER];

/** A list entry in C quotes, so that a colon in the path does not end it. */
const quoted = (path: string): string => `"${path.replace(/["\\]/g, "\\$&")}"`;

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}

function unreadable(root: string, output: GitOutput): CarError {
  return new CarError(
    "unavailable",
    `The work tree of ${root} cannot be read: ${output.stderr.trim().split("\n").at(-1) ?? ""}`,
    { hint: `Run "git add --dry-run --all" in ${root}; it names the file.` },
  );
}
