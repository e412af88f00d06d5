/** `car agents`: which agents are there, what they may do, what is left of their quota, and how to get the others. */

import { CarError } from "../../base/errors.ts";
import { isSafe } from "../../base/permissions.ts";
import { exists } from "../../control/files.ts";
import { repoPaths } from "../../control/roots.ts";
import { type AccountWindow, readAccounts } from "../../control/views_read.ts";
import { lookAtAgents } from "../../hub/agent_facts.ts";
import { withReading } from "../../hub/reading.ts";
import { AGENT_COLUMNS, agentDetails, agentRows } from "../agents_view.ts";
import { openCallAgents } from "../call_agents.ts";
import type { Call } from "../command.ts";
import { withIsoTimes } from "../json_times.ts";
import { nowOf } from "../moment.ts";

export async function run(call: Call): Promise<void> {
  const { io, output } = call;
  const { root, config } = await openCallAgents(call);
  const agents = await lookAtAgents({
    root,
    config,
    environment: io.environment(),
    safe: isSafe(io.confinement),
    clock: io.clock,
  });
  const windows = await readWindows(root, call);
  const views = agents.map((agent) => ({
    ...agent,
    quota: windows.filter(({ account }) => account === agent.account),
  }));
  if (call.json) {
    output.json(views.map(({ facts, ...agent }) => withIsoTimes({ ...agent, ...facts })));
    return;
  }
  output.table(AGENT_COLUMNS, agentRows(views));
  if (io.isTerminal.out) {
    for (const line of agentDetails(views, nowOf(io))) output.line(line);
  }
  for (const { name, facts } of agents) {
    if (facts.hint !== "") output.remark(`${name}: ${facts.hint}`);
  }
}

/** As the last turns told them; without a journal, or with one that cannot be read, there are none. */
async function readWindows(root: string, { output }: Call): Promise<readonly AccountWindow[]> {
  const paths = repoPaths(root);
  if (!await exists(paths.journal)) return [];
  try {
    return await withReading(paths, ({ past }) => past === null ? [] : readAccounts(past.views));
  } catch (thrown) {
    if (!(thrown instanceof CarError)) throw thrown;
    output.remark(`The quota is unknown: ${thrown.message}`);
    return [];
  }
}
