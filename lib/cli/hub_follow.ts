/** `car log -f` in a hub's folder: the runs of all its repos as they go, those that begin later too. */

import { asCarError } from "../base/errors.ts";
import type { ManifestRepo } from "../control/manifest.ts";
import { repoPaths } from "../control/roots.ts";
import { type RunId, runNumber } from "../engine/ids.ts";
import type { Run } from "../engine/run.ts";
import { followRun } from "../hub/follow.ts";
import { type Reading, withReading } from "../hub/reading.ts";
import type { Call } from "./command.ts";
import type { PrintedLine, Renderer } from "./log_renderer.ts";
import { rendererFor } from "./log_runs.ts";
import { reposOf } from "./repo_of_hub.ts";

/** Between two looks whether something happened in a repo at rest, in milliseconds: a stamp of a file. */
const LOOK_MS = 500;
/** Looks between two looks at the list of repos. */
const LIST_EVERY = 10;
/** Runs of a repo that may begin between two looks. */
const RUNS_MAX = 50;

/** How far a repo's newest run has been told. */
export interface ToldRun {
  readonly run: RunId;
  /** The last event that was told. */
  readonly after: number;
  readonly renderer: Renderer;
}

export type TellLines = (repo: string, lines: readonly PrintedLine[]) => void;

interface Followed {
  told: ToldRun | null;
  /** Of its journal, when it was last looked into. */
  stamp: string;
  isAtWork: boolean;
}

/**
 * Tells what happens in any repo of the hub until nobody reads any more.
 * @param told By repo; a repo that is not in it has had no run so far.
 */
export async function followHub(
  call: Call,
  hub: { readonly root: string; readonly repos: readonly ManifestRepo[] },
  told: ReadonlyMap<string, ToldRun>,
  tell: TellLines,
): Promise<void> {
  const { clock, closed } = call.io;
  const followed = new Map<string, Followed>();
  const working = new Set<Promise<void>>();
  let { repos } = hub;
  for (let look = 1; !closed.aborted; look++) {
    for (const repo of repos) {
      const it = followed.get(repo.id) ??
        { told: told.get(repo.id) ?? null, stamp: "", isAtWork: false };
      followed.set(repo.id, it);
      const stamp = journalStamp(repo.root);
      if (it.isAtWork || stamp === it.stamp) continue;
      Object.assign(it, { stamp, isAtWork: true });
      const work = followRepo(call, repo, it, tell)
        .catch((thrown) => call.output.remark(`${repo.id}: ${asCarError(thrown).message}`))
        .finally(() => {
          it.isAtWork = false;
          working.delete(work);
        });
      working.add(work);
    }
    await clock.sleep(LOOK_MS, closed).catch(() => {});
    if (look % LIST_EVERY === 0) repos = await listOf(call, hub.root) ?? repos;
  }
  await Promise.all(working);
}

/** Null while the list cannot be read. */
const listOf = (call: Call, root: string): Promise<readonly ManifestRepo[] | null> =>
  reposOf(root, call.io.environment()).then((it) => it.repos, () => null);

/** Another whenever something was written to the journal; "" for none. */
function journalStamp(root: string): string {
  const { journal } = repoPaths(root);
  return [journal, `${journal}-wal`].map((path) => {
    try {
      const { ino, mtime, size } = Deno.statSync(path);
      return `${ino} ${mtime?.getTime()} ${size}`;
    } catch {
      return "";
    }
  }).join(" ").trim();
}

/** Every run from the one that was told last, one after the other, until the repo rests. */
async function followRepo(
  call: Call,
  { id, root }: ManifestRepo,
  it: Followed,
  tell: TellLines,
): Promise<void> {
  await withReading(repoPaths(root), async (reading) => {
    const { past } = reading;
    const last = it.told === null ? 0 : runNumber(it.told.run);
    const runs = past?.journal.runs(RUNS_MAX).map(({ run }) => run) ?? [];
    const open = runs.filter(({ id }) => runNumber(id) >= last)
      .sort((a, b) => runNumber(a.id) - runNumber(b.id));
    for (const run of open) await followOne(call, id, { reading, run, it, tell });
  });
}

interface OneRun {
  readonly reading: Reading;
  readonly run: Run;
  readonly it: Followed;
  readonly tell: TellLines;
}

async function followOne(call: Call, repo: string, { reading, run, it, tell }: OneRun) {
  const { past } = reading;
  if (past === null) return;
  if (it.told?.run !== run.id) {
    it.told = {
      run: run.id,
      after: 0,
      renderer: rendererFor(call, past.journal, run.id, { repo }),
    };
  }
  const { renderer, after } = it.told;
  let isNews = false;
  const end = await followRun(reading, {
    run: run.id,
    after,
    clock: call.io.clock,
    signal: call.io.closed,
    onEvents: (events) => {
      isNews = true;
      tell(repo, renderer(events, () => true));
      it.told = { run: run.id, renderer, after: events.at(-1)?.seq ?? after };
    },
  });
  if (end !== "cut_off" || !isNews && after > 0) return;
  call.output.remark(`${repo}: CAR ended without saying so; "car resume --repo ${repo}" goes on.`);
}
