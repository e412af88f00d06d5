/** `car explain`: why a run or a ticket is where it is. */

import { CarError } from "../../base/errors.ts";
import type { Explanation } from "../../engine/explain_run.ts";
import { isTicketId, parseRunId } from "../../engine/ids.ts";
import { explainGoneTicket, explainRunOf, explainTicketOf } from "../../hub/explain.ts";
import { readQueueNow } from "../../hub/queue_now.ts";
import { type Reading, withReading } from "../../hub/reading.ts";
import type { Call } from "../command.ts";
import { explanationLines } from "../explain_view.ts";
import { withIsoTimes } from "../json_times.ts";
import { nowOf } from "../moment.ts";

export async function run({ input, context, output, io, json }: Call): Promise<void> {
  const what = input.optionalArgument("what");
  await withReading(await context.repo(), async (reading) => {
    const explanation = await explain(reading, what, io.environment());
    if (json) return output.json(withIsoTimes(explanation));
    for (const line of explanationLines(explanation, nowOf(io))) output.line(line);
  });
}

async function explain(
  reading: Reading,
  what: string | null,
  env: Readonly<Record<string, string>>,
): Promise<Explanation> {
  if (what === null) return explainRunOf(reading);
  // A bare number is a ticket's: people count tickets, not runs.
  const run = what.startsWith("run-") ? parseRunId(what) : undefined;
  if (run !== undefined) return explainRunOf(reading, run);
  const queue = await readQueueNow(reading.paths, env);
  const ticket = queue.tickets.find((it) => isMeant(it, what));
  if (ticket !== undefined) return explainTicketOf(reading, queue, ticket);
  const gone = isTicketId(what) ? explainGoneTicket(reading, what) : null;
  if (gone !== null) return gone;
  throw new CarError("not_found", `There is no ticket ${what}`, {
    hint: "`car ticket list` lists them; a run is named run-0007.",
  });
}

function isMeant(ticket: { id: string; number: number; name: string }, what: string): boolean {
  const number = /^(?:TICKET-)?(\d+)$/i.exec(what)?.[1];
  if (number !== undefined) return Number(number) === ticket.number;
  return ticket.id === what || ticket.name === what || ticket.name === `${what}.md`;
}
