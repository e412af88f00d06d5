/** Cloning a repository into a folder, with what git says on the way, and an end when it says nothing more. */

import type { Clock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { oneLine } from "../../base/text.ts";
import type { Child } from "../process/child.ts";
import { finish } from "../process/finished.ts";
import type { ProcessRoom } from "../process/room.ts";
import {
  COMMON_SETTINGS,
  GIT_ENVIRONMENT,
  GIT_INHERITED,
  READING_SETTINGS,
  settingsAsEnvironment,
} from "./program.ts";

export interface CloneOrder {
  /** The git program, absolute. */
  readonly program: string;
  /** As `cloneSource` has let it pass. */
  readonly url: string;
  /** Absolute; an empty folder. */
  readonly into: string;
  /** How long git may be without progress. */
  readonly silenceMs: number;
  /** Whether the person's own settings hold: how they prove who they are. */
  readonly trusted: boolean;
  readonly signal?: AbortSignal;
  /** The newest line of git's progress: `Receiving objects:  42% (420/1000)`. */
  readonly onProgress: (line: string) => void;
}

/** Ways by which a repository may come. Others run programs that its address names. */
const PROTOCOLS = ["file", "git", "http", "https", "ssh"] as const;

/** However much it tells, a clone that takes this long hangs. */
const CLONE_MS_MAX = 6 * 60 * 60 * 1000;
/** Between two looks at what git says: people read no faster. */
const LOOK_MS = 250;
/** Characters of git's own words in a message. */
const WORDS_CHARACTERS_MAX = 400;

/**
 * @throws {CarError} `unavailable` with git's words when it fails, `timeout` when it falls silent,
 * `conflict` when the signal ended it. What was written of the clone is the caller's to remove.
 */
export async function cloneInto(
  room: ProcessRoom,
  clock: Clock,
  order: CloneOrder,
): Promise<void> {
  if (order.signal?.aborted) throw ended();
  const child = room.spawn({
    argv: [order.program, "clone", "--progress", "--", order.url, order.into],
    cwd: order.into.slice(0, order.into.lastIndexOf("/")) || "/",
    purpose: "git",
    inherit: GIT_INHERITED,
    env: {
      ...GIT_ENVIRONMENT,
      LC_ALL: "C",
      GIT_ALLOW_PROTOCOL: PROTOCOLS.join(":"),
      ...settingsAsEnvironment(
        order.trusted ? COMMON_SETTINGS : { ...COMMON_SETTINGS, ...READING_SETTINGS },
      ),
    },
  });
  const silent = new AbortController();
  const over = new AbortController();
  const signals = order.signal === undefined ? [] : [order.signal];
  const watching = watch(child, clock, order, silent, over.signal);
  const finished = await finish(child, clock, {
    timeoutMs: CLONE_MS_MAX,
    signal: AbortSignal.any([silent.signal, ...signals]),
  });
  over.abort();
  await watching;
  if (order.signal?.aborted && finished.aborted) throw ended();
  if (silent.signal.aborted || finished.timedOut) throw late(order);
  if (finished.exit.code !== 0) throw failed(finished.exit.stderrTail);
}

/** Tells progress, and ends a clone that has none. */
async function watch(
  child: Child,
  clock: Clock,
  { silenceMs, onProgress }: CloneOrder,
  silent: AbortController,
  over: AbortSignal,
): Promise<void> {
  let before = "";
  let sinceMs = clock.elapsed();
  while (!over.aborted) {
    await clock.sleep(LOOK_MS, over).catch(() => {});
    const said = child.stderrTail();
    if (said !== before) {
      before = said;
      sinceMs = clock.elapsed();
      onProgress(lastLine(said));
    } else if (clock.elapsed() - sinceMs > silenceMs) return silent.abort();
  }
}

const lastLine = (said: string): string => said.trimEnd().split(/[\r\n]/).at(-1)?.trim() ?? "";

const ended = (): CarError => new CarError("conflict", "The clone was ended before it was done.");

function late({ silenceMs }: CloneOrder): CarError {
  return new CarError("timeout", `git clone has told nothing for ${silenceMs / 1000} s.`, {
    hint: "Look whether the address answers, or raise git.network_timeout_seconds.",
  });
}

function failed(stderr: string): CarError {
  const lines = stderr.split(/[\r\n]/).filter((line) =>
    /^(?:fatal|error|remote: .*error)/i.test(line)
  );
  const words = oneLine(lines.join(" ") || stderr, WORDS_CHARACTERS_MAX);
  return new CarError("unavailable", `git clone failed: ${words}`, {
    hint: "Try `git clone` with the same address by hand; nobody is asked for a password here.",
  });
}
