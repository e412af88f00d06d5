/** `car snapshot`: the repo on one markdown page. */

import { asCarError, CarError } from "../../base/errors.ts";
import { readTextStrict } from "../../control/files.ts";
import { contextspacePaths, type RepoPaths } from "../../control/roots.ts";
import { readVerdicts } from "../../control/views_read.ts";
import type { Queue } from "../../engine/ticket.ts";
import { readQueueNow } from "../../hub/queue_now.ts";
import { type Reading, withReading } from "../../hub/reading.ts";
import { readStatus } from "../../hub/status.ts";
import type { Call } from "../command.ts";
import { CONTEXT_FILES, isContextDocument } from "../context_documents.ts";
import { withIsoTimes } from "../json_times.ts";
import { nowOf } from "../moment.ts";
import { type SnapshotFacts, snapshotPage } from "../snapshot_page.ts";

/** Runs the page tells of. */
const RUNS_SHOWN = 5;
/** More than any prompt takes, in bytes. */
const DOCUMENT_BYTES_MAX = 1_048_576;

export async function run(call: Call): Promise<void> {
  const { io, output, json } = call;
  const paths = await call.context.repo();
  const queue = await queueOrNull(call, paths);
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

async function queueOrNull(call: Call, paths: RepoPaths): Promise<Queue | null> {
  try {
    return await readQueueNow(paths, call.io.environment());
  } catch (thrown) {
    call.output.remark(asCarError(thrown).message);
    return null;
  }
}

function lastRuns({ past }: Reading): SnapshotFacts["runs"] {
  if (past === null) return [];
  return past.journal.runs(RUNS_SHOWN).map(({ run }) => ({
    run,
    verdicts: readVerdicts(past.views, { run: run.id }),
  }));
}

async function readDocuments(paths: RepoPaths): Promise<SnapshotFacts["documents"]> {
  const places = await contextspacePaths(paths);
  const names = Object.keys(CONTEXT_FILES).filter(isContextDocument);
  return await Promise.all(
    names.map(async (name) => ({
      name: `${name}.md`,
      text: await textOf(places[CONTEXT_FILES[name]]),
    })),
  );
}

async function textOf(path: string): Promise<string | null> {
  try {
    return (await readTextStrict(path, { maxBytes: DOCUMENT_BYTES_MAX })).text;
  } catch (thrown) {
    if (thrown instanceof CarError && thrown.code === "not_found") return null;
    throw thrown;
  }
}
