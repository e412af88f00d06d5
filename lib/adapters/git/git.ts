/**
 * Runs git for CAR: one command that writes at a time per repository, under a deadline, with nothing of the
 * repo's own run by the looking. What an exit code means is the caller's to say; only a lock held
 * by another git is waited for.
 */

import type { Clock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import type { Finished } from "../process/finished.ts";
import type { ProcessRoom } from "../process/room.ts";
import { LocalFilters } from "./filters.ts";
import {
  COMMON_SETTINGS,
  findGit,
  GIT_ENVIRONMENT,
  GIT_INHERITED,
  GIT_VERSION_MIN,
  READING_SETTINGS,
  settingsAsEnvironment,
} from "./program.ts";
import type { GitCall, GitOutput } from "./call.ts";
import type { Repository } from "./repository.ts";

/** A reading command that takes longer hangs: on a dead disk, or on a filter we do not know. */
export const GIT_MS_MAX = 10_000;
/** With the person's hooks: a pre-commit hook may run a whole test suite. */
export const GIT_TRUSTED_MS_MAX = 300_000;
/** Output kept of one command: the status of some hundred thousand files. */
const OUTPUT_BYTES_MAX = 32 * 1024 * 1024;

/** Another git at work is done in this time; a lock left by a crash is not. */
const LOCK_MS_MAX = 10_000;
const LOCK_PAUSE_MS_MIN = 20;
const LOCK_PAUSE_MS_MAX = 500;

const LOCKED =
  /Unable to create '(.+?\.lock)': File exists|cannot lock ref .+: Unable to create '(.+?)'|could not lock config file (.+?): File exists/;

export interface GitOptions {
  readonly room: ProcessRoom;
  readonly clock: Clock;
  /** Where to look for git; default: PATH of CAR. */
  readonly path?: string;
  /** Longest wait for a lock of another git. */
  readonly lockMs?: number;
  /** Longest time of a command that runs none of the person's hooks; 10 s. */
  readonly readingMs?: number;
}

const decoder = new TextDecoder();

export class Git {
  /** Absolute. */
  readonly program: string;
  readonly #options: GitOptions;
  readonly #filters = new LocalFilters((repository, call) => this.#runOnce(repository, call, {}));
  /** The end of the queue of each repository. */
  readonly #queues = new Map<string, Promise<unknown>>();
  #version: Promise<string> | undefined;

  /** @throws {CarError} `unavailable` when there is no git. */
  static find(options: GitOptions): Git {
    return new Git(findGit(options.path ?? Deno.env.get("PATH") ?? "/usr/bin:/bin"), options);
  }

  private constructor(program: string, options: GitOptions) {
    this.program = program;
    this.#options = options;
  }

  /** `2.39.5`. @throws {CarError} `unavailable` when it is too old to be used safely. */
  version(): Promise<string> {
    this.#version ??= this.#readVersion();
    return this.#version;
  }

  /**
   * Runs one command in the repository; a failing exit is a value.
   * @throws {CarError} `timeout` at the deadline, `conflict` when another git keeps its lock,
   *   `unavailable` when git cannot be started or refuses the repository's owner.
   */
  async call(repository: Repository, call: GitCall): Promise<GitOutput> {
    await this.version();
    const body = () => this.#withoutLocks(repository, call);
    return await (call.beside === true
      ? this.#after(repository).then(body)
      : this.#admit(repository, body));
  }

  /** As `call`. @throws {CarError} also `unavailable` when git fails, with what it said. */
  async must(repository: Repository, call: GitCall): Promise<GitOutput> {
    const output = await this.call(repository, call);
    if (output.code === 0) return output;
    throw new CarError(
      "unavailable",
      `git ${call.args[0] ?? ""} failed in ${repository.root}: ${lastLines(output.stderr)}`,
      { hint: `Run "git status" in ${repository.root}; it tells what is wrong.` },
    );
  }

  /** Resolves when the commands before, those that run beside others apart, have ended. */
  #after({ commonDir }: Repository): Promise<unknown> {
    return this.#queues.get(commonDir) ?? Promise.resolve();
  }

  /** Waits for the commands before it on the same repository, also those of its other worktrees. */
  async #admit<T>(repository: Repository, body: () => Promise<T>): Promise<T> {
    const mine = this.#after(repository).then(body);
    const settled = mine.catch(() => {});
    this.#queues.set(repository.commonDir, settled);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(repository.commonDir) === settled) {
        this.#queues.delete(repository.commonDir);
      }
    }
  }

  async #withoutLocks(repository: Repository, call: GitCall): Promise<GitOutput> {
    const { clock } = this.#options;
    const settings = await this.#settings(repository, call);
    const until = clock.elapsed() + (this.#options.lockMs ?? LOCK_MS_MAX);
    for (let pauseMs = LOCK_PAUSE_MS_MIN;; pauseMs = Math.min(LOCK_PAUSE_MS_MAX, pauseMs * 2)) {
      const output = await this.#runOnce(repository, call, settings);
      const lock = output.code === 0 ? null : LOCKED.exec(output.stderr);
      if (lock === null) return output;
      if (clock.elapsed() + pauseMs > until) {
        throw lockedError(lock[1] ?? lock[2] ?? `${lock[3] ?? ""}.lock`);
      }
      await clock.sleep(pauseMs);
    }
  }

  async #settings(repository: Repository, call: GitCall): Promise<Record<string, string>> {
    if (call.trusted === true) return COMMON_SETTINGS;
    return {
      ...COMMON_SETTINGS,
      ...READING_SETTINGS,
      ...await this.#filters.settingsFor(repository),
    };
  }

  async #runOnce(
    repository: Repository,
    call: GitCall,
    settings: Readonly<Record<string, string>>,
  ): Promise<GitOutput> {
    const readingMs = this.#options.readingMs ?? GIT_MS_MAX;
    const timeoutMs = call.timeoutMs ?? (call.trusted === true ? GIT_TRUSTED_MS_MAX : readingMs);
    const finished = await this.#options.room.run({
      argv: [this.program, ...call.args],
      cwd: repository.root,
      purpose: "git",
      inherit: GIT_INHERITED,
      turnId: call.turnId,
      env: {
        ...GIT_ENVIRONMENT,
        ...pinned(repository),
        ...(call.trusted === true ? {} : { LC_ALL: "C" }),
        ...settingsAsEnvironment(settings),
        ...call.env,
      },
    }, {
      timeoutMs,
      keep: "head",
      bytesMax: call.bytesMax ?? OUTPUT_BYTES_MAX,
      ...(call.stdin === undefined ? {} : { stdin: call.stdin }),
    });
    return outputOf(repository, call, finished, timeoutMs);
  }

  async #readVersion(): Promise<string> {
    const finished = await this.#options.room.run(
      { argv: [this.program, "--version"], cwd: "/", purpose: "git" },
      { timeoutMs: GIT_MS_MAX, keep: "head" },
    );
    const text = decoder.decode(finished.stdout);
    const found = /(\d+)\.(\d+)[^\s]*/.exec(text);
    const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
    const [wantedMajor, wantedMinor] = GIT_VERSION_MIN;
    if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) {
      return found?.[0] ?? "";
    }
    throw new CarError("unavailable", `${this.program} is no usable git: ${text.trim()}`, {
      hint: `Install git ${GIT_VERSION_MIN.join(".")} or newer.`,
    });
  }
}

function outputOf(
  repository: Repository,
  call: GitCall,
  finished: Finished,
  timeoutMs: number,
): GitOutput {
  const { stdout, exit } = finished;
  if (finished.timedOut) {
    throw new CarError(
      "timeout",
      `git ${call.args[0] ?? ""} took longer than ${timeoutMs / 1000} s in ${repository.root}.`,
      { hint: "Run the command by hand to see what it waits for." },
    );
  }
  if (/detected dubious ownership/.test(exit.stderrTail)) {
    throw new CarError(
      "unavailable",
      `The repository ${repository.root} belongs to another user.`,
      {
        hint: `If you trust it: git config --global --add safe.directory ${repository.root}`,
      },
    );
  }
  return {
    code: exit.code,
    bytes: stdout,
    text: decoder.decode(stdout),
    truncated: finished.bytes > stdout.length,
    stderr: exit.stderrTail,
  };
}

function lockedError(path: string): CarError {
  return new CarError("conflict", `Another git works on this repository: ${path} exists.`, {
    hint: `Wait for it to end. If no git runs there, it crashed: remove ${path}.`,
  });
}

const lastLines = (stderr: string): string =>
  stderr.trim().split("\n").slice(-3).join(" ").trim() || "it said nothing";

/**
 * A broken .git must not let git go on looking above: it would work on another repository. The
 * ceiling is a list parted by colons; below a path with a colon the place is given outright, which
 * costs git's own check of who owns it.
 */
function pinned({ root, gitDir }: Repository): Record<string, string> {
  if (root.includes(":")) return { GIT_DIR: gitDir, GIT_WORK_TREE: root };
  return { GIT_CEILING_DIRECTORIES: root.slice(0, root.lastIndexOf("/")) || "/" };
}
