/** Gathers what the snapshot of a repo tells. */

import { CONTEXT_BYTES_MAX, readContextspace } from "../control/contextspace.ts";
import type { RepoPaths } from "../control/roots.ts";
import { readVerdicts } from "../control/views_read.ts";
import type { Queue } from "../engine/ticket.ts";
import type { Reading } from "./reading.ts";
import type { SnapshotFacts } from "./snapshot_page.ts";
import { readStatus } from "./status.ts";

/** Runs the page tells of. */
const RUNS_SHOWN = 5;

/** @param queue Null when the tickets cannot be read. */
export async function readSnapshot(
  paths: RepoPaths,
  reading: Reading,
  queue: Queue | null,
  nowMs: number,
): Promise<SnapshotFacts> {
  const { past } = reading;
  const status = readStatus(reading, queue, nowMs);
  const runs = past === null ? [] : past.journal.runs(RUNS_SHOWN).map(({ run }) => ({
    run,
    verdicts: readVerdicts(past.views, { run: run.id }),
  }));
  const documents = await readContextspace(paths, CONTEXT_BYTES_MAX);
  return {
    status,
    queue,
    runs,
    documents: documents.map(({ kind, text }) => ({ name: `${kind}.md`, text })),
  };
}
