/** Opens the fleet of a hub, or of one repo: its lock, its store, its list; and begins its work. */

import type { Clock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { asHubConfig, loadConfig } from "../../control/config.ts";
import { readHubState, type SavedRepo, writeHubState } from "../../control/hub_state.ts";
import { acquireLock, type HeldLock, type LockSight } from "../../control/lock.ts";
import { slug } from "../../control/manifest.ts";
import { openOrchestration, orchestrationPaths } from "../../control/orchestration.ts";
import { hubPaths, repoPaths } from "../../control/roots.ts";
import { holderOf } from "../holder.ts";
import { mendAndScan } from "../listing/hub_scanner.ts";
import { troublesOf } from "../listing/scan.ts";
import type { Fleet } from "./fleet.ts";
import { HubFleet } from "./hub_fleet.ts";
import { type HubScan, ManifestSource } from "./manifest_source.ts";
import { type RepoSource, singleSource } from "./repo_source.ts";
import type { HubRepoRow, RepoStatusName } from "./row.ts";
import { REPO_STATUSES } from "./row.ts";

export interface FleetOptions {
  /** Absolute: the hub's folder, or the repo's. */
  readonly root: string;
  readonly mode: "hub" | "repo";
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  /** What the process was started for, for the locks: `car serve`. */
  readonly command: string;
  /** CAR was started with --safe. */
  readonly safe?: boolean;
  /** Hub mode: how its folders are looked through, when it is not the usual way. */
  readonly scan?: HubScan;
  /** For the log: sentences for people. Must not throw. */
  readonly say?: (words: string) => void;
  /** The process should end with code 70 and be started anew: a loop cannot be kept alive. */
  readonly onHopeless?: (words: string) => void;
}

/**
 * Answers as soon as the list is known: repos are looked at, and what was on is taken up, in the
 * background.
 *
 * @throws {CarError} `locked` when another process serves this hub, `invalid` for the hub's config or
 * manifest, `unavailable`.
 */
export async function openFleet(options: FleetOptions): Promise<Fleet> {
  return options.mode === "hub" ? await openHub(options) : await openRepo(options);
}

async function openHub(options: FleetOptions): Promise<Fleet> {
  const { root, clock, environment } = options;
  const paths = hubPaths(root);
  const config = asHubConfig(await loadConfig({ root, env: environment }));
  const lock = await hubLock(options);
  try {
    const { state, setAside } = await readHubState(root, clock.now());
    if (setAside !== null) {
      options.say?.(`The saved list could not be read; it lies in ${setAside}`);
    }
    let scannedMs = state.lastScanMs;
    const scan: HubScan = async () => {
      const troubles = await (options.scan ?? (() => usualScan(options)))();
      scannedMs = clock.now();
      return troubles;
    };
    return await begin(options, {
      state: paths.state,
      lock,
      source: new ManifestSource(root, config, scan),
      slotsMax: config.hub.max_parallel,
      saved: new Map(state.repos.map((it) => [it.id, savedRow(it)])),
      save: saver(
        options,
        (rows) => writeHubState(root, { lastScanMs: scannedMs, repos: rows.map(savedRepo) }),
      ),
    });
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

async function usualScan({ root, clock, environment, safe = false, say }: FleetOptions) {
  const scanned = await mendAndScan({ root, clock, environment, safe, say: say ?? (() => {}) });
  return troublesOf(scanned.repos);
}

async function openRepo(options: FleetOptions): Promise<Fleet> {
  const { root } = options;
  const name = root.slice(root.lastIndexOf("/") + 1);
  const listed = {
    id: slug(name),
    path: ".",
    root,
    displayName: name,
    enabled: true,
    autoRun: false,
    kind: "base" as const,
    worktreeOf: null,
    branch: null,
    destination: null,
  };
  return await begin(options, {
    state: repoPaths(root).state,
    lock: null,
    source: singleSource(listed),
    slotsMax: null,
    saved: new Map(),
    save: () => Promise.resolve(),
  });
}

interface Opened {
  /** The state folder. */
  readonly state: string;
  readonly lock: HeldLock | null;
  readonly source: RepoSource;
  readonly slotsMax: number | null;
  readonly saved: ReadonlyMap<string, Partial<HubRepoRow>>;
  readonly save: (rows: readonly HubRepoRow[]) => Promise<void>;
}

async function begin(options: FleetOptions, opened: Opened): Promise<Fleet> {
  const { clock } = options;
  const say = options.say ?? (() => {});
  const chats = orchestrationPaths(opened.state);
  const { store, finding } = await openOrchestration(chats, clock.now());
  if (finding !== null) say(finding);
  const fleet = new HubFleet({
    ...opened,
    mode: options.mode,
    root: options.root,
    clock,
    environment: options.environment,
    command: options.command,
    safe: options.safe ?? false,
    store,
    chats,
    say,
    onHopeless: options.onHopeless ?? say,
  });
  try {
    await fleet.open();
    return fleet;
  } catch (thrown) {
    await fleet.close();
    throw thrown;
  }
}

async function hubLock({ root, clock, command }: FleetOptions): Promise<HeldLock> {
  const taken = await acquireLock(hubPaths(root).lock, holderOf(command, clock), clock);
  if (taken.type === "held") return taken.lock;
  throw hubLockedError(root, taken);
}

/** The refusal of a second process for one hub. */
export function hubLockedError(
  root: string,
  { holder }: Extract<LockSight, { type: "busy" }>,
): CarError {
  if (holder === null) {
    return new CarError(
      "locked",
      `Another process serves the hub ${root}; it does not say who it is.`,
      {
        hint: "Wait a moment and try again; `car doctor` looks for it.",
      },
    );
  }
  const where = holder.url === null ? "" : ` at ${holder.url}`;
  return new CarError(
    "locked",
    `The hub ${root} is served already${where}, by ${holder.command} (process ${holder.pid}, since ${holder.startedAt}).`,
    {
      hint: holder.url === null
        ? `Use that one, or end it with "kill ${holder.pid}".`
        : `Open ${holder.url}, or end that process with "kill ${holder.pid}".`,
    },
  );
}

/** Writes only what is another than the last time. A list that cannot be written is no one's trouble. */
function saver(
  { say }: FleetOptions,
  write: (rows: readonly HubRepoRow[]) => Promise<void>,
): (rows: readonly HubRepoRow[]) => Promise<void> {
  let written: readonly HubRepoRow[] | null = null;
  return async (rows) => {
    if (rows === written) return;
    written = rows;
    await write(rows).catch((thrown) => say?.(`The list was not saved: ${thrown.message}`));
  };
}

const isStatus = (word: string): word is RepoStatusName => Object.hasOwn(REPO_STATUSES, word);

function savedRow(saved: SavedRepo): Partial<HubRepoRow> {
  const { status, reason, initError, sinceMs, done, total, dirty, attention, lastActivityMs } =
    saved;
  if (!isStatus(status)) return {};
  return { status, reason, initError, sinceMs, done, total, dirty, attention, lastActivityMs };
}

function savedRepo(row: HubRepoRow): SavedRepo {
  const { id, path, displayName, status, reason, initError, sinceMs, lastRun } = row;
  const { done, total, dirty, attention, lastActivityMs } = row;
  return {
    id,
    path,
    displayName,
    status,
    reason,
    initError,
    sinceMs,
    lastRun,
    done,
    total,
    dirty,
    attention,
    lastActivityMs,
  };
}
