/** Looks at every repo now and then, and often at those somebody watches, a few at a time. */

import { asCarError } from "../../base/errors.ts";
import type { Clock } from "../../base/clock.ts";
import { FolderWatch } from "./folder_watch.ts";
import type { LocalDesk } from "./local_desk.ts";
import type { Loops } from "./loops.ts";
import { stampOf } from "./repo_files.ts";
import type { RepoSource } from "./repo_source.ts";

export interface LookoutOptions {
  readonly clock: Clock;
  readonly loops: Loops;
  readonly desks: () => readonly LocalDesk[];
  /** Looks at what is kept of all repos in one place. */
  readonly onRound: () => void;
  /** Tickets of a repo may have come. */
  readonly onTickets: (id: string) => void;
  readonly source: RepoSource;
  /** The list of repos may be another. */
  readonly onSource: () => Promise<void>;
  /** Writes down how things stand. */
  readonly save: () => Promise<void>;
  /** For the log. */
  readonly say: (words: string) => void;
}

/** How often what is watched, and worked by another process, is asked for its news, in milliseconds. */
const ELSEWHERE_MS = 100;
/** The same for what is watched and worked by nobody, or by this process, which tells by itself. */
const WATCHED_MS = 500;
/** How soon it is noticed that somebody began to watch, and how often a part of all repos is looked at. */
const ROUND_MS = 1_000;
/** Every repo's journal and lock are looked at once in so many rounds. */
const PAST_ROUNDS = 2;
/** Every repo's other files. The watcher of folders tells sooner. */
const ALL_ROUNDS = 10;
/** How often it is looked whether the list or the folders to watch are others, in milliseconds. */
const LIST_MS = 3_000;
const SAVE_MS = 10_000;

export class Lookout {
  readonly #options: LookoutOptions;
  readonly #watch: FolderWatch;
  readonly #over = new AbortController();
  /** Repos that were never looked at. */
  readonly #fresh: LocalDesk[] = [];
  #looking: Promise<void> | null = null;
  #round = 0;
  #polledAllMs = 0;
  #folders = "";
  #source = "";

  constructor(options: LookoutOptions) {
    this.#options = options;
    this.#watch = new FolderWatch({
      clock: options.clock,
      onChange: (folders) => this.#foldersChanged(folders),
    });
  }

  begin(): void {
    const { loops, source, save } = this.#options;
    this.#source = source.stamp();
    loops.keep("watched repos", () => this.#watchedMs(), () => this.#pollWatched());
    loops.keep("all repos", () => ROUND_MS, () => {
      this.#lookRound();
      this.#options.onRound();
    });
    loops.keep("list and folders", () => LIST_MS, () => this.#lists());
    loops.keep("save the list", () => SAVE_MS, () => save());
  }

  /** Looks at a new repo soon, without keeping others waiting. */
  welcome(desk: LocalDesk): void {
    this.#fresh.push(desk);
    this.#looking ??= this.#lookAtFresh().finally(() => this.#looking = null);
  }

  /** Resolves when every repo that is known was looked at. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  /** Looks at every repo, one after the other. */
  async lookAtAll(): Promise<void> {
    for (const desk of this.#options.desks()) {
      await desk.look();
      await this.#options.clock.sleep(0);
    }
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#looking;
    await this.#watch.close();
  }

  async #lookAtFresh(): Promise<void> {
    // Whoever opened the fleet gets its list first.
    await this.#options.clock.sleep(0);
    for (let desk = this.#fresh.shift(); desk !== undefined; desk = this.#fresh.shift()) {
      if (this.#over.signal.aborted) return;
      await desk.look();
      await this.#options.clock.sleep(0);
    }
  }

  #watchedMs(): number {
    const watched = this.#options.desks().filter((desk) => desk.isWatched);
    if (watched.length === 0) return ROUND_MS;
    return watched.some((desk) => desk.isWorkedElsewhere) ? ELSEWHERE_MS : WATCHED_MS;
  }

  #pollWatched(): void {
    const nowMs = this.#options.clock.elapsed();
    const isAllsTurn = nowMs - this.#polledAllMs >= WATCHED_MS - ELSEWHERE_MS;
    if (isAllsTurn) this.#polledAllMs = nowMs;
    for (const desk of this.#options.desks()) {
      if (!desk.isWatched || !(isAllsTurn || desk.isWorkedElsewhere)) continue;
      looking(desk, () => desk.pollJournal());
    }
  }

  #lookRound(): void {
    const desks = this.#options.desks();
    const round = this.#round++;
    desks.forEach((desk, index) => {
      looking(desk, () => {
        if ((round + index) % PAST_ROUNDS === 0) desk.pollPast();
        if ((round + index) % ALL_ROUNDS === 0 && desk.pollAll()) this.#options.onTickets(desk.id);
      });
    });
  }

  async #lists(): Promise<void> {
    const { source, onSource, say } = this.#options;
    const stamp = source.stamp();
    if (stamp !== this.#source) {
      this.#source = stamp;
      // What was known stays; the next change of the file is the next try.
      await onSource().catch((thrown) => say(`The list of repos: ${asCarError(thrown).message}`));
    }
    await this.#watchFolders();
  }

  /** A folder that was made anew has to be watched anew. */
  async #watchFolders(): Promise<void> {
    const folders = this.#options.desks().flatMap((desk) =>
      desk.listed.enabled ? foldersOf(desk) : []
    );
    const there = folders.map((path) => ({ path, file: fileOf(path) })).filter((it) =>
      it.file !== "-"
    );
    const key = there.map(({ path, file }) => `${path} ${file}`).join("\n");
    if (key === this.#folders) return;
    this.#folders = key;
    await this.#watch.watch(there.map((it) => it.path)).catch((thrown) =>
      this.#options.say(
        `Folders cannot be watched (${asCarError(thrown).message}); they are looked at every ${
          ALL_ROUNDS * ROUND_MS / 1000
        } s.`,
      )
    );
  }

  #foldersChanged(folders: readonly string[]): void {
    const changed = new Set(folders);
    for (const desk of this.#options.desks()) {
      const { tickets, contextspace } = desk.paths;
      if (changed.has(contextspace.folder)) desk.changed("contextspace");
      if (!changed.has(tickets)) continue;
      desk.changed("tickets");
      if (!desk.isBusy) this.#options.onTickets(desk.id);
    }
  }
}

/** What one repo's files do to a look is that repo's trouble, which its own look finds and tells. */
function looking(desk: LocalDesk, look: () => void): void {
  try {
    look();
  } catch {
    desk.changed("past");
  }
}

const foldersOf = ({ paths }: LocalDesk): readonly string[] => [
  paths.tickets,
  paths.contextspace.folder,
];

/** Names a folder, not its content. */
const fileOf = (path: string): string => stampOf(path).split(".")[0] ?? "-";
