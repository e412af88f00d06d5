/** The hub's list as files tell it, for those who look without being the hub. */

import type { Clock } from "../../base/clock.ts";
import { asCarError } from "../../base/errors.ts";
import { inParallel } from "../../base/in_parallel.ts";
import { LOCAL } from "../../control/destination.ts";
import type { ManifestRepo } from "../../control/manifest.ts";
import { orchestrationPaths } from "../../control/orchestration.ts";
import { hubPaths, repoPaths } from "../../control/roots.ts";
import { RepoSight } from "../fleet/repo_sight.ts";
import type { HubRepoRow } from "../fleet/row.ts";
import { type RepoFacts, rowOf } from "../fleet/row_of.ts";
import { chatsOf, chatsWaiting, withThreadStore } from "../threads/inbox.ts";
import { baseOf } from "../worktrees/setup_trouble.ts";
import type { RepoLook } from "./looks.ts";

export interface RowsOptions {
  readonly hubRoot: string;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
}

/** Each opens a database for a moment. */
const ROWS_AT_ONCE = 8;

/** Nobody's slot: that is known to the hub alone. */
const NO_HUB = {
  slot: "none",
  slotsMax: null,
  starting: false,
  ours: false,
  notStarted: null,
} as const;

/** What each repo does, in the order of the looks. What cannot be read is its row's reason. */
export async function hubRows(
  looks: readonly RepoLook[],
  options: RowsOptions,
): Promise<readonly HubRepoRow[]> {
  const kept = orchestrationPaths(hubPaths(options.hubRoot).state);
  const waiting = await withThreadStore(kept, (store) => chatsWaiting(store, kept)) ?? new Map();
  return await inParallel(ROWS_AT_ONCE, looks, async (look) => {
    const facts = look.exists && look.initialized && look.trouble === null
      ? await factsOf(look, options, (id) => looks.find((it) => it.repo.id === id)?.repo)
      : NOTHING_READ;
    const { exists, initialized, trouble: initError } = look;
    const chats = chatsOf(waiting, look.repo);
    return rowOf(listedOf(look.repo), { ...facts, chats, exists, initialized, initError }, NO_HUB);
  });
}

const NOTHING_READ: Omit<RepoFacts, "exists" | "initialized" | "initError"> = {
  lock: { type: "free", last: null },
  run: null,
  lastSign: null,
  tickets: null,
  destination: LOCAL,
  attention: 0,
  chats: 0,
  dirty: null,
  setupTrouble: null,
  trouble: null,
};

async function factsOf(
  { repo }: RepoLook,
  { hubRoot, clock, environment }: RowsOptions,
  find: (id: string) => ManifestRepo | undefined,
) {
  const paths = repoPaths(repo.root);
  const base = baseOf(repo, find);
  const worktree = () => base === null ? null : { id: repo.id, base };
  const sight = new RepoSight({ paths, clock, environment, hubRoot, worktree });
  try {
    const { lock } = sight.ground();
    const tickets = await sight.tickets();
    const past = await sight.past().catch((thrown) => ({ trouble: asCarError(thrown) }));
    return { ...NOTHING_READ, setupTrouble: await sight.setupTrouble(), ...tickets, ...past, lock };
  } catch (thrown) {
    return { ...NOTHING_READ, trouble: asCarError(thrown) };
  } finally {
    await sight.close();
  }
}

function listedOf(repo: ManifestRepo) {
  const { id, path, root, displayName, enabled, autoRun, kind, worktreeOf, branch, destination } =
    repo;
  return { id, path, root, displayName, enabled, autoRun, kind, worktreeOf, branch, destination };
}
