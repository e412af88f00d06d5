/**
 * The threads this process has to itself: each by its own lock, kept as long as its agent may have the
 * conversation open, since an agent lets only one of its processes write one.
 */

import type { Clock } from "../../base/clock.ts";
import { ensureDir } from "../../control/files.ts";
import { acquireLock, type HeldLock, type LockHolder } from "../../control/lock.ts";
import type { OrchestrationPaths } from "../../control/orchestration.ts";
import type { ThreadKey } from "../../engine/thread.ts";
import { threadFolder } from "./files.ts";

const FOLDER_MODE = 0o700;

interface Held {
  readonly lock: HeldLock;
  /** Where its agent works. */
  readonly root: string;
  uses: number;
}

/** A thread that was taken, or had already. */
export interface TakenThread {
  readonly lock: HeldLock;
  /** Whether another process may have driven it since this one last did. */
  readonly fresh: boolean;
}

export class HeldThreads {
  readonly #paths: OrchestrationPaths;
  readonly #clock: Clock;
  readonly #holder: () => LockHolder;
  readonly #held = new Map<ThreadKey, Held>();

  constructor(paths: OrchestrationPaths, clock: Clock, holder: () => LockHolder) {
    this.#paths = paths;
    this.#clock = clock;
    this.#holder = holder;
  }

  /** Null: another process has it. @throws {CarError} `unavailable`. */
  async take(thread: ThreadKey, root: string): Promise<TakenThread | null> {
    const known = this.#held.get(thread);
    if (known !== undefined) {
      known.uses++;
      return { lock: known.lock, fresh: false };
    }
    const folder = threadFolder(this.#paths, thread);
    await ensureDir(folder, FOLDER_MODE);
    const taken = await acquireLock(`${folder}/lock`, this.#holder(), this.#clock);
    if (taken.type === "busy") return null;
    this.#held.set(thread, { lock: taken.lock, root, uses: 1 });
    return { lock: taken.lock, fresh: true };
  }

  /** Nothing is done in it now. @param keep Its agent still has the conversation open. */
  rest(thread: ThreadKey, keep: boolean): void {
    const held = this.#held.get(thread);
    if (held === undefined) return;
    held.uses--;
    if (held.uses === 0 && !keep) this.#release(thread, held);
  }

  /** Threads nothing is done in, and that no other process can drive. */
  resting(): readonly ThreadKey[] {
    return [...this.#held].filter(([, { uses }]) => uses === 0).map(([thread]) => thread);
  }

  /** The agents of a folder are gone: others may have its threads. */
  releaseAt(root: string): void {
    for (const [thread, held] of this.#held) {
      if (held.root === root && held.uses === 0) this.#release(thread, held);
    }
  }

  releaseAll(): void {
    for (const [thread, held] of this.#held) this.#release(thread, held);
  }

  #release(thread: ThreadKey, { lock }: Held): void {
    this.#held.delete(thread);
    lock.release();
  }
}
