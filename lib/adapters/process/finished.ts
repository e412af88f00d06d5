/** A program run to its end under a deadline: how checks and git are run. */

import { createHash } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import type { Child, Exit } from "./child.ts";
import type { LadderTimes } from "./ladder.ts";
import { ByteRing } from "./ring.ts";

/** What a check's evidence keeps of its output. */
export const OUTPUT_TAIL_BYTES = 8 * 1024;

export interface RunOptions {
  /** After this the program is stopped, TERM first. */
  readonly timeoutMs: number;
  /** Written to stdin, which is then closed; absent: stdin is empty. */
  readonly stdin?: string | Uint8Array;
  /** Bytes of stdout kept; 8 KiB. */
  readonly bytesMax?: number;
  /** Which end of a longer stdout is kept; `tail`. */
  readonly keep?: "head" | "tail";
  /** Stops the program as the deadline does. */
  readonly signal?: AbortSignal;
  /** Steps of the stop. There is nothing to ask politely, so it begins with TERM. */
  readonly times?: Partial<LadderTimes>;
}

export interface Finished {
  readonly exit: Exit;
  /** The kept bytes of stdout. */
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** All bytes of stdout, kept or not. */
  readonly bytes: number;
  /** Of the whole stdout, hex. */
  readonly sha256: string;
  readonly seconds: number;
  readonly timedOut: boolean;
  /** Whether `signal` ended it. */
  readonly aborted: boolean;
}

/** Feeds, reads and waits; resolves when the child and its pipes have ended. */
export async function finish(child: Child, clock: Clock, options: RunOptions): Promise<Finished> {
  const reading = readAll(child.stdout, options);
  const feeding = feed(child, options.stdin);
  const ended = endOrStop(child, clock, options);
  const [output, exit, why] = await Promise.all([reading, child.exit, ended, feeding]);
  return {
    exit,
    ...output,
    seconds: exit.seconds,
    timedOut: why === "late",
    aborted: why === "aborted",
  };
}

/** A program may end without having read its input: that is no failure of the run. */
async function feed(child: Child, stdin: string | Uint8Array | undefined): Promise<void> {
  if (stdin === undefined) return;
  await child.write(stdin).catch(() => {});
  await child.closeStdin();
}

type Why = "ended" | "late" | "aborted";

async function endOrStop(child: Child, clock: Clock, options: RunOptions): Promise<Why> {
  const timer = new AbortController();
  const ended = child.exit.then((): Why => "ended");
  const late = clock.sleep(options.timeoutMs, timer.signal).then((): Why => "late", () => ended);
  const why = await Promise.race([ended, late, abortion(options.signal, timer.signal)]);
  timer.abort();
  if (why !== "ended") await child.stop(undefined, options.times);
  return why;
}

/** Resolves when `signal` aborts; `over` takes the listener away again. */
function abortion(signal: AbortSignal | undefined, over: AbortSignal): Promise<Why> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve("aborted");
    signal?.addEventListener("abort", () => resolve("aborted"), { once: true, signal: over });
  });
}

async function readAll(
  stream: ReadableStream<Uint8Array>,
  options: RunOptions,
): Promise<Pick<Finished, "stdout" | "bytes" | "sha256">> {
  const bytesMax = options.bytesMax ?? OUTPUT_TAIL_BYTES;
  const kept = options.keep === "head" ? new HeadBytes(bytesMax) : new ByteRing(bytesMax);
  const hash = createHash("sha256");
  for await (const chunk of stream) {
    hash.update(chunk);
    kept.push(chunk);
  }
  return { stdout: kept.bytes(), bytes: kept.total, sha256: hash.digest("hex") };
}

/** The first bytes of a stream; memory grows with what came, up to the limit. */
class HeadBytes {
  readonly #bytesMax: number;
  #chunks: Uint8Array[] = [];
  #kept = 0;
  #total = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get total(): number {
    return this.#total;
  }

  push(chunk: Uint8Array): void {
    this.#total += chunk.length;
    const part = chunk.subarray(0, this.#bytesMax - this.#kept);
    if (part.length > 0) this.#chunks.push(part);
    this.#kept += part.length;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const joined = new Uint8Array(this.#kept);
    let at = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, at);
      at += chunk.length;
    }
    return joined;
  }
}
