/** What one turn changed in the repo: between the trees CAR named before and after it, or its commit. */

import { Git } from "../adapters/git/git.ts";
import { ProcessRoom } from "../adapters/process/room.ts";
import type { Clock } from "../base/clock.ts";
import { asCarError, CarError } from "../base/errors.ts";
import type { Journal } from "../control/journal.ts";
import { readVerdicts } from "../control/views_read.ts";
import type { RunId, TurnId } from "../engine/ids.ts";
import { readNote } from "../engine/notes.ts";
import type { RepoDesk } from "./fleet/desk.ts";
import { RepoGit } from "./repo_git.ts";

/** More than a person reads; the rest is said to be cut. */
const DIFF_BYTES_MAX = 2 * 1024 * 1024;

export interface TurnChanges {
  readonly turn: TurnId;
  /** Unified; empty when nothing changed or nothing is known. */
  readonly diff: string;
  readonly cut: boolean;
  /** Why it cannot be told; null when it can. */
  readonly missing: string | null;
}

export interface LookOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
}

/** Two things git can compare, oldest first. */
type Pair = readonly [string, string];

/** @throws {CarError} `not_found` for a turn the journal does not know. */
export async function turnChanges(
  desk: RepoDesk,
  turn: TurnId,
  options: LookOptions,
): Promise<TurnChanges> {
  const { past } = await desk.reading();
  const base = past === null ? null : baseOf(past.journal, turn);
  if (past === null || base === null) {
    throw new CarError("not_found", `There is no turn ${turn} in this repo.`);
  }
  const after = treeAfter(past.journal, base);
  const commit = readVerdicts(past.views, { run: base.run }).findLast((it) => it.turn === turn)
    ?.commit ?? null;
  const pairs: Pair[] = [];
  if (base.treeId !== null && after !== null) pairs.push([base.treeId, after]);
  if (commit !== null) pairs.push([`${commit}^`, commit]);
  return await withGit(desk, options, async (git) => {
    // The turn in hand has no end yet: what it has done so far is in the tree as it is now.
    if (base.treeId !== null && after === null && isNewest(past.journal, base)) {
      pairs.unshift([base.treeId, await git.treeId()]);
    }
    for (const [from, to] of pairs) {
      const found = await git.diff(from, to, DIFF_BYTES_MAX).catch(unknownObject);
      if (found !== null) return { turn, diff: found.text, cut: found.truncated, missing: null };
    }
    return { turn, diff: "", cut: false, missing: GONE };
  });
}

const GONE = "The trees of this turn are no longer kept, and it made no commit. " +
  "CAR keeps them until the next run begins.";

interface Base {
  readonly run: RunId;
  readonly seq: number;
  readonly treeId: string | null;
}

function baseOf(journal: Journal, turn: TurnId): Base | null {
  const event = journal.events({ turn, types: ["turn_base"], last: 1 }).at(0);
  const note = event === undefined ? null : readNote(event.type, event.body);
  if (event === undefined || note?.type !== "turn_base") return null;
  return { run: event.run, seq: event.seq, treeId: note.body.treeId };
}

/** The next tree that CAR named in the run: at its look after the turn, by its checks, or before its next turn. */
function treeAfter(journal: Journal, { run, seq }: Base): string | null {
  const next = journal.events({ run, after: seq, types: TREE_TELLERS, limit: 1 }).at(0);
  const body = Object(next?.body);
  const tree = next?.type === "looked" ? Object(body.progress).treeId : body.treeId;
  return typeof tree === "string" ? tree : null;
}

const TREE_TELLERS = ["looked", "checked", "turn_base"];

const isNewest = (journal: Journal, { run, seq }: Base): boolean =>
  journal.lastRun()?.id === run &&
  journal.events({ run, after: seq, types: ["turn_base"], limit: 1 }).length === 0;

async function withGit<T>(
  { paths }: RepoDesk,
  { clock, environment }: LookOptions,
  body: (git: RepoGit) => Promise<T>,
): Promise<T> {
  const room = ProcessRoom.open({
    root: paths.root,
    owner: crypto.randomUUID(),
    clock,
    environment,
  });
  try {
    const path = environment["PATH"];
    const git = Git.find({ room, clock, ...(path === undefined ? {} : { path }) });
    return await body(await RepoGit.open(git, paths.root, `${paths.state}/trees`));
  } finally {
    await room.close();
  }
}

/** Git names an object it does not have as a failure of its own; anything else is one of ours. */
function unknownObject(thrown: unknown): null {
  const failure = asCarError(thrown);
  if (failure.code === "internal" || failure.code === "unavailable") return null;
  throw failure;
}
