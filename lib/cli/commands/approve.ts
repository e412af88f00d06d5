/** `car approve`: a person's word for the commands that the repo's own files have CAR run. */

import { CarError } from "../../base/errors.ts";
import { plural } from "../../base/text.ts";
import { type Approvable, Approvals } from "../../control/approvals.ts";
import { asRepoConfig, loadConfig } from "../../control/config.ts";
import { knownAgents } from "../../control/ticket_lint.ts";
import { TicketFolder } from "../../control/tickets.ts";
import { approvablesOf } from "../../hub/approvals.ts";
import { askYes, canAsk } from "../ask.ts";
import { hubEntryOf } from "../../hub/worktrees/grounds.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<number> {
  const { root } = await call.context.repo();
  const all = await approvables(call, root);
  const approvals = new Approvals(await Deno.realPath(root), call.io.environment());
  const missing = await approvals.missing(all);
  if (call.input.flag("list")) {
    list(call, all, missing);
    return 0;
  }
  const chosen = await choose(call, missing);
  if (chosen.length > 0) await approvals.add(chosen);
  const left = missing.length - chosen.length;
  if (call.json) call.output.json({ approved: chosen, left });
  else call.output.say(summary(all.length, chosen.length, left));
  return 0;
}

function summary(all: number, approved: number, left: number): string {
  if (all === 0) return "Nothing in this repo needs an approval.";
  if (left > 0) return `Approved ${plural(approved, "command")}; ${left} left as they were.`;
  if (approved === 0) {
    return all === 1
      ? "The one command was approved before."
      : `All ${all} commands were approved before.`;
  }
  return `Approved ${plural(approved, "command")}; car resume goes on.`;
}

async function approvables(call: Call, root: string): Promise<readonly Approvable[]> {
  const paths = await call.context.repo();
  const config = asRepoConfig(await loadConfig({ root, env: call.io.environment() }));
  const folder = new TicketFolder(paths, call.io.clock);
  const queue = await folder.read({ agents: knownAgents(Object.keys(config.agents)) });
  const entry = (await hubEntryOf(root, call.io.environment()))?.entry;
  return approvablesOf(config, queue.tickets.filter((ticket) => !ticket.done), entry?.setup);
}

function list({ json, output }: Call, all: readonly Approvable[], missing: readonly Approvable[]) {
  const rows = all.map((it) => ({ ...it, approved: !missing.includes(it) }));
  if (json) return output.json(rows);
  output.table(
    [{ title: "state" }, { title: "kind" }, { title: "where" }, { title: "what" }],
    rows.map((it) => [it.approved ? "approved" : "new", it.kind, it.where, it.text]),
  );
}

/** What the person says yes to. */
async function choose(
  { input, io, output }: Call,
  missing: readonly Approvable[],
): Promise<readonly Approvable[]> {
  if (input.flag("yes") || missing.length === 0) return missing;
  if (!canAsk(io)) {
    throw new CarError(
      "usage",
      `${plural(missing.length, "command")} to approve, and nobody to ask.`,
      {
        hint: "Look with `car approve --list`, then `car approve --yes`; or use a terminal.",
      },
    );
  }
  const chosen: Approvable[] = [];
  for (const it of missing) {
    output.remark(`${it.kind} of ${it.where}:\n${it.text}`);
    if (await askYes(io, "Approve it in this repo?")) chosen.push(it);
  }
  return chosen;
}
