/**
 * Keeps a repo's own queue and the copy of it in a run's worktree in step, whoever works the worktree:
 * the command line, a hub, or a person who resumes it there (docs/decisions/0022).
 */

import { Git } from "../../adapters/git/git.ts";
import { mayTrackState } from "../../adapters/git/index_file.ts";
import { locate, type Repository } from "../../adapters/git/repository.ts";
import { asCarError } from "../../base/errors.ts";
import { type RepoPaths, repoPaths } from "../../control/roots.ts";
import { readWorktreeRecords, type WorktreeRecord } from "../../control/worktree_records.ts";
import type { Run } from "../../engine/run.ts";
import { Settlements } from "../settlements.ts";
import type { Workplace } from "../workplace.ts";
import { bringIn, bringOut, type Queues } from "./queue_exchange.ts";

/** A run's worktree, and the repo it was made of. */
export interface RunWorktreePlace {
  readonly record: WorktreeRecord;
  readonly base: RepoPaths;
}

/** Null: the folder is no worktree of a run. */
export async function runWorktreeAt(root: string): Promise<RunWorktreePlace | null> {
  const located = await locate(root);
  if (located.kind !== "repository") return null;
  const { gitDir, commonDir } = located.repository;
  if (gitDir === commonDir || !commonDir.endsWith("/.git")) return null;
  const base = repoPaths(commonDir.slice(0, -"/.git".length));
  // An agent may write what git says in the worktree, but not CAR's own record in the base.
  const records = await readWorktreeRecords(base);
  const record = records.find((it) => it.path === located.repository.root && it.purpose === "run");
  return record === undefined ? null : { record, base };
}

type Place = Pick<Workplace, "journal" | "say" | "room" | "clock" | "chance">;

/** While the worktree's lock is ours. */
export class QueueReturn {
  readonly #place: Place;
  readonly #queues: Queues;
  readonly #told = new Set<string>();
  #last: Promise<void> = Promise.resolve();

  /** Null where a run needs none: in a repo itself. */
  static async of(place: Place, root: string): Promise<QueueReturn | null> {
    const found = await runWorktreeAt(root);
    return found === null ? null : new QueueReturn(place, found);
  }

  private constructor(place: Place, { record, base }: RunWorktreePlace) {
    this.#place = place;
    this.#queues = {
      base,
      copy: repoPaths(record.path),
      id: record.id,
      branch: record.branch,
      newHex: () => place.chance.hex(),
    };
  }

  /** Before the run starts: what a killed CAR did not bring back, then the repo's changes. */
  async begin(): Promise<void> {
    const last = this.#place.journal.lastRun();
    if (last !== null) await this.#bringOut(last);
    this.#tell(await bringIn(this.#queues));
  }

  /** In the midst of the run. A failure is told; the end tries again. */
  settled(run: Run): void {
    this.#last = this.#last.then(() => this.#bringOut(run))
      .catch((thrown) => this.#tell([asCarError(thrown).message]));
  }

  /** After the run has come to rest. */
  async end(run: Run): Promise<void> {
    await this.#last;
    await this.#bringOut(run);
  }

  async #bringOut(run: Run): Promise<void> {
    // They come with the branch: written in the base too, they would be in the way of the merge.
    if (await this.#tracksTickets()) return;
    const settled = new Settlements(this.#place.journal, run.id).with(null);
    this.#tell(await bringOut(this.#queues, settled));
  }

  async #tracksTickets(): Promise<boolean> {
    const { base } = this.#queues;
    const located = await locate(base.root);
    if (located.kind !== "repository") return false;
    if (!await mayTrackState(`${located.repository.gitDir}/index`)) return false;
    return await this.#listsTickets(located.repository);
  }

  async #listsTickets(repository: Repository): Promise<boolean> {
    const { base } = this.#queues;
    const git = Git.find({ room: this.#place.room, clock: this.#place.clock });
    const listed = await git.must(repository, {
      args: ["ls-files", "-z", "--", base.tickets.slice(base.root.length + 1)],
      beside: true,
      bytesMax: 1,
    });
    return listed.bytes.length > 0;
  }

  /** Each remark once. */
  #tell(remarks: readonly string[]): void {
    for (const text of remarks.filter((it) => !this.#told.has(it))) {
      this.#told.add(text);
      this.#place.say({ type: "remark", text });
    }
  }
}
