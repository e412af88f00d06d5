/** `car ticket list`: the queue in its order. */

import { CarError } from "../../base/errors.ts";
import { exists } from "../../control/files.ts";
import type { RepoPaths } from "../../control/roots.ts";
import type { TicketState } from "../../control/views_fold.ts";
import { type LintProblem, type Queue, type Ticket } from "../../engine/ticket.ts";
import { plural } from "../../base/text.ts";
import { openCallTickets, readCallQueue } from "../call_tickets.ts";
import type { Call } from "../command.ts";
import { ticketJson } from "../ticket_json.ts";

/** `broken`: the linter must be heard before it can be worked on. */
type ListState = "open" | "done" | "broken";

interface Listed {
  readonly ticket: Ticket;
  readonly state: ListState;
  readonly verdict: TicketState | null;
}

export async function run(call: Call): Promise<void> {
  const tickets = await openCallTickets(call);
  const queue = await readCallQueue(tickets);
  const verdicts = await readVerdicts(tickets.paths, call);
  const all = queue.tickets.map((ticket) => ({
    ticket,
    state: stateOf(ticket, queue.problems),
    verdict: verdicts.get(ticket.id) ?? null,
  }));
  const shown = call.input.flag("open") ? all.filter(({ ticket }) => !ticket.done) : all;
  if (call.json) call.output.json({ tickets: shown.map(asJson), problems: queue.problems });
  else show(call, shown);
  remark(call, queue);
}

function stateOf(ticket: Ticket, problems: readonly LintProblem[]): ListState {
  if (problems.some((problem) => problem.file === ticket.name)) return "broken";
  return ticket.done ? "done" : "open";
}

/** What the last runs made of each ticket; none of it is needed to list the queue. */
async function readVerdicts(
  paths: RepoPaths,
  { output }: Call,
): Promise<ReadonlyMap<string, TicketState>> {
  if (!await exists(paths.journal)) return new Map();
  const [{ withReading }, { readTickets }] = await Promise.all([
    import("../../hub/reading.ts"),
    import("../../control/views_read.ts"),
  ]);
  try {
    return await withReading(
      paths,
      ({ past }) =>
        new Map(past === null ? [] : readTickets(past.views).map((row) => [row.ticket, row.state])),
    );
  } catch (thrown) {
    if (!(thrown instanceof CarError)) throw thrown;
    output.remark(`Verdicts are unknown: ${thrown.message}`);
    return new Map();
  }
}

function show({ output }: Call, shown: readonly Listed[]): void {
  output.table(
    [
      { title: "#", align: "right" },
      { title: "state" },
      { title: "agent" },
      { title: "verdict" },
      { title: "title" },
    ],
    shown.map(({ ticket, state, verdict }) => [
      String(ticket.number),
      state,
      ticket.agent,
      verdict === null ? "-" : verdict.replaceAll("_", " "),
      ticket.title ?? ticket.name,
    ]),
  );
}

function remark({ output }: Call, queue: Queue): void {
  if (queue.tickets.length === 0 && queue.problems.length === 0) {
    output.remark("There are no tickets yet. `car ticket new` writes the first.");
  }
  if (queue.problems.length > 0) {
    const count = plural(queue.problems.length, "problem");
    output.remark(`The queue has ${count}. \`car ticket lint\` names each.`);
  }
}

const asJson = ({ ticket, state, verdict }: Listed) => ({
  ...ticketJson(ticket),
  state,
  verdict,
});
