/** The worktrees of a hub's repos: what the CLI and the API ask for. */

import { CarError } from "../../base/errors.ts";
import { closest } from "../../base/suggest.ts";
import { findRepo, type Manifest, type ManifestRepo } from "../../control/manifest.ts";
import type { HubPaths, RepoPaths } from "../../control/roots.ts";
import { underLock } from "../../control/short_lock.ts";
import { readWorktreeRecords } from "../../control/worktree_records.ts";
import { cleanupWorktree } from "./cleanup.ts";
import { type Created, type CreateOptions, createWorktree } from "./create.ts";
import { type Ground, hubEntryOf, hubGround, repoGround } from "./grounds.ts";
import { lookAtWorktree, type Target, type WorktreeLook } from "./look.ts";
import { mendWorktrees } from "./mend.ts";
import type { Removed } from "./removal.ts";
import { openBase, openTools, type Site, type ToolOptions, type Tools } from "./site.ts";

export interface WorktreesOptions extends ToolOptions {
  /** Told what takes a while, and what is good to know. */
  readonly say?: (words: string) => void;
  /** Has whoever keeps a worktree's files open in this process let go of them. */
  readonly letGo?: (id: string) => Promise<void>;
}

export interface RemoveOptions {
  /** Remove it whatever speaks against it; what can be saved is saved all the same. */
  readonly force?: boolean;
  /** Delete its branch too: only when it is pushed or merged, unless forced. */
  readonly deleteBranch?: boolean;
}

/** Safe to use beside another process that does the same. */
export class Worktrees {
  readonly #ground: Ground;
  readonly #tools: Tools & { close(): Promise<void> };
  readonly #options: WorktreesOptions;

  /** Those of a hub. @throws {CarError} `invalid` for its config, `unavailable` without git. */
  static async open(hub: HubPaths, options: WorktreesOptions): Promise<Worktrees> {
    return new Worktrees(await hubGround(hub, options.environment), options);
  }

  /** Those of one repo, in the hub that has it in its list where there is one. */
  static async ofRepo(
    paths: RepoPaths,
    options: WorktreesOptions,
  ): Promise<{ readonly worktrees: Worktrees; readonly repo: string }> {
    const found = await hubEntryOf(paths.root, options.environment);
    const ground = found === null
      ? repoGround(paths)
      : await hubGround(found.hub, options.environment);
    // Who stands in a worktree means those of its repo, itself among them.
    const repo = found?.entry.worktreeOf ?? found?.entry.id ??
      (await ground.repos()).repos.at(0)?.id ?? "";
    return { worktrees: new Worktrees(ground, options), repo };
  }

  private constructor(ground: Ground, options: WorktreesOptions) {
    this.#ground = ground;
    this.#tools = openTools(ground.root, options);
    this.#options = options;
  }

  /**
   * As `createWorktree`, and lists it in the manifest.
   * @param repo The id of a repo of the hub; that of a worktree means its repo.
   */
  async create(repo: string, branch: string, options: CreateOptions = {}): Promise<Created> {
    const manifest = await this.#ground.repos();
    return await createWorktree(await this.#site(baseOf(manifest, repo)), branch, options);
  }

  /** What acts on the worktrees of one repo. @param repo As `create` takes it. */
  async site(repo: string): Promise<Site> {
    return await this.#site(baseOf(await this.#ground.repos(), repo));
  }

  /** Every worktree, a repo's own after each other. @param repo Only those of this one. */
  async list(repo?: string): Promise<readonly WorktreeLook[]> {
    const manifest = await this.#ground.repos();
    const looks: WorktreeLook[] = [];
    const asked = manifest.repos.filter((it) => repo === undefined || it.id === repo);
    for (const base of asked.filter((it) => it.kind === "base")) {
      try {
        const site = await this.#site(base);
        for (const target of await targetsOf(site, manifest)) {
          looks.push(await lookAtWorktree(site, target));
        }
      } catch (thrown) {
        // A repo that is gone or broken hides nobody else's worktrees.
        if (!(thrown instanceof CarError)) throw thrown;
        if (hasWorktrees(manifest, base)) this.#say(`${base.id}: ${thrown.message}`);
      }
    }
    return looks;
  }

  /** @throws {CarError} `not_found`. */
  async show(id: string): Promise<WorktreeLook> {
    const { site, target } = await this.#find(id);
    return await lookAtWorktree(site, target);
  }

  /** As `cleanupWorktree`: tickets, runs and journal are kept, and the branch unless asked otherwise. */
  async cleanup(id: string, options: RemoveOptions = {}): Promise<Removed> {
    return await this.#remove(id, options, { archive: true });
  }

  /** Cleans up without an archive; without force it refuses with what would be lost. */
  async delete(id: string, options: RemoveOptions = {}): Promise<Removed> {
    return await this.#remove(id, options, { archive: false });
  }

  /** Finishes or undoes what a killed CAR had begun: part of a scan. @returns Sentences for people. */
  async mend(): Promise<readonly string[]> {
    const manifest = await this.#ground.repos();
    const remarks: string[] = [];
    for (const base of manifest.repos.filter((it) => it.kind === "base")) {
      try {
        const site = await this.#site(base);
        if ((await readWorktreeRecords(site.base.paths)).every(isAtRest)) continue;
        const lock = site.base.paths.worktreeLock;
        const mended = await underLock(lock, () => mendWorktrees(site), this.#tools.clock);
        remarks.push(...mended.remarks);
      } catch (thrown) {
        if (!(thrown instanceof CarError)) throw thrown;
        if (thrown.code !== "not_found") remarks.push(`${base.id}: ${thrown.message}`);
      }
    }
    return remarks;
  }

  /** Ends all it started. */
  async close(): Promise<void> {
    await this.#tools.close();
  }

  async #remove(
    id: string,
    { force = false, deleteBranch = false }: RemoveOptions,
    { archive }: { readonly archive: boolean },
  ): Promise<Removed> {
    const { site, target } = await this.#find(id);
    await this.#options.letGo?.(id);
    return await cleanupWorktree(site, target, { force, deleteBranch, archive });
  }

  async #find(id: string): Promise<{ site: Site; target: Target }> {
    const manifest = await this.#ground.repos();
    const entry = findRepo(manifest, id);
    if (entry?.kind === "base") {
      const isListed = this.#ground.hubRoot !== null;
      throw new CarError(
        "conflict",
        isListed
          ? `${id} is a repo of the hub, not a worktree.`
          : `${id} is the repo you stand in; a worktree is cleaned up from the repo it was made of.`,
        {
          hint: isListed
            ? "`car hub remove` takes a repo out of the hub."
            : "`car hub worktree list` there shows its worktrees.",
        },
      );
    }
    const bases = entry === undefined
      ? manifest.repos.filter((it) => it.kind === "base")
      : [baseOf(manifest, entry.id)];
    const known: string[] = [];
    for (const base of bases) {
      const site = await this.#site(base).catch((thrown) => {
        if (entry !== undefined) throw thrown;
        return null;
      });
      const targets = site === null ? [] : await targetsOf(site, manifest);
      const target = targets.find((it) => it.id === id);
      if (site !== null && target !== undefined) return { site, target };
      known.push(...targets.map((it) => it.id));
    }
    throw unknownId(id, known);
  }

  async #site({ id, root, setup, destination }: ManifestRepo): Promise<Site> {
    const { hubRoot, registry } = this.#ground;
    const base = await openBase(this.#tools, { id, root, setup, hubRoot, destination });
    return {
      tools: this.#tools,
      base,
      folder: this.#ground.folder(base.paths),
      registry,
      say: (words) => this.#say(words),
    };
  }

  #say(words: string): void {
    this.#options.say?.(words);
  }
}

const isAtRest = ({ state }: { readonly state: string }): boolean =>
  state === "ready" || state === "setup_failed";

const hasWorktrees = (manifest: Manifest, { id }: ManifestRepo): boolean =>
  manifest.repos.some((it) => it.worktreeOf === id);

/** @throws {CarError} `not_found`. */
function baseOf(manifest: Manifest, id: string): ManifestRepo {
  const entry = findRepo(manifest, id);
  if (entry === undefined) throw unknownId(id, manifest.repos.map((it) => it.id));
  if (entry.kind === "base") return entry;
  const base = entry.worktreeOf === null ? undefined : findRepo(manifest, entry.worktreeOf);
  if (base?.kind === "base") return base;
  throw new CarError(
    "not_found",
    `The hub does not know the repo of ${id} (${entry.worktreeOf ?? "its entry names none"}).`,
    { hint: "Add that repo to the hub, or mend worktree_of in the manifest." },
  );
}

function unknownId(id: string, known: readonly string[]): CarError {
  const meant = closest(id, known);
  return new CarError("not_found", `The hub knows nothing called ${id}.`, {
    hint: meant === undefined
      ? "`car hub repos` and `car hub worktree list` show the names."
      : `Did you mean ${meant}?`,
  });
}

/** CAR's own by their records, and what else the manifest has of the repo. */
async function targetsOf({ base }: Site, manifest: Manifest): Promise<readonly Target[]> {
  const records = await readWorktreeRecords(base.paths);
  const own = records.map((record) => ({ id: record.id, path: record.path, record }));
  const others = manifest.repos.filter((it) =>
    it.kind === "worktree" && it.worktreeOf === base.id && own.every(({ id }) => id !== it.id)
  );
  const listed = others.map(async ({ id, root }) => ({
    id,
    path: await Deno.realPath(root).catch(() => root),
    record: null,
  }));
  const found = await Promise.all(listed);
  return [...own, ...found.filter((it) => own.every(({ path }) => path !== it.path))];
}
