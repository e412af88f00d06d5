/**
 * Whether git sees changes that are not committed, asked of one repo after the other while somebody
 * looks at the list: each is a start of git, which a hub at rest does not pay.
 */

import { Git } from "../../adapters/git/git.ts";
import { locate } from "../../adapters/git/repository.ts";
import { statusOf } from "../../adapters/git/status.ts";
import { ProcessRoom } from "../../adapters/process/room.ts";
import type { Clock } from "../../base/clock.ts";
import type { LocalDesk } from "./local_desk.ts";
import type { Loops } from "./loops.ts";

export interface TreeLookoutOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the hub or the repo: marks the processes. */
  readonly root: string;
  readonly desks: () => readonly LocalDesk[];
}

/** How often one repo is asked while somebody looks, in milliseconds. */
const LOOK_MS = 1_000;
/** A repo is not asked again within this, in milliseconds. */
const FRESH_MS = 15_000;

export class TreeLookout {
  readonly #options: TreeLookoutOptions;
  readonly #lookedAt = new Map<string, number>();
  #watchers = 0;
  #opened: { readonly room: ProcessRoom; readonly git: Git } | null = null;
  #looking: Promise<void> | null = null;
  #closed = false;

  constructor(options: TreeLookoutOptions) {
    this.#options = options;
  }

  begin(loops: Loops): void {
    loops.keep("work trees", () => LOOK_MS, () => {
      if (this.#watchers > 0) this.#looking ??= this.#next().finally(() => this.#looking = null);
    });
  }

  /** Somebody looks at the list, until the signal aborts. */
  watch(signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#watchers++;
    signal.addEventListener("abort", () => this.#watchers--, { once: true });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#looking;
    await this.#opened?.room.close();
  }

  /** The repo that was not asked for the longest time. */
  async #next(): Promise<void> {
    const now = this.#options.clock.elapsed();
    const waiting = this.#options.desks()
      .filter((it) => it.row().initialized && it.listed.enabled)
      .map((desk) => ({ desk, atMs: this.#lookedAt.get(desk.id) ?? -FRESH_MS }))
      .sort((a, b) => a.atMs - b.atMs);
    const [first] = waiting;
    if (this.#closed || first === undefined || now - first.atMs < FRESH_MS) return;
    this.#lookedAt.set(first.desk.id, now);
    first.desk.treeSeen(await this.#isDirty(first.desk.paths.root));
  }

  /** Null where git cannot tell. Nothing depends on it. */
  async #isDirty(root: string): Promise<boolean | null> {
    try {
      const located = await locate(root);
      if (located.kind !== "repository") return null;
      const status = await statusOf(this.#git(), located.repository, { changesMax: 1 });
      return !status.clean;
    } catch {
      return null;
    }
  }

  #git(): Git {
    if (this.#opened !== null) return this.#opened.git;
    const { clock, environment, root } = this.#options;
    const room = ProcessRoom.open({
      root: `${root}/.codex-autorunner/looks`,
      owner: crypto.randomUUID(),
      clock,
      environment,
    });
    const path = environment["PATH"];
    const git = Git.find({ room, clock, ...(path === undefined ? {} : { path }) });
    this.#opened = { room, git };
    return git;
  }
}
