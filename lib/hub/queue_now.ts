/** The tickets as they are now, for those who only look. */

import { inspectConfig } from "../control/config.ts";
import type { RepoPaths } from "../control/roots.ts";
import { knownAgents } from "../control/ticket_lint.ts";
import { readQueue } from "../control/tickets.ts";
import type { Queue } from "../engine/ticket.ts";

/** Wrong keys in the configuration are left out: a look must not fail on them. */
export async function readQueueNow(
  paths: RepoPaths,
  env: Readonly<Record<string, string>>,
): Promise<Queue> {
  const { config } = await inspectConfig({ root: paths.root, env });
  return await readQueue(paths, { agents: knownAgents(Object.keys(config.agents)) });
}
