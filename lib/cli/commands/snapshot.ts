/** `car snapshot`: the repo on one markdown page. */

import { CONTEXT_BYTES_MAX, readContextspace } from "../../control/contextspace.ts";
import type { RepoPaths } from "../../control/roots.ts";
import { readVerdicts } from "../../control/views_read.ts";
import { type Reading, withReading } from "../../hub/reading.ts";
import { readStatus } from "../../hub/status.ts";
import type { Call } from "../command.ts";
import { withIsoTimes } from "../json_times.ts";
import { nowOf } from "../moment.ts";
import { readQueueOrNull } from "../queue_or_null.ts";
import { type SnapshotFacts, snapshotPage } from "../snapshot_page.ts";

/** Runs the page tells of. */
const RUNS_SHOWN = 5;

export async function run(call: Call): Promise<void> {
  const { io, output, json } = call;
  const paths = await call.context.repo();
  const queue = await readQueueOrNull(call);
  const documents = await readDocuments(paths);
  const facts = await withReading(paths, (reading): SnapshotFacts => ({
    status: readStatus(reading, queue, io.clock.now()),
    queue,
    documents,
    runs: lastRuns(reading),
  }));
  if (json) output.json(withIsoTimes(facts));
  else output.document(snapshotPage(facts, nowOf(io)));
}

function lastRuns({ past }: Reading): SnapshotFacts["runs"] {
  if (past === null) return [];
  return past.journal.runs(RUNS_SHOWN).map(({ run }) => ({
    run,
    verdicts: readVerdicts(past.views, { run: run.id }),
  }));
}

async function readDocuments(paths: RepoPaths): Promise<SnapshotFacts["documents"]> {
  const documents = await readContextspace(paths, CONTEXT_BYTES_MAX);
  return documents.map(({ kind, text }) => ({ name: `${kind}.md`, text }));
}
