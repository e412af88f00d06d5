/** `car snapshot`: the repo on one markdown page. */

import { withReading } from "../../hub/reading.ts";
import { readSnapshot } from "../../hub/snapshot.ts";
import { snapshotPage } from "../../hub/snapshot_page.ts";
import type { Call } from "../command.ts";
import { withIsoTimes } from "../json_times.ts";
import { nowOf } from "../moment.ts";
import { readQueueOrNull } from "../queue_or_null.ts";

export async function run(call: Call): Promise<void> {
  const { io, output, json } = call;
  const paths = await call.context.repo();
  const queue = await readQueueOrNull(call);
  const facts = await withReading(
    paths,
    (reading) => readSnapshot(paths, reading, queue, io.clock.now()),
  );
  if (json) output.json(withIsoTimes(facts));
  else output.document(snapshotPage(facts, nowOf(io)));
}
