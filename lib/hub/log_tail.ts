/** The end of a log file, and what is added to it, for those who look from outside. */

import type { Clock } from "../base/clock.ts";

/** No log line is read further back than this, in bytes. */
const TAIL_BYTES_MAX = 16 * 1024 * 1024;
/** How often a followed log is looked at, in milliseconds. */
const POLL_MS = 400;
/** Read at once while following, in bytes. */
const CHUNK_BYTES = 256 * 1024;

/** The last lines of a file; none when there is no such file. */
export async function tailLines(path: string, count: number): Promise<readonly string[]> {
  const size = await sizeOf(path);
  if (size === null) return [];
  const from = Math.max(0, size - TAIL_BYTES_MAX);
  const lines = decoder.decode(await readRange(path, from, size)).split("\n");
  if (lines.at(-1) === "") lines.pop();
  // The first line of a cut is half of one.
  return (from === 0 ? lines : lines.slice(1)).slice(-count);
}

/** Gives whole lines as they are added, from the end of the file as it is now; goes on after a rotation. */
export async function followLines(
  path: string,
  clock: Clock,
  signal: AbortSignal,
  onLines: (lines: readonly string[]) => void,
): Promise<void> {
  let at = await sizeOf(path) ?? 0;
  let rest = "";
  while (!signal.aborted) {
    const size = await sizeOf(path) ?? 0;
    if (size < at) {
      at = 0;
      rest = "";
    }
    if (size > at) {
      const to = Math.min(size, at + CHUNK_BYTES);
      const lines = (rest + decoder.decode(await readRange(path, at, to))).split("\n");
      at = to;
      rest = lines.pop() ?? "";
      if (lines.length > 0) onLines(lines);
    }
    if (at >= size) await clock.sleep(POLL_MS, signal).catch(() => {});
  }
}

const decoder = new TextDecoder();

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await Deno.stat(path)).size;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw thrown;
  }
}

async function readRange(path: string, from: number, to: number): Promise<Uint8Array> {
  using file = await Deno.open(path, { read: true });
  await file.seek(from, Deno.SeekMode.Start);
  const bytes = new Uint8Array(to - from);
  let filled = 0;
  while (filled < bytes.length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
