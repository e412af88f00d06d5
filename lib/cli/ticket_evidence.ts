/** `car ticket show N --evidence`: gathers what the gate found on a ticket, and prints it. */

import { asCarError } from "../base/errors.ts";
import { readVerdicts, type VerdictRow } from "../control/views_read.ts";
import type { RepoPaths } from "../control/roots.ts";
import type { TicketId } from "../engine/ids.ts";
import { withReading } from "../hub/reading.ts";
import { treeIdNow } from "../hub/tree_now.ts";
import type { Call } from "./command.ts";
import { evidenceJson, evidenceLines } from "./evidence_view.ts";
import { nowOf } from "./moment.ts";

/** @param ticket The ticket's id and how people call it. Needs no lock and works beside a run. */
export async function showEvidence(
  call: Call,
  paths: RepoPaths,
  ticket: { readonly id: TicketId; readonly label: string },
): Promise<void> {
  const verdicts = await withReading(
    paths,
    ({ past }) => past === null ? [] : readVerdicts(past.views, { ticket: ticket.id }),
  );
  const treeId = await currentTree(call, paths, verdicts);
  const facts = { label: ticket.label, verdicts, treeId };
  if (call.json) return call.output.json(evidenceJson(facts));
  for (const line of evidenceLines(facts, nowOf(call.io))) call.output.line(line);
}

/** Asked for only when there is something to compare; a repo without git still has its evidence. */
async function currentTree(
  { io, output }: Call,
  paths: RepoPaths,
  verdicts: readonly VerdictRow[],
): Promise<string | null> {
  if (verdicts.length === 0) return null;
  try {
    return await treeIdNow(paths.root, { clock: io.clock, environment: io.environment() });
  } catch (thrown) {
    output.remark(`The tree cannot be compared: ${asCarError(thrown).message}`);
    return null;
  }
}
