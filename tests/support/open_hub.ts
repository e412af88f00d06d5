/** A fleet in this process over a scratch hub, with what tests wait for. */

import { systemClock } from "../../lib/base/clock.ts";
import type { RepoDesk } from "../../lib/hub/fleet/desk.ts";
import type { Fleet, FleetEvent } from "../../lib/hub/fleet/fleet.ts";
import { openFleet } from "../../lib/hub/fleet/open_fleet.ts";
import type { HubRepoRow } from "../../lib/hub/fleet/row.ts";
import type { RunRequest } from "../../lib/hub/run_repo.ts";
import { hubEnvironment, type HubFolder } from "./hub_folder.ts";
import { soon } from "./soon.ts";

export interface OpenHub extends AsyncDisposable {
  readonly fleet: Fleet;
  /** What it said for the log. */
  readonly said: readonly string[];
  row(id: string): HubRepoRow;
  desk(id: string): RepoDesk;
  /** Starts the run as a person would. */
  start(id: string, changes?: Partial<RunRequest>): Promise<void>;
  /** Resolves with the row once it is so. */
  until(id: string, what: string, is: (row: HubRepoRow) => boolean): Promise<HubRepoRow>;
  /** Resolves once the repo's newest run is in this status and the repo is free. */
  untilRest(id: string, status: string): Promise<HubRepoRow>;
}

export const REQUEST: RunRequest = {
  type: "run",
  by: "cli:tester",
  flags: { stopAfterTickets: null, agent: null, withoutCommits: false },
  allowDirty: false,
  wait: false,
};

export async function openHub(
  folder: HubFolder,
  listener: (event: FleetEvent) => void = () => {},
): Promise<OpenHub> {
  const said: string[] = [];
  const fleet = await openFleet({
    root: folder.root,
    mode: "hub",
    clock: systemClock,
    environment: hubEnvironment(folder.home),
    command: "car serve",
    say: (words) => said.push(words),
  });
  const over = new AbortController();
  fleet.subscribe(listener, over.signal);
  const row = (id: string): HubRepoRow => {
    const found = fleet.repos().find((it) => it.id === id);
    if (found === undefined) throw new Error(`There is no row ${id}`);
    return found;
  };
  const until: OpenHub["until"] = async (id, what, is) => {
    try {
      return await soon(`${id}: ${what}`, () => {
        const now = row(id);
        return Promise.resolve(is(now) ? now : null);
      });
    } catch (thrown) {
      throw new Error(`${JSON.stringify(row(id))} ${said.join("; ")}`, { cause: thrown });
    }
  };
  return {
    fleet,
    said,
    row,
    desk: (id) => fleet.requireDesk(id),
    start: async (id, changes = {}) => {
      await fleet.requireDesk(id).start({ ...REQUEST, ...changes });
    },
    until,
    untilRest: (id, status) =>
      until(
        id,
        `rests as ${status}`,
        (it) => it.lastRun?.status === status && it.lock !== "LOCKED_ALIVE" && it.slot === "none",
      ),
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await fleet.close();
    },
  };
}
