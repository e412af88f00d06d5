/** `car ticket lint`: every problem of the queue, and with --fix the mechanical ones mended. */

import { visibleLine } from "../../base/display.ts";
import { plural } from "../../base/text.ts";
import { type Fix, fixQueue } from "../../control/ticket_fix.ts";
import { problemLine } from "../../control/ticket_rules.ts";
import { ensureTicketIds } from "../../control/tickets.ts";
import { type CallTickets, newHex, openCallTickets, readCallQueue } from "../call_tickets.ts";
import type { Call } from "../command.ts";

/** @returns 1 when a problem is left. */
export async function run(call: Call): Promise<number> {
  const { json, output } = call;
  const tickets = await openCallTickets(call);
  const fixes = call.input.flag("fix") ? await fix(tickets) : [];
  const { tickets: sound, problems } = await readCallQueue(tickets);
  if (json) output.json({ ok: problems.length === 0, tickets: sound.length, problems, fixes });
  else {
    for (const { file, line, done } of fixes) {
      output.line(`${visibleLine(file)}:${line}: ${done}`, "good");
    }
    for (const problem of problems) output.line(problemLine(problem), "bad");
    const mendable = problems.filter((problem) => problem.fixable).length;
    if (problems.length === 0) output.say(`${plural(sound.length, "ticket")}, no problem.`);
    else {
      output.remark(
        `${plural(problems.length, "problem")}` +
          (mendable === 0 ? "." : `; \`car ticket lint --fix\` mends ${mendable} of them.`),
      );
    }
  }
  return problems.length === 0 ? 0 : 1;
}

async function fix({ folder }: CallTickets): Promise<readonly Fix[]> {
  const fixes = await fixQueue(folder);
  const named = await ensureTicketIds(folder, newHex);
  return [
    ...fixes,
    ...named.map(({ name, id }) => ({
      file: name,
      line: 1,
      key: "ticket_id",
      done: `ticket_id is ${id} now, it was missing`,
    })),
  ];
}
