/** Opens a repo for work: the lock, the journal, the process room, the agents; and closes them in order. */

import { Git } from "../adapters/git/git.ts";
import type { Box } from "../adapters/process/box.ts";
import { ProcessRoom } from "../adapters/process/room.ts";
import type { Clock } from "../base/clock.ts";
import { CarError } from "../base/errors.ts";
import { Approvals } from "../control/approvals.ts";
import { ConfigCopy } from "../control/config_copy.ts";
import { asRepoConfig, loadConfig, type RepoConfig } from "../control/config.ts";
import type { Destination } from "../control/destination.ts";
import { removeHalfFiles } from "../control/half_files.ts";
import { archiveOlderState } from "../control/older_state.ts";
import { acquireLock, type HeldLock, lockedError } from "../control/lock.ts";
import { openSpawns, recordExit, recordSpawn } from "../control/spawns.ts";
import { type RepoPaths, repoPaths } from "../control/roots.ts";
import { TicketFolder } from "../control/tickets.ts";
import { type GuardFinding, openGuarded, WITNESS_EVERY, writeWitness } from "../control/witness.ts";
import { isLive } from "../engine/run.ts";
import { parseRunId, type RunId, runNumber } from "../engine/ids.ts";
import { AgentPool } from "./agents.ts";
import { mayTryDestination } from "./approvals.ts";
import type { AtRun } from "./at_run.ts";
import { removeDeadGitLocks } from "./dead_git_locks.ts";
import { holderOf } from "./holder.ts";
import type { LiveListener } from "./live.ts";
import { openWorkQueue } from "./open_queue.ts";
import { QuotaBook } from "./quota_book.ts";
import { boxFor, sweepDead } from "./repo_box.ts";
import { RepoGit } from "./repo_git.ts";
import { Requests } from "./requests.ts";
import { SessionLog } from "./session_log.ts";
import { Settlements } from "./settlements.ts";
import { systemChance, type Workplace } from "./workplace.ts";

export interface SessionOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  /** What CAR was started for, e.g. `car run`: told to whoever finds the lock taken. */
  readonly command: string;
  readonly say: LiveListener;
  /** CAR was started with --safe: no agent gets more than the safe posture. */
  readonly safe?: boolean;
  /** Another root whose approvals count here: that of the repo a worktree was made of. */
  readonly approvedAt?: string;
  /** Where agents and checks run, by the hub's manifest; absent: as the repo's config says. */
  readonly destination?: Destination;
  /** The hub the repo belongs to, whose shared files are defaults of its config. */
  readonly hubRoot?: string;
}

/** A repo in our hands, until closed. */
export interface Session {
  readonly place: Workplace;
  readonly log: SessionLog;
  readonly lock: HeldLock;
  /** The workplace of one of its runs. */
  at(run: RunId): AtRun;
  /** Takes note of a written step: the witness follows the journal. */
  stepped(seq: number): void;
  /** One above the highest run folder: a journal that was lost does not bring old numbers back. */
  nextRunFolder(): number;
  /** Ends every process, marks a clean end, frees the lock. */
  close(): Promise<void>;
}

/** @throws {CarError} `locked` with who holds it, `invalid` for the config, `unavailable`, `damaged`. */
export async function openSession(root: string, options: SessionOptions): Promise<Session> {
  const paths = repoPaths(root);
  const holder = holderOf(options.command, options.clock);
  const taken = await acquireLock(paths.lock, holder, options.clock);
  if (taken.type === "busy") throw lockedError(root, taken);
  const opened: Closing[] = [() => taken.lock.release()];
  try {
    return await open(paths, taken.lock, holder.owner, options, opened);
  } catch (thrown) {
    await closeAll(opened);
    throw thrown;
  }
}

type Closing = () => void | Promise<void>;

/** Last opened, first closed; each gets its turn whatever the others do. */
async function closeAll(opened: Closing[]): Promise<void> {
  for (const close of opened.splice(0).reverse()) {
    await Promise.resolve().then(close).catch(() => {});
  }
}

async function open(
  paths: RepoPaths,
  lock: HeldLock,
  owner: string,
  options: SessionOptions,
  opened: Closing[],
): Promise<Session> {
  const { clock, environment } = options;
  const { root } = paths;
  const config = asRepoConfig(
    await loadConfig({
      root,
      env: environment,
      ...(options.hubRoot === undefined ? {} : { hubRoot: options.hubRoot }),
    }),
  );
  const log = await SessionLog.open({ root, config, environment, clock, command: options.command });
  opened.push(() => log.close());
  try {
    return await openLogged(paths, config, log, { lock, owner, options, opened });
  } catch (thrown) {
    log.failed(thrown);
    throw thrown;
  }
}

interface Opening {
  readonly lock: HeldLock;
  readonly owner: string;
  readonly options: SessionOptions;
  readonly opened: Closing[];
}

async function openLogged(
  paths: RepoPaths,
  config: RepoConfig,
  log: SessionLog,
  { lock, owner, options, opened }: Opening,
): Promise<Session> {
  const { clock, environment } = options;
  const { root } = paths;
  const say: LiveListener = (event) => {
    log.listen(event);
    options.say(event);
  };
  const { journal, findings } = await openGuarded(paths, {
    uuid: crypto.randomUUID(),
    nowMs: clock.now(),
    unclean: lock.unclean,
  });
  opened.push(() => journal.close());
  for (const finding of findings) say({ type: "remark", text: findingWords(finding) });
  // What cannot be moved stays where it is: nothing depends on it.
  const older = await archiveOlderState(paths).catch(() => null);
  if (older !== null) say({ type: "remark", text: older });
  const box = await boxFor({ root, config, environment, destination: options.destination });
  const room = openRoom(root, owner, { ...options, box }, journal);
  opened.push(() => room.close());
  const left = await sweepDead(room, journal, box);
  if (left !== null && left > 0) {
    say({ type: "remark", text: `Ended ${left} processes that an earlier car had left behind` });
  }
  closeOldSpawns(journal, owner, clock);
  if (lock.unclean) await clearAfterDeath(paths, journal, say);
  const agents = new AgentPool({
    root,
    config,
    room,
    environment,
    safe: options.safe ?? false,
    container: box?.destination ?? null,
    log: (agent, text) => log.agent(agent, text),
    remark: (text) => say({ type: "remark", text }),
  });
  opened.push(() => agents.closeAll());
  const approvals = new Approvals(root, environment, options.approvedAt);
  const trial = await mayTryDestination({ agents, approvals, config });
  await box?.prepare((spec, limits) => room.run(spec, limits), { trial });
  const git = await openGit(paths, config, room, options);
  const place: Workplace = {
    root,
    paths,
    configCopy: new ConfigCopy(paths),
    config,
    clock,
    chance: systemChance,
    journal,
    tickets: openWorkQueue(paths, config, new TicketFolder(paths, clock)),
    git,
    room,
    agents,
    approvals,
    say,
  };
  return session(place, log, lock, opened);
}

function session(
  place: Workplace,
  log: SessionLog,
  lock: HeldLock,
  opened: Closing[],
): Session {
  const { journal, clock, paths } = place;
  let witnessed = journal.highSeq();
  return {
    place,
    log,
    lock,
    at: (run) => ({
      ...place,
      run,
      quota: new QuotaBook(journal, clock, (name) => place.agents.account(name)),
      settlements: new Settlements(journal, run),
      requests: new Requests({
        allow: place.config.approvals.allow,
        deny: place.config.approvals.deny,
        timeoutMs: place.config.approvals.timeout_seconds * 1000,
      }, clock),
    }),
    stepped: (seq) => {
      if (seq - witnessed < WITNESS_EVERY) return;
      // The step is safe without it: a witness that lags only sees less.
      quietly(() => writeWitness(paths.witness, journal, clock.now()));
      witnessed = seq;
    },
    nextRunFolder: () => highestRunFolder(paths.runs) + 1,
    close: async () => {
      quietly(() => writeWitness(paths.witness, journal, clock.now()));
      await closeAll(opened);
    },
  };
}

async function openGit(
  { root, state }: RepoPaths,
  config: RepoConfig,
  room: ProcessRoom,
  { clock, environment }: SessionOptions,
): Promise<RepoGit> {
  const git = Git.find({
    room,
    clock,
    readingMs: config.git.timeout_seconds * 1000,
    ...(environment["PATH"] === undefined ? {} : { path: environment["PATH"] }),
  });
  return await RepoGit.open(git, root, `${state}/trees`);
}

function openRoom(
  root: string,
  owner: string,
  { clock, environment, box }: SessionOptions & { readonly box: Box | null },
  journal: Workplace["journal"],
): ProcessRoom {
  const rows = new Map<number, number>();
  // The registry is for people and for recovery's remarks; the markers do the ending.
  return ProcessRoom.open({
    root,
    owner,
    clock,
    environment,
    ...(box === null ? {} : { box }),
    onSpawn: (it) =>
      quietly(() => {
        // Git comes and goes by the hundred, and never outlives its command.
        if (it.purpose !== "git") rows.set(it.pid, recordSpawn(journal, it, clock.now()));
      }),
    onExit: (it, exit) =>
      quietly(() => {
        const row = rows.get(it.pid);
        rows.delete(it.pid);
        if (row !== undefined) recordExit(journal, row, exit, clock.now());
      }),
  });
}

/** Takes away what a killed owner's writers left, its git among them. */
async function clearAfterDeath(
  paths: RepoPaths,
  journal: Workplace["journal"],
  say: LiveListener,
): Promise<void> {
  await removeHalfFiles(paths).catch(() => 0);
  const run = journal.lastRun();
  if (run === null || !isLive(run.status)) return;
  for (const path of await removeDeadGitLocks(paths.root, run.startedAtMs).catch(() => [])) {
    say({ type: "remark", text: `Removed ${path}: the git that made it died with the last car` });
  }
}

/** For what nothing depends on: a full disk must not stop the work because of it. */
function quietly(record: () => void): void {
  try {
    record();
  } catch {
    // The next step that matters tells of the trouble.
  }
}

/** Spawns of dead owners were swept a moment ago: their rows say so. */
function closeOldSpawns(journal: Workplace["journal"], owner: string, clock: Clock): void {
  for (const it of openSpawns(journal)) {
    if (it.owner === owner) continue;
    const exit = { code: null, signal: null, stderrTail: "" };
    quietly(() => recordExit(journal, it.id, exit, clock.now()));
  }
}

function highestRunFolder(runs: string): number {
  try {
    return [...Deno.readDirSync(runs)].reduce((highest, { name }) => {
      const id = name.startsWith("run-") ? parseRunId(name) : undefined;
      return id === undefined ? highest : Math.max(highest, runNumber(id));
    }, 0);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return 0;
    throw new CarError("unavailable", `Cannot look into ${runs}`, { cause: thrown });
  }
}

function findingWords(finding: GuardFinding): string {
  switch (finding.type) {
    case "damaged":
      return `${finding.reason}. It was set aside in ${finding.movedTo}; a new journal begins. ` +
        "Tickets and run folders are untouched.";
    case "copied":
      return `This repo is a copy of ${finding.from}, which still exists: it keeps its own journal from now on.`;
    case "moved":
      return `This repo was at ${finding.from} before.`;
  }
}
