/** The world as `car doctor` asks for it: git, agents, tickets, stores and processes of one repo. */

import { findGit } from "../adapters/git/program.ts";
import { ProcessRoom } from "../adapters/process/room.ts";
import type { Clock } from "../base/clock.ts";
import { CarError } from "../base/errors.ts";
import { type Config, inspectConfig, type RepoConfig } from "../control/config.ts";
import type { DoctorContext, GitAnswer, StoreHealth } from "../control/doctor.ts";
import { exists, removeFile } from "../control/files.ts";
import { Journal } from "../control/journal.ts";
import { acquireLock, lockedError, lookAtLock } from "../control/lock.ts";
import { isAlive } from "../control/process_identity.ts";
import type { RepoPaths } from "../control/roots.ts";
import { openSpawns } from "../control/spawns.ts";
import { openDatabase, quickCheck } from "../control/sqlite.ts";
import { fixQueue } from "../control/ticket_fix.ts";
import { TicketFolder } from "../control/tickets.ts";
import { rebuildViews } from "../control/views.ts";
import { journalTrouble } from "../control/witness.ts";
import { lookAtAgents, type NamedFacts } from "./agent_facts.ts";
import { lookAtDestination } from "./destination_facts.ts";
import { isGitBusy } from "./git_busy.ts";
import { holderOf } from "./holder.ts";
import { openWorkQueue } from "./open_queue.ts";

export interface WorldOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
}

export interface DoctorWorld {
  readonly context: DoctorContext;
  readonly agents: () => Promise<readonly NamedFacts[]>;
  /** Ends what the looking started. */
  close(): Promise<void>;
}

/** Longer than git takes to look at anything in a sound repo. */
const GIT_MS_MAX = 10_000;
/** Names in a folder: the listing of a hundred thousand fits. */
const LISTING_BYTES_MAX = 32 * 1024 * 1024;
const PATH_FALLBACK = "/usr/local/bin:/usr/bin:/bin";

/** @throws {CarError} `unavailable` when not even a shell can be started. */
export async function openDoctorWorld(
  paths: RepoPaths,
  { clock, environment }: WorldOptions,
): Promise<DoctorWorld> {
  const { config } = await inspectConfig({ root: paths.root, env: environment });
  const room = ProcessRoom.open({
    root: paths.root,
    owner: crypto.randomUUID(),
    clock,
    environment,
  });
  const folder = new TicketFolder(paths, clock);
  const place = { root: paths.root, config: asRepo(config), clock, environment, safe: false };
  const agents = () => lookAtAgents(place);
  const context: DoctorContext = {
    repo: paths,
    env: environment,
    clock,
    git: (args) => runGit(room, paths.root, args, environment),
    gitBusy: () => Promise.resolve(isGitBusy(paths.root)),
    countNames: (path) => countNames(room, path),
    agents,
    destination: () => lookAtDestination(place),
    queue: () => openWorkQueue(paths, asRepo(config), folder).read(),
    fixQueue: async () => (await fixQueue(folder)).map((it) => `${it.file}:${it.line}: ${it.done}`),
    journal: () => journalHealth(paths),
    views: () => viewsHealth(paths),
    rebuildViews: () => rebuild(paths),
    leftovers: () => leftovers(paths),
    sweepLeftovers: () => sweepLeftovers(paths, room, clock),
  };
  return { context, agents, close: () => room.close() };
}

/** A hub configures agents with the same keys as a repo. */
const asRepo = (config: Config): RepoConfig => ({ ...config, mode: "repo" });

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function runGit(
  room: ProcessRoom,
  root: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<GitAnswer | null> {
  let program: string;
  try {
    program = findGit(environment["PATH"] ?? PATH_FALLBACK);
  } catch {
    return null;
  }
  const { exit, stdout } = await room.run(
    { argv: [program, ...args], cwd: root, purpose: "git", env: { LC_ALL: "C" } },
    { timeoutMs: GIT_MS_MAX },
  );
  return { code: exit.code, stdout: text(stdout), stderr: exit.stderrTail };
}

/** `-q` writes one byte for each that is no text, a line end too: lines are names. */
async function countNames(room: ProcessRoom, folder: string): Promise<number | null> {
  const { exit, stdout, bytes } = await room.run(
    { argv: ["ls", "-Aq1", folder], cwd: "/", purpose: "tool", env: { LC_ALL: "C" } },
    { timeoutMs: GIT_MS_MAX, bytesMax: LISTING_BYTES_MAX, keep: "head" },
  );
  if (exit.code !== 0 || bytes > LISTING_BYTES_MAX) return null;
  return text(stdout).split("\n").length - 1;
}

const damaged = (detail: string): StoreHealth => ({ type: "damaged", detail });

/** What `look` throws is what is wrong with the store. */
async function health(look: () => Promise<StoreHealth>): Promise<StoreHealth> {
  try {
    return await look();
  } catch (thrown) {
    if (thrown instanceof CarError) return damaged(thrown.message);
    throw thrown;
  }
}

function journalHealth(paths: RepoPaths): Promise<StoreHealth> {
  return health(async () => {
    if (!await exists(paths.journal)) {
      const trouble = await journalTrouble(paths, null);
      return trouble === null ? { type: "absent" } : damaged(trouble);
    }
    const journal = Journal.open(paths.journal);
    try {
      const trouble = await journalTrouble(paths, journal);
      const found = quickCheck(journal.db);
      if (trouble !== null || found !== "ok") return damaged(trouble ?? found);
      return { type: "ok", detail: `${journal.highSeq()} events, all readable.` };
    } finally {
      journal.close();
    }
  });
}

function viewsHealth(paths: RepoPaths): Promise<StoreHealth> {
  return health(async () => {
    if (!await exists(paths.views)) return { type: "absent" };
    const db = openDatabase(paths.views);
    try {
      const found = quickCheck(db);
      return found === "ok" ? { type: "ok", detail: "Readable." } : damaged(found);
    } finally {
      db.close();
    }
  });
}

async function rebuild(paths: RepoPaths): Promise<void> {
  // Without a journal there is nothing they could tell: the next run makes them.
  if (!await exists(paths.journal)) return await removeFile(paths.views);
  const journal = Journal.open(paths.journal);
  try {
    rebuildViews(paths.views, journal);
  } finally {
    journal.close();
  }
}

/** Processes a journal knows no end of, while nobody holds the repo. */
async function leftovers(paths: RepoPaths): Promise<readonly string[]> {
  if (lookAtLock(paths.lock).type === "busy" || !await exists(paths.journal)) return [];
  const journal = Journal.open(paths.journal);
  try {
    return openSpawns(journal).filter(isAlive)
      .map(({ pid, argv }) => `process ${pid}: ${argv.join(" ")}`);
  } finally {
    journal.close();
  }
}

/** @throws {CarError} `locked` when a run began meanwhile: then they are its own. */
async function sweepLeftovers(paths: RepoPaths, room: ProcessRoom, clock: Clock): Promise<void> {
  const taken = await acquireLock(paths.lock, holderOf("car doctor --fix", clock), clock);
  if (taken.type === "busy") throw lockedError(paths.root, taken);
  try {
    await room.sweepDead();
  } finally {
    await taken.lock.release();
  }
}
